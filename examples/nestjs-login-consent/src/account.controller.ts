import {
  consent,
  ConsentHandler,
  ConsentRequest,
  FlowContext,
  hook,
  HookRequest,
  login,
  LoginForm,
  LoginHandler,
  TokenHook,
  type HydraConsentRequest,
} from '@hydra-kit/nestjs'
import { Controller, Inject, ValidationPipe } from '@nestjs/common'
import { LoginDto } from './login.dto.ts'
import { UsersService } from './users.service.ts'

/** `expectedType` names the class because tsx emits no decorator metadata; with tsc or SWC, a global pipe is enough. */
const loginForm = new ValidationPipe({ expectedType: LoginDto, whitelist: true, forbidNonWhitelisted: true })

/** The pages that decide something. Those that don't (logout, device, errors) are served without a line here. */
@Controller()
export class AccountController {
  readonly #users: UsersService

  constructor(@Inject(UsersService) users: UsersService) {
    this.#users = users
  }

  @LoginHandler('login')
  async authenticate(@LoginForm(loginForm) form: LoginDto) {
    const user = await this.#users.check(form.email, form.password)
    return user === undefined
      ? login.retry('Wrong e-mail or password.')
      : login.accept({ subject: user.id, amr: ['pwd'] })
  }

  @ConsentHandler('consent')
  decide(@ConsentRequest() request: HydraConsentRequest, @FlowContext('canSkip') canSkip: boolean) {
    // Apps of our own are not asked about.
    return canSkip || request.client?.owner === 'us' ? consent.grantAll() : consent.ask()
  }

  @TokenHook('hooks/token')
  async addRole(@HookRequest('subject') subject: string) {
    const user = this.#users.byId(subject)
    return user === undefined ? hook.keep() : hook.set({ accessToken: { role: user.role } })
  }
}
