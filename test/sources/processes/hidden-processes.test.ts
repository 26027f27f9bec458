import { expect, test } from 'vitest';
import { hiddenBy } from '../../../src/sources/processes/hidden-processes.ts';
import { processes, type Process } from '../../../src/sources/processes/processes.ts';

const one = (pid: number, uid: number | undefined, command = 'bash'): Process => {
  const process = processes
    .parse({
      table: new Map([
        [
          pid,
          {
            pid,
            stat: `${pid} (${command}) S 1 1 1 0 -1 4194304 0 0 0 0 5 5 0 0 20 0 1 0 900 0 10`,
            status: uid === undefined ? undefined : `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`,
          },
        ],
      ]),
    })
    .processes.get(pid);
  if (!process) throw new Error('no process');
  return process;
};
const table = (...all: readonly Process[]) => new Map(all.map((process) => [process.pid, process]));

test('hiddenBy names the mount option when only the own processes are visible', () => {
  expect(hiddenBy(table(one(4000, 1004)), { hidepid: 2, hidesOthers: true })).toBe('hidden by hidepid=2');
  expect(hiddenBy(table(one(4000, 1004)), { hidepid: 4, hidesOthers: true })).toBe('hidden by hidepid=4');
});

test('hiddenBy needs no mount options when pid 1 is missing', () => {
  const own = table(one(4000, 1004), one(4001, undefined));
  for (const mount of [{ hidepid: undefined, hidesOthers: undefined }, { hidepid: 0, hidesOthers: false }, undefined])
    expect(hiddenBy(own, mount)).toBe('hidden');
});

test('hiddenBy is undefined when processes of root are visible, whatever the mount options are', () => {
  const mount = { hidepid: 2, hidesOthers: true };
  expect(hiddenBy(table(one(1, 0, 'systemd'), one(4000, 1004)), mount)).toBeUndefined();
  expect(hiddenBy(table(one(700, 0)), mount)).toBeUndefined();
});

test('hiddenBy goes by the mount when pid 1 is the own, as in a container', () => {
  const own = table(one(1, 1004, 'tini'), one(20, 1004));
  expect(hiddenBy(own, { hidepid: 0, hidesOthers: false })).toBeUndefined();
  expect(hiddenBy(own, { hidepid: 2, hidesOthers: false })).toBeUndefined();
  expect(hiddenBy(own, { hidepid: 2, hidesOthers: true })).toBe('hidden by hidepid=2');
});

test('hiddenBy is undefined when nothing was read, and when no owner is known', () => {
  expect(hiddenBy(undefined, { hidepid: 2, hidesOthers: true })).toBeUndefined();
  expect(hiddenBy(table(), { hidepid: 2, hidesOthers: true })).toBeUndefined();
  expect(hiddenBy(table(one(4000, undefined)), undefined)).toBeUndefined();
});
