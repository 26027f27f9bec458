import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ProcessTableKeeper } from '../../../src/host/collector/process-table.ts';
import { madeRoot, Table } from '../../helpers/collector-table.ts';

const { put, root } = madeRoot();

const COUNT = 100;
const BOUNDS = { SAMPLED: 50, ROUND: 10, LEAST: 5, MAX_CAME: 20 };

/** Host with processes 1 to COUNT, whose CPU time and state the test sets. */
class MadeHost {
  readonly #ticks = new Map<number, number>();
  #busy = 0;
  lastPid = COUNT;
  blocked = 0;
  load = 0;

  constructor() {
    for (let pid = 1; pid <= COUNT; pid++) this.set(pid, 0);
    this.next();
  }

  /** Adds CPU ticks to a process. */
  set(pid: number, ticks: number, state = 'S', exitSignal = 17): void {
    const used = (this.#ticks.get(pid) ?? 0) + ticks;
    this.#ticks.set(pid, used);
    this.#busy += ticks;
    const fields = [
      state,
      1,
      1,
      1,
      0,
      -1,
      0,
      0,
      0,
      0,
      0,
      used,
      0,
      0,
      0,
      20,
      0,
      1,
      0,
      10 + pid,
      ...Array.from({ length: 15 }, () => 0),
    ];
    put({
      [`proc/${pid}/stat`]: `${pid} (worker) ${[...fields, exitSignal, 0].join(' ')}\n`,
      [`proc/${pid}/schedstat`]: `${used} 0 0\n`,
      [`proc/${pid}/cmdline`]: 'worker\0',
    });
  }

  end(pid: number): void {
    rmSync(join(root(), `proc/${pid}`), { recursive: true });
  }

  /** Totals of the host, before a walk. */
  next(): void {
    put({
      'proc/stat': `cpu  ${this.#busy} 0 0 9999 0 0 0 0 0 0\nprocesses 5\nprocs_running 1\nprocs_blocked ${this.blocked}\n`,
      'proc/loadavg': `${this.load.toFixed(2)} 0.00 0.00 1/${COUNT} ${this.lastPid}\n`,
    });
  }
}

/** Walks of the collector over a made host, after those in which all is read. */
async function settled() {
  const host = new MadeHost();
  const table = new Table('processes', root(), BOUNDS);
  const keeper = new ProcessTableKeeper();
  const walk = async () => {
    host.next();
    await sleep(20);
    const { head, body } = await table.ask({});
    const gone = (head['gone'] as number[]) ?? [];
    return { read: Number(head['read']), gone, table: keeper.apply(body, gone) };
  };
  for (let turn = 0; turn < 4; turn++) await walk();
  return { host, walk, [Symbol.dispose]: () => table[Symbol.dispose]() };
}

test('sampling reads a part of idle processes in each walk, and all within a round', async () => {
  using made = await settled();
  const reads: number[] = [];
  for (let turn = 0; turn < 10; turn++) reads.push((await made.walk()).read);
  expect(reads).toEqual(Array.from({ length: 10 }, () => COUNT / BOUNDS.ROUND));
});

test('sampling finds a process that becomes hot in the same walk, and reads it in each from then', async () => {
  using made = await settled();
  made.host.set(77, 100);
  const first = await made.walk();
  expect(first.read).toBe(COUNT);
  expect(first.table.get(77)?.stat).toContain(' 100 0 0 0 20 ');
  for (const ticks of [200, 300]) {
    made.host.set(77, 100);
    const { table, read } = await made.walk();
    expect(read).toBeLessThan(30);
    expect(table.get(77)?.stat).toContain(` ${ticks} 0 0 0 20 `);
    // Of one walk, not of the time since the round before.
    expect(table.get(77)?.seconds).toBeLessThan(1);
  }
});

test('sampling finds a process that blocks on a disk in the same walk, and that it runs again', async () => {
  using made = await settled();
  made.host.set(33, 0, 'D');
  made.host.blocked = 1;
  expect((await made.walk()).table.get(33)?.stat).toContain(') D ');
  for (let turn = 0; turn < 6; turn++) expect((await made.walk()).read).toBeLessThan(30);
  made.host.set(33, 0, 'S');
  made.host.blocked = 0;
  expect((await made.walk()).table.get(33)?.stat).toContain(') S ');
});

test('sampling finds a process in D state without iowait by the load', async () => {
  using made = await settled();
  made.host.set(33, 0, 'D');
  // The test host has 1 running thread: 2 threads at the next computation of the load.
  made.host.load = (2 * (2048 - 1884)) / 2048;
  expect((await made.walk()).table.get(33)?.stat).toContain(') D ');
  for (let turn = 0; turn < 6; turn++) expect((await made.walk()).read).toBeLessThan(30);
});

test('sampling finds a process that comes at once, takes no thread for one, and drops what ended', async () => {
  using made = await settled();
  made.host.set(COUNT + 1, 0);
  made.host.set(COUNT + 2, 0, 'S', -1);
  made.host.lastPid = COUNT + 2;
  const { table, read } = await made.walk();
  expect([table.has(COUNT + 1), table.has(COUNT + 2)]).toEqual([true, false]);
  expect(read).toBeLessThan(30);
  made.host.end(50);
  const gone: number[] = [];
  for (let turn = 0; turn < 5; turn++) gone.push(...(await made.walk()).gone);
  expect(gone).toEqual([50]);
});

test('sampling sweeps ever less often while CPU time stays without a process', async () => {
  using made = await settled();
  let sweeps = 0;
  for (let turn = 0; turn < 40; turn++) {
    // Of a process that came and ended between two walks.
    made.host.set(999, 100);
    made.host.end(999);
    if ((await made.walk()).read === COUNT) sweeps++;
  }
  expect(sweeps).toBeGreaterThan(1);
  expect(sweeps).toBeLessThan(7);
});
