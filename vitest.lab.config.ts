import { defineConfig } from 'vitest/config';
import { pythonPrograms } from './scripts/python-bundle.ts';

/** Tests against real daemons: they share one machine, so one file at a time. */
export default defineConfig({
  plugins: [pythonPrograms],
  test: {
    include: ['test/lab/**/*.test.{ts,tsx}'],
    globalSetup: ['test/lab/lib/global-setup.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
