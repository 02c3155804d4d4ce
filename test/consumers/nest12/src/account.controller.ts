import { ConsentHandler, LoginForm, LoginHandler, consent, login } from '@hydra-kit/nestjs'
import { Controller, Injectable } from '@nestjs/common'

@Injectable()
export class UserService {
  check(email: unknown, password: unknown): string | undefined {
    return email === 'ada@example.com' && password === 'difference-engine' ? 'ada' : undefined
  }
}

@Controller()
export class AccountController {
  constructor(private readonly users: UserService) {}

  @LoginHandler('login')
  authenticate(@LoginForm() form: Record<string, unknown>) {
    const subject = this.users.check(form.email, form.password)
    return subject === undefined ? login.retry('Wrong e-mail or password.') : login.accept({ subject })
  }

  @ConsentHandler('consent')
  allow() {
    return consent.grantAll()
  }
}
