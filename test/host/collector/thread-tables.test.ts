import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { ThreadTableKeeper } from '../../../src/host/collector/thread-table.ts';
import { madeRoot, Table } from '../../helpers/collector-table.ts';

const { put, root } = madeRoot();

describe('threads', () => {
  const commands = ['qemu-system-', 'kvm'];
  let keeper = new ThreadTableKeeper();
  beforeEach(() => {
    keeper = new ThreadTableKeeper();
  });
  const sample = async (table: Table) => {
    const { head, body } = await table.ask(keeper.request({ kind: 'threads', commands }));
    return { ...keeper.apply(head, body), head, bytes: body.length };
  };
  const process = (pid: number, command: string): void => put({ [`proc/${pid}/stat`]: `${pid} (${command}) S 1\n` });
  const thread = (pid: number, tid: number, name: string, run: number, state = 'S'): void =>
    put({
      [`proc/${pid}/task/${tid}/stat`]: `${tid} (${name}) ${state} 1\n`,
      [`proc/${pid}/task/${tid}/schedstat`]: `${run} 0 1\n`,
      [`proc/${pid}/task/${tid}/status`]: 'Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0-3,8\nMems_allowed:\t1\n',
      [`proc/${pid}/task/${tid}/wchan`]: 'folio_wait_bit',
    });

  test('are those of the requested commands, sent again only after they ran', async () => {
    process(7, 'qemu-system-x86');
    process(8, 'bash');
    process(9, 'a) (kvm');
    thread(7, 7, 'qemu-system-x86', 1);
    thread(7, 71, 'CPU 0/KVM', 1);
    using table = new Table('threads', root());
    const first = await sample(table);
    expect([...first.processes.keys()]).toEqual([7]);
    expect(first.processes.get(7)?.threads.get(71)).toEqual({
      tid: 71,
      stat: '71 (CPU 0/KVM) S 1\n',
      schedstat: '1 0 1\n',
      cpusAllowed: '0-3,8',
      wchan: undefined,
    });
    expect((await sample(table)).processes.get(7)).toBe(first.processes.get(7));
    thread(7, 71, 'CPU 0/KVM', 2, 'D');
    const third = await sample(table);
    expect(third.processes.get(7)?.threads.get(71)).toMatchObject({ schedstat: '2 0 1\n', wchan: 'folio_wait_bit' });
    expect(third.processes.get(7)?.threads.get(7)).toBe(first.processes.get(7)?.threads.get(7));
    // wchan is kept while the thread sleeps, also in an update of another file.
    put({ 'proc/7/task/71/status': 'Name:\tx\nCpus_allowed_list:\t1\n' });
    for (let tick = 0; tick < 10; tick++) await sample(table);
    expect((await sample(table)).processes.get(7)?.threads.get(71)).toMatchObject({
      cpusAllowed: '1',
      wchan: 'folio_wait_bit',
    });
  });

  test('threads and processes appear and disappear', async () => {
    process(7, 'kvm');
    thread(7, 7, 'kvm', 1);
    using table = new Table('threads', root(), { handles: 100 });
    await sample(table);
    thread(7, 72, 'worker', 1);
    process(20, 'sh');
    await sample(table);
    expect([...((await sample(table)).processes.get(7)?.threads.keys() ?? [])]).toEqual([7, 72]);
    // A fork that becomes a guest a moment later.
    process(20, 'qemu-system-aar');
    thread(20, 20, 'qemu-system-aar', 1);
    rmSync(join(root(), 'proc/7/task/72'), { recursive: true });
    await sample(table);
    const both = await sample(table);
    expect([...both.processes.keys()]).toEqual([7, 20]);
    expect([...(both.processes.get(7)?.threads.keys() ?? [])]).toEqual([7]);
    rmSync(join(root(), 'proc/7'), { recursive: true });
    rmSync(join(root(), 'proc/20'), { recursive: true });
    await sample(table);
    const none = await sample(table);
    expect([none.processes.size, none.head['handles']]).toEqual([0, 100]);
  });

  test('stat is read in every walk when schedstat is missing', async () => {
    process(7, 'kvm');
    thread(7, 7, 'kvm', 1);
    rmSync(join(root(), 'proc/7/task/7/schedstat'));
    using table = new Table('threads', root());
    expect((await sample(table)).processes.get(7)?.threads.get(7)?.schedstat).toBeUndefined();
    put({ 'proc/7/task/7/stat': '7 (kvm) R 1\n' });
    expect((await sample(table)).processes.get(7)?.threads.get(7)?.stat).toBe('7 (kvm) R 1\n');
  });
});
