/** Browser tests: `npm run e2e`. They need a Chromium (`/usr/bin/chromium`, or `CHROMIUM_PATH`). */
const swc = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true } },
  module: { type: 'commonjs' },
}

export default {
  rootDir: import.meta.dirname,
  displayName: 'e2e',
  testMatch: ['<rootDir>/test/e2e/test/**/*.test.ts'],
  transform: { '\\.[cm]?[jt]s$': ['@swc/jest', swc] },
  // Both are CommonJS already, and megabytes.
  transformIgnorePatterns: ['/node_modules/(playwright-core|axe-core)/'],
  moduleNameMapper: {
    '^@hydra-kit/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^@hydra-kit/([^/]+)/([^/]+)$': '<rootDir>/packages/$1/src/$2.ts',
  },
  testTimeout: 60_000,
  // One browser at a time is enough for two cores.
  maxWorkers: 1,
}
