import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A bound on hanging only: a busy machine must not fail a test.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
    // Quick tests share processes (docs/decisions/0085); the long suites measure memory in their own.
    isolate: process.env['VOLLEY_TEST_DEEP'] === '1',
    setupFiles: ['test/support/each-file.ts'],
  },
});
