import { defineConfig } from 'vitest/config';

/** Folders whose tests start no process, open no file of this machine but fixtures, and wait for nothing: `npm run test:fast`. */
const PURE = ['sources', 'entities', 'findings', 'panes', 'lib', 'timeline', 'ui'].map((name) => `test/${name}/**/*.test.{ts,tsx}`); // prettier-ignore
const pure = [...PURE, 'test/contract.test.tsx'];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    // By default one core is left idle: of two that is half of them.
    maxWorkers: '100%',
    projects: [
      // One registry of modules for all of them: loading sources, panes and rules takes longer than most tests of them.
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      {
        extends: true,
        test: {
          name: 'rest',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...pure, 'test/lab/**', 'node_modules/**'],
        },
      },
    ],
  },
});
