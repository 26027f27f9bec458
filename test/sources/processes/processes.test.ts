import { describe, expect, test } from 'vitest';
import type { ProcessTexts } from '../../../src/host/host.ts';
import { processes } from '../../../src/sources/processes/processes.ts';

/** Line of /proc/PID/stat with the given fields after the name. */
const statOf = (pid: number, command: string, fields: Readonly<Record<number, number | string>> = {}) =>
  `${pid} (${command}) ${Array.from({ length: 50 }, (_, index) => fields[index + 3] ?? (index === 0 ? 'S' : 0)).join(' ')}\n`;

const parse = (...texts: readonly ProcessTexts[]) =>
  processes.parse({ table: new Map(texts.map((one) => [one.pid, one])) }).processes;

describe('processes', () => {
  test('processes counts fields from the last bracket, so a command cannot forge them', () => {
    const one = parse({
      pid: 7,
      stat: statOf(7, 'x) Z 0\n1 (init', { 3: 'R', 4: 42, 14: 150, 15: 50, 20: 3, 22: 99, 24: 10, 39: 5 }),
    }).get(7);
    expect(one).toMatchObject({
      command: 'x) Z 0\n1 (init',
      state: 'R',
      parentPid: 42,
      cpuSeconds: 2,
      threads: 3,
      startTicks: 99,
      rssKiB: 40,
      lastCpu: 5,
    });
  });

  test('processes has undefined, not 0, for missing files', () => {
    const one = parse({ pid: 7, stat: statOf(7, 'a', { 22: 1 }) }).get(7);
    expect(one).toMatchObject({
      readBytes: undefined,
      delaySeconds: undefined,
      uid: undefined,
      commandLine: undefined,
      wchan: undefined,
    });
  });

  test('processes parses io, schedstat, cgroup and status', () => {
    const one = parse({
      pid: 7,
      stat: statOf(7, 'a', { 22: 1 }),
      cmdline: 'a\0--b\0c d\0',
      cgroup: '0::/lxc.payload.web\n',
      status: 'Uid:\t1000\t1000\t1000\t1000\nNSpid:\t7\t1\nCpus_allowed_list:\t0-3\nMems_allowed_list:\t0\n',
      io: 'rchar: 1\nread_bytes: 4096\nwrite_bytes: 8192\n',
      schedstat: '1000 2500000000 3\n',
      wchan: 'io_schedule',
    }).get(7);
    expect(one).toMatchObject({
      commandLine: 'a --b c d',
      uid: 1000,
      namespacePids: [7, 1],
      cpusAllowed: '0-3',
      memsAllowed: '0',
      readBytes: 4096,
      writeBytes: 8192,
      delaySeconds: 2.5,
      wchan: 'io_schedule',
      owner: { kind: 'lxc', name: 'web' },
    });
  });

  test('processes names a guest by the QEMU command line', () => {
    const one = parse({
      pid: 7,
      stat: statOf(7, 'qemu', { 22: 1 }),
      cmdline: '/usr/bin/qemu-system-x86_64\0-name\0guest=web-3,debug-threads=on\0',
      cgroup: '0::/x.service',
    }).get(7);
    expect(one?.owner).toEqual({ kind: 'guest', name: 'web-3' });
  });

  test('processes parses unchanged texts once', () => {
    const texts = { pid: 7, stat: statOf(7, 'a', { 22: 1 }) };
    expect(parse(texts).get(7)).toBe(parse(texts).get(7));
  });

  test('processes skips a malformed line', () => {
    expect(
      parse({ pid: 7, stat: 'nothing' }, { pid: 8, stat: '8 (a) S' }, { pid: 9, stat: statOf(9, 'b', { 22: 1 }) }).size,
    ).toBe(1);
  });
});
