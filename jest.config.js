const source = {
  '^@hydra-kit/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
  '^@hydra-kit/([^/]+)/([^/]+)$': '<rootDir>/packages/$1/src/$2.ts',
}
const swc = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
}
const common = {
  rootDir: import.meta.dirname,
  transform: { '\\.[cm]?[jt]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [],
}
const packageTests = ['client', 'resource-server', 'login-consent', 'express', 'embedded'].map((name) => ({
  ...common,
  displayName: name,
  testMatch: [`<rootDir>/packages/${name}/test/**/*.test.ts`],
  moduleNameMapper: source,
}))

export default {
  workerIdleMemoryLimit: '1GB',
  // Jest leaves one core free unless told otherwise: of two, that is half.
  maxWorkers: '100%',
  // A limit against hanging, not a measure: a busy machine must not fail a test.
  testTimeout: 60_000,
  collectCoverageFrom: ['packages/*/src/**/*.ts'],
  projects: [
    ...packageTests,
    {
      ...common,
      displayName: 'express 4',
      testMatch: ['<rootDir>/packages/express/test/**/*.test.ts'],
      moduleNameMapper: { ...source, '^express$': '<rootDir>/test/express4/node_modules/express' },
    },
    {
      ...common,
      displayName: 'contract',
      testMatch: ['<rootDir>/test/contract/test/**/*.test.ts'],
      moduleNameMapper: source,
    },
    {
      ...common,
      displayName: 'house',
      testMatch: ['<rootDir>/test/house/**/*.test.ts', '<rootDir>/examples/*/test/**/*.test.ts'],
      moduleNameMapper: source,
    },
  ],
}
