import { expect, test } from 'vitest';
import { limitUses, topFiles } from '../../../src/entities/processes/limits.ts';
import { threadUse } from '../../../src/entities/processes/thread-use.ts';
import { zombiesByParent } from '../../../src/entities/processes/zombies.ts';
import { processes } from '../../../src/sources/processes/processes.ts';
import { processLimits } from '../../../src/sources/processes/process-limits.ts';

interface Like {
  readonly pid: number;
  readonly parent?: number;
  readonly state?: string;
  readonly threads?: number;
  readonly uid?: number;
  readonly cgroup?: string;
}

const table = (...all: readonly Like[]) =>
  processes.parse({
    table: new Map(
      all.map(({ pid, parent = 1, state = 'S', threads = 1, uid = 0, cgroup }) => [
        pid,
        {
          pid,
          stat: `${pid} (p${pid}) ${state} ${parent} 0 0 0 0 0 0 0 0 0 1 1 0 0 20 0 ${threads} 0 ${pid} 0 0\n`,
          cgroup,
          status: `Uid:\t${uid}\t${uid}\n`,
        },
      ]),
    ),
  }).processes;
const uses = (text: string, ...all: readonly Like[]) => limitUses(processLimits.parse({ table: text }), table(...all));

test('limitUses has processes and users by the used part of their limits', () => {
  const found = uses('files 5 900 1000\nlocked 5 10 100\nprocesses 7 100\n', { pid: 5 }, { pid: 6, uid: 7, threads: 60 }, { pid: 8, uid: 7, threads: 39 }); // prettier-ignore
  expect(found.map(({ what, process, used, grade }) => [what, process.pid, used, grade])).toEqual([
    ['processes', 6, 99, 'crit'],
    ['open files', 5, 900, 'warn'],
    ['locked memory', 5, 10, 'text'],
  ]);
});

test('limitUses leaves out processes that have gone, and those without a limit', () => {
  expect(uses('files 5 900 1000\nfiles 6 900 -\n', { pid: 6 })).toEqual([]);
  expect(topFiles(processLimits.parse({ table: 'files 6 900 -\n' }), table({ pid: 6 }))?.open).toBe(900);
});

test('limitUses counts the threads of a user in each container by itself', () => {
  const inside = (pid: number, name: string) => ({
    pid,
    uid: 1_000_999,
    threads: 60,
    cgroup: `0::/lxc.payload.${name}/x`,
  });
  const found = uses('processes 1000999 100\n', inside(6, 'a'), inside(7, 'b'));
  expect(found.map(({ used }) => used)).toEqual([60, 60]);
});

test('limitUses leaves out a limit that is far below what its user has', () => {
  expect(uses('processes 7 64\n', { pid: 6, uid: 7, threads: 400 })).toEqual([]);
});

test('threadUse takes the lower limit, and the process with the most threads or children', () => {
  const settings = new Map([
    ['kernel.pid_max', '4194304'],
    ['kernel.threads-max', '1000'],
  ]);
  const children = Array.from({ length: 5 }, (_, i) => ({ pid: 100 + i, parent: 50 }));
  const use = threadUse(900, settings, table({ pid: 50 }, { pid: 60, threads: 4 }, ...children));
  expect(use).toMatchObject({ setting: 'kernel.threads-max', grade: 'warn', top: { number: 5, of: 'children', process: { pid: 50 } } }); // prettier-ignore
  expect(threadUse(900, new Map(), undefined)).toBeUndefined();
});

test('zombiesByParent has zombies that are there for 4 s', () => {
  const at = (seconds: number, ...all: readonly Like[]) => ({ sample: { processes: table(...all) }, at: seconds, wallMs: 0, missing: {}, tookMs: 0 }); // prettier-ignore
  const dead = { pid: 70, parent: 50, state: 'Z' };
  const found = zombiesByParent([at(0, { pid: 50 }, dead), at(5, { pid: 50 }, dead, { ...dead, pid: 71 })]);
  expect(found.map(({ parentPid, zombies }) => [parentPid, zombies.map(({ pid }) => pid)])).toEqual([[50, [70]]]);
  expect(zombiesByParent([at(0, dead)])).toEqual([]);
});
