import { expect, test } from 'vitest';
import { lockHolders } from '../../../src/entities/packages/lock-holders.ts';
import { packageFiles } from '../../../src/sources/packages/package-files.ts';
import { processes } from '../../../src/sources/processes/processes.ts';
import { processTexts } from '../../helpers/answers.ts';

const of = (locks: readonly unknown[]) => packageFiles.parse({ files: JSON.stringify({ files: {}, locks }) });
const table = processes.parse({
  table: new Map(
    [
      { pid: 5, command: 'apt-get', state: 'S' },
      { pid: 6, command: 'dpkg', state: 'S', parent: 5 },
      { pid: 7, command: 'postgres', state: 'S' },
    ].map((one) => [one.pid, processTexts(one)]),
  ),
})?.processes;

test('lockHolders names the run, not the dpkg that it started', () => {
  const files = of([
    ['/var/lib/dpkg/lock', 6, true],
    ['/var/lib/dpkg/lock-frontend', 5, true],
    ['/var/lib/dpkg/lock', 99, true],
  ]);
  expect(lockHolders(files, table, undefined).map(({ process, locks }) => [process.pid, locks])).toEqual([
    [5, ['/var/lib/dpkg/lock', '/var/lib/dpkg/lock-frontend']],
  ]);
});

test('lockHolders takes an inode on another device for the lock of a package manager alone', () => {
  const files = of([['/var/lib/dpkg/lock', 6, false], ['/var/lib/dpkg/lock', 7, false]]); // prettier-ignore
  expect(lockHolders(files, table, undefined).map(({ process }) => process.command)).toEqual(['dpkg']);
  expect(lockHolders(of([['/var/lib/dpkg/lock', 7, true]]), table, undefined)).toHaveLength(1);
});
