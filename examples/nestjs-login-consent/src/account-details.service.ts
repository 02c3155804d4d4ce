import {
  ClaimsHandler,
  DescribeAccountHandler,
  type Account,
  type ClaimsContext,
  type DescribeAccountContext,
  type TokenClaims,
} from '@hydra-kit/nestjs'
import { Inject, Injectable } from '@nestjs/common'
import { UsersService } from './users.service.ts'

/** What pages and tokens say about users. */
@Injectable()
export class AccountDetailsService {
  readonly #users: UsersService

  constructor(@Inject(UsersService) users: UsersService) {
    this.#users = users
  }

  @DescribeAccountHandler()
  describe({ subject }: DescribeAccountContext): Account {
    const user = this.#users.byId(subject)
    return user === undefined ? { name: subject } : { name: user.name, detail: user.email }
  }

  @ClaimsHandler()
  claims({ subject, scopes }: ClaimsContext): TokenClaims {
    const user = this.#users.byId(subject)
    return {
      idToken: {
        ...(scopes.includes('profile') && { name: user?.name }),
        ...(scopes.includes('email') && { email: user?.email }),
      },
    }
  }
}
