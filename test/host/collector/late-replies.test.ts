import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CollectorLane } from '../../../src/host/collector/collector-lane.ts';
import { encodeFrame, type Head } from '../../../src/host/collector/frames.ts';
import { bytePipe } from '../../helpers/byte-pipe.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Longer than the collector's time limit and the grace of the console. */
const TOO_LATE_MS = 8001;
const TIMES = { at: 10, ms: 1 };

/** Record of one process with its stat alone, as processes.py makes it. */
function record(pid: number): Buffer {
  const stat = Buffer.from(`${pid} (worker) S 1`);
  const bytes = Buffer.alloc(13);
  bytes.writeUInt32LE(pid, 0);
  bytes[4] = 1;
  bytes.writeUInt32LE(stat.length, 9);
  return Buffer.concat([bytes, stat]);
}

/** Lane whose collector is the test. */
function made() {
  const far = bytePipe();
  const lane = new CollectorLane(far.pipe, Buffer.from('{"id":0,"pid":1,"uid":0}\n'));
  const requests = () =>
    far
      .written()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Head);
  const reply = async (head: Head, body: Buffer = Buffer.alloc(0)) => {
    far.say(encodeFrame({ ...TIMES, ...head }, body));
    await vi.advanceTimersByTimeAsync(1);
  };
  return { lane, requests, reply };
}

test('a process table holds the processes of a reply that came after the time limit', async () => {
  const { lane, reply } = made();
  const first = lane.read({ kind: 'processes' });
  await vi.advanceTimersByTimeAsync(TOO_LATE_MS);
  expect(await first).toMatchObject({ ok: false, why: 'timeout' });
  await reply({ id: 1 }, Buffer.concat([record(7), record(8)]));
  const second = lane.read({ kind: 'processes' });
  await reply({ id: 2 }, record(9));
  const reading = await second;
  expect(reading.ok && [...reading.value.keys()]).toEqual([7, 8, 9]);
});

test('a file that is the same as in a reply after the time limit has the text of that reply', async () => {
  const { lane, requests, reply } = made();
  const file = { kind: 'file', path: '/proc/loadavg' } as const;
  const first = lane.read(file);
  await reply({ id: 1 }, Buffer.from('old'));
  expect(await first).toMatchObject({ value: 'old' });
  const second = lane.read(file);
  await vi.advanceTimersByTimeAsync(TOO_LATE_MS);
  expect(await second).toMatchObject({ ok: false, why: 'timeout' });
  const third = lane.read(file);
  expect(requests().at(-1)).toMatchObject({ have: true });
  await reply({ id: 2 }, Buffer.from('new'));
  await reply({ id: 3, same: 1 });
  expect(await third).toMatchObject({ value: 'new' });
});

test('a damaged reply after the time limit ends the lane with its reason', async () => {
  const { lane, reply } = made();
  void lane.read({ kind: 'processes' });
  await vi.advanceTimersByTimeAsync(TOO_LATE_MS);
  await reply({ id: 1 }, Buffer.from('cut'));
  expect(await lane.ended).toContain('cut short');
});
