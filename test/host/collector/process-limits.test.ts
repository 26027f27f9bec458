import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { madeRoot, Table } from '../../helpers/collector-table.ts';

const { put, root } = madeRoot();

const LIMITS = (files: string, locked = 'unlimited', processes = 'unlimited') =>
  [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    `Max processes             ${processes.padEnd(20)} 96365                processes `,
    `Max open files            ${files.padEnd(20)} 1048576              files     `,
    `Max locked memory         ${locked.padEnd(20)} unlimited            bytes     `,
    '',
  ].join('\n');

/** A process of a made /proc, where stat(2) of `fd` counts nothing, as before Linux 6.2. */
const process = (pid: number, open: number, limits: string, slots = 256, lockedKiB = 0, uid = 0): void =>
  put({
    [`proc/${pid}/limits`]: limits,
    [`proc/${pid}/status`]: `Name:\tx\nFDSize:\t${slots}\nVmLck:\t${lockedKiB} kB\nVmPin:\t0 kB\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`,
    ...Object.fromEntries(Array.from({ length: open }, (_, fd) => [`proc/${pid}/fd/${fd}`, ''])),
  });

describe('limits', () => {
  const sample = async (table: Table) => (await table.ask({})).body.toString().split('\n');

  test('counts open files by their list where the table of descriptors allows that the limit is near', async () => {
    process(7, 30, LIMITS('32'), 32);
    process(8, 30, LIMITS('1024'), 64);
    using table = new Table('limits', root());
    expect(await sample(table)).toEqual(['read 2 2', 'files 7 30 32']);
    put({ 'proc/7/fd/90': '' });
    expect(await sample(table)).toContain('files 7 31 32');
  });

  test('names locked memory near its limit, and the lowest limit of processes of each user but root', async () => {
    process(7, 1, LIMITS('unlimited', '65536', '4096'), 64, 60);
    process(8, 1, LIMITS('unlimited', '8388608', '2048'), 64, 60, 1000);
    process(9, 1, LIMITS('unlimited', 'unlimited', '1024'), 64, 0, 1000);
    process(10, 1, LIMITS('unlimited', 'unlimited', '1'), 64, 0, 1001);
    using table = new Table('limits', root());
    // Root has no such limit, and a lower one forbids new processes on purpose.
    expect(await sample(table)).toEqual(['read 4 4', 'locked 7 60 64', 'processes 1000 1024']);
  });

  test('goes through the processes by turns, and takes those near a limit each time', async () => {
    for (let pid = 10; pid < 20; pid++) process(pid, 1, LIMITS('1024'), 64);
    process(30, 60, LIMITS('64'), 64);
    using table = new Table('limits', root(), { AT_ONCE: 4 });
    const rounds = [];
    for (let round = 0; round < 5; round++) rounds.push(await sample(table));
    expect(rounds.map(([first]) => first)).toEqual([
      'read 4 11',
      expect.stringMatching(/^read [78] 11$/),
      'read 11 11',
      'read 11 11',
      'read 11 11',
    ]);
    expect(rounds.at(-1)).toContain('files 30 60 64');
    rmSync(join(root(), 'proc/30'), { recursive: true });
    expect((await sample(table)).join()).not.toContain('files 30');
  });
});
