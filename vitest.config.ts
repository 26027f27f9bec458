import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { pythonPrograms } from './scripts/python-bundle.ts';

const under = (...folders: readonly string[]) => folders.map((name) => `test/${name}/**/*.test.{ts,tsx}`);

/** Tests that start no process and wait for nothing: `npm run test:fast`. */
const pure = [
  ...under('sources', 'entities', 'findings', 'panes', 'lib', 'timeline', 'ui', 'changes'),
  'test/contract.test.tsx',
];
const app = under('app');

export default defineConfig({
  plugins: [pythonPrograms],
  test: {
    testTimeout: 20_000,
    // Most tests of hosts wait, for a process or a time-out: with a worker per core the cores are idle half of the time.
    // Not '200%', which is 100%.
    maxWorkers: 2 * availableParallelism(),
    projects: [
      // Their files share one set of modules: to load all sources, panes and rules takes longer than most of them.
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      { extends: true, test: { name: 'app', include: app, isolate: false } },
      {
        extends: true,
        test: {
          name: 'rest',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...pure, ...app, 'test/lab/**', 'node_modules/**'],
          setupFiles: 'test/helpers/own-cache.ts',
        },
      },
    ],
  },
});
