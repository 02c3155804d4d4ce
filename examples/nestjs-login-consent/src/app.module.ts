import { LoginConsentModule } from '@hydra-kit/nestjs'
import { Module, type DynamicModule } from '@nestjs/common'
import { AccountController } from './account.controller.ts'
import { AccountDetailsService } from './account-details.service.ts'
import { CallbackController } from './callback.controller.ts'
import { UsersService } from './users.service.ts'

/** Where everything is. */
export interface AppOptions {
  /** Hydra as browsers see it. */
  readonly issuer: string
  readonly adminUrl: string
  /** This app as browsers see it. */
  readonly publicUrl: string
  /** 32 bytes or more. */
  readonly secret: string
  /** What Hydra sends to the token hook, 16 characters or more. */
  readonly hookKey: string
}

@Module({})
export class AppModule {
  static forRoot({ issuer, adminUrl, publicUrl, secret, hookKey }: AppOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoginConsentModule.forRoot({
          hydra: { adminUrl },
          issuer,
          publicUrl,
          secret,
          hooks: { apiKey: hookKey },
          scopes: {
            'photos.read': { description: { en: 'See your photos', de: 'Ihre Fotos sehen' } },
            'photos.write': {
              description: { en: 'Add photos to your album', de: 'Fotos hinzufügen' },
              preselected: false,
            },
          },
          rememberLogin: { forSeconds: 30 * 24 * 3600 },
          rememberConsent: { forSeconds: 0 },
          branding: { name: 'Example ID' },
        }),
      ],
      controllers: [AccountController, CallbackController],
      providers: [UsersService, AccountDetailsService],
    }
  }
}
