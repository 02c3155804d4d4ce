const source = {
  '^@hydra-kit/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
  '^@hydra-kit/([^/]+)/([^/]+)$': '<rootDir>/packages/$1/src/$2.ts',
}
const swc = {
  // Decorators as Nest has them, but without emitted metadata: the nestjs package must not need it.
  jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true } },
  module: { type: 'commonjs' },
}
const common = {
  rootDir: import.meta.dirname,
  transform: { '\\.[cm]?[jt]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [],
  // Fails a test file that makes anything print a token, a code or a secret.
  setupFilesAfterEnv: ['<rootDir>/test/house/log-capture/setup.ts'],
}
/** The modules of a private workspace that lists an older major, in front of those at the root. */
const older = (workspace, pattern) => ({ [`^(${pattern})$`]: `<rootDir>/test/${workspace}/node_modules/$1` })

const packages = ['client', 'resource-server', 'login-consent', 'express', 'nestjs', 'passport', 'embedded']
const packageTests = packages.map((name) => ({
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
      moduleNameMapper: { ...source, ...older('express4', 'express') },
    },
    {
      ...common,
      displayName: 'nest 11',
      testMatch: ['<rootDir>/packages/nestjs/test/**/*.test.ts'],
      moduleNameMapper: { ...source, ...older('nest11', '@nestjs/[^/]+') },
    },
    {
      ...common,
      displayName: 'passport nest 11',
      testMatch: ['<rootDir>/packages/passport/test/nest.test.ts'],
      moduleNameMapper: { ...source, ...older('nest11', '@nestjs/[^/]+') },
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
