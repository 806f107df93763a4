import { defineConfig } from 'vitest/config';

const isDeep = process.env['VOLLEY_TEST_DEEP'] === '1';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A bound on hanging only: a busy machine must not fail a test.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // One more than the cores of a usual machine for CI: tests that wait leave a core idle.
    maxWorkers: isDeep ? 2 : 3,
    // Quick tests share processes (docs/decisions/0085); the long suites measure memory in their own.
    isolate: isDeep,
    setupFiles: ['test/support/each-file.ts'],
  },
});
