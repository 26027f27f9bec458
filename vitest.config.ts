import { defineConfig } from 'vitest/config';
import { pythonPrograms } from './scripts/python-bundle.ts';

export default defineConfig({
  plugins: [pythonPrograms],
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/lab/**', 'node_modules/**'],
    testTimeout: 20_000,
    // Unless told, one core is left idle: of two that is half of them.
    maxWorkers: '100%',
  },
});
