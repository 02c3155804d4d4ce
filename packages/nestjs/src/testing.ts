/** For tests of applications: `overrideProvider(getResourceServerToken()).useValue(fakeResourceServer({ … }))` needs no Hydra. */
export { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
export type { FakeResourceServerOptions, SignedInAsOptions } from '@hydra-kit/resource-server/testing'
