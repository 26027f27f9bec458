import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { delaysOf, familyOf } from '../../../../src/host/protocols/network/taskstats.ts';
import { netlink } from '../../../../src/host/protocols/network/netlink.ts';
import { processDelays } from '../../../../src/sources/processes/delays.ts';
import { reach } from '../../../helpers/daemon-reach.ts';

/** Attribute of netlink(7). */
function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc((4 + value.length + 3) & ~3);
  bytes.writeUInt16LE(4 + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  value.copy(bytes, 4);
  return bytes;
}

/** Reply with a struct taskstats of a version: each count is its own offset. */
function reply(version: number, length: number): Buffer {
  const stats = Buffer.alloc(length);
  stats.writeUInt16LE(version, 0);
  for (const offset of [16, 32, 48, 312, 328, 352, 400, 416])
    if (offset + 16 <= length) {
      stats.writeBigUInt64LE(BigInt(offset), offset);
      stats.writeBigUInt64LE(BigInt(offset * 1000), offset + 8);
    }
  return Buffer.concat([Buffer.alloc(4), attribute(5, Buffer.concat([attribute(2, Buffer.alloc(4)), attribute(3, stats)]))]); // prettier-ignore
}

test('delaysOf takes the fields that a version has', () => {
  const kinds = (version: number, length: number) => {
    const parsed = delaysOf(reply(version, length));
    return typeof parsed === 'string' ? parsed : Object.keys((parsed as { delays: object }).delays);
  };
  expect(kinds(8, 328)).toEqual(['runQueue', 'blockIo', 'swapIn', 'reclaim']);
  expect(kinds(10, 352)).toEqual(['runQueue', 'blockIo', 'swapIn', 'reclaim', 'thrashing']);
  expect(kinds(14, 432)).toHaveLength(8);
  expect(kinds(16, 560)).toHaveLength(8);
  expect(kinds(15, 560)).toContain('another layout');
  expect(delaysOf(reply(14, 432))).toMatchObject({ delays: { blockIo: { count: 32, ns: 32_000 } } });
  for (const broken of [undefined, Buffer.alloc(0), Buffer.alloc(3), reply(14, 432).subarray(0, 20)])
    expect(delaysOf(broken)).toContain('no statistics');
  expect(familyOf(Buffer.alloc(0))).toBeUndefined();
});

test('netlink refuses requests of other families and other targets', () => {
  expect(netlink.refusal('netlink:16', 'taskstats 1')).toBeUndefined();
  for (const [to, request] of [
    ['netlink:0', 'taskstats 1'],
    ['netlink:16', 'taskstats -1'],
    ['netlink:16', 'taskstats 1 2'],
    ['netlink:16', 'links'],
  ] as const)
    // prettier-ignore
    expect(netlink.refusal(to, request)).toContain('not a dump');
});

/** Taskstats need CAP_NET_ADMIN, which only root of the initial user namespace has. */
test.runIf(process.getuid?.() === 0)('netlink has the delays of this process', async () => {
  const { lane, daemons } = await reach(netlink);
  const ask = (pid: number) =>
    daemons.request(lane, { kind: 'talk', dialect: 'netlink', to: 'netlink:16', request: `taskstats ${pid}` });
  const reading = await ask(process.pid);
  if (!reading.ok) throw new Error(reading.detail);
  const { delays } = processDelays.parse(
    { stats: reading.value, switch: '1\n', uptime: '100.5 3\n' },
    { pid: process.pid },
  );
  expect(delays?.runQueue?.count).toBeGreaterThan(10);
  expect(delays?.runQueue?.seconds).toBeGreaterThan(0);
  expect(delays?.blockIo).toBeDefined();
  const gone = await ask(spawnSync('true').pid);
  expect(gone).toMatchObject({ ok: false, why: 'absent', detail: 'no such process' });
});
