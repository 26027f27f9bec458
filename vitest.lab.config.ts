import { defineConfig } from 'vitest/config';
import { pythonPrograms } from './scripts/python-bundle.ts';
import { SecondTries } from './test/lab/lib/second-tries.ts';

/** Tests against real daemons: they share one machine, so one file at a time. */
export default defineConfig({
  plugins: [pythonPrograms],
  test: {
    include: ['test/lab/**/*.test.{ts,tsx}'],
    globalSetup: ['test/lab/lib/global-setup.ts'],
    fileParallelism: false,
    reporters: ['default', new SecondTries()],
    // On a loaded machine a second try; each test that needed one is listed, in .ci/run as well.
    retry: process.env['CI'] ? 1 : 0,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
