const { availableParallelism } = require('node:os');

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Simulates thousands of plans, starts the command, compiles every snippet, synthesises every example: too long to wait for after each change. */
const SLOW = [
  'test/model/simulation/',
  'test/observability/alarms-over-time.test.ts',
  'test/bin/',
  'test/docs.test.ts',
  'test/examples.test.ts',
  'test/recovery/example.test.ts',
];

const common = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }] },
  moduleNameMapper: { '^cdk-recovery$': '<rootDir>/lib/index.ts' },
  modulePathIgnorePatterns: ['<rootDir>/assets/', '<rootDir>/build/', '<rootDir>/cdk.out/'],
  globalSetup: '<rootDir>/scripts/ensure-bundled.mjs',
};

module.exports = {
  testSequencer: '<rootDir>/scripts/long-tests-first.cjs',
  // more than there are cores: the suites wait for emulators and command lines much of the time
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/emulator/', '<rootDir>/test/integ/', ...SLOW.map((path) => `<rootDir>/${path}`)],
      setupFiles: ['<rootDir>/test/setup-unit.ts'],
    },
    {
      ...common,
      displayName: 'slow',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: [`<rootDir>/(?!${SLOW.join('|')})`],
      setupFiles: ['<rootDir>/test/setup-unit.ts'],
    },
    {
      ...common,
      displayName: 'integ',
      globalSetup: '<rootDir>/test/emulator/global-setup.mjs',
      testMatch: ['<rootDir>/test/{emulator,integ}/**/*.test.ts'],
    },
  ],
  collectCoverageFrom: ['lib/**/*.ts'],
};
