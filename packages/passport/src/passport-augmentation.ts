/** Lets TypeScript check what a route asks for. Passport's own types already know `scope`. */
import type { HydraAuthenticateOptions } from './authenticate-options.ts'
import type {} from 'passport'

declare module 'passport' {
  interface AuthenticateOptions extends Omit<HydraAuthenticateOptions, 'scope'> {}
}
