export { type Browser, type BrowserRequest, type BrowserResponse, browser } from './testing/browser.ts'
export { type SignedIn, type SignInOptions, signIn } from './testing/sign-in.ts'
export { type HydraHandle, type HydraLifecycle, hydraLifecycle, useHydra } from './testing/use-hydra.ts'
export { authorization } from './testing/authorization.ts'
