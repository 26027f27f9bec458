import { attributesOf, u16, u64 } from './netlink-messages.ts';

/**
 * Delays of a process by generic netlink: https://docs.kernel.org/accounting/taskstats.html, delay-accounting.html,
 * include/uapi/linux/taskstats.h. Needs CAP_NET_ADMIN.
 */

/** GENL_ID_CTRL, and its command to resolve a family by name. include/uapi/linux/genetlink.h. */
const CONTROL = 16;
const GET_FAMILY = 3;
const FAMILY_ID = 1;
const FAMILY_NAME = 2;
const TASKSTATS_GET = 1;
const BY_TGID = 2;
const AGGREGATE_OF_TGID = 5;
const STATS = 3;
/** Struct genlmsghdr: command, version, two reserved bytes. */
const HEADER_BYTES = 4;

/** Request of a generic netlink family: message type and body with one attribute. */
export interface GenericRequest {
  readonly type: number;
  readonly body: Uint8Array;
}

function request(type: number, command: number, attribute: number, value: Buffer): GenericRequest {
  const body = Buffer.alloc(HEADER_BYTES + 4 + ((value.length + 3) & ~3));
  body.writeUInt8(command, 0);
  body.writeUInt8(1, 1);
  body.writeUInt16LE(4 + value.length, HEADER_BYTES);
  body.writeUInt16LE(attribute, HEADER_BYTES + 2);
  value.copy(body, HEADER_BYTES + 4);
  return { type, body };
}

/** Number of the family TASKSTATS, which differs between boots. */
export const familyRequest = request(CONTROL, GET_FAMILY, FAMILY_NAME, Buffer.from('TASKSTATS\0'));

export const familyOf = (payload: Buffer | undefined): number | undefined =>
  payload && u16(attributesOf(payload, HEADER_BYTES).get(FAMILY_ID));

/** Statistics of all threads of a process, also those that exited. */
export function taskstatsRequest(family: number, pid: number): GenericRequest {
  const value = Buffer.alloc(4);
  value.writeUInt32LE(pid, 0);
  return request(family, TASKSTATS_GET, BY_TGID, value);
}

/** Offset of `…_count` of each delay in struct taskstats, and the version that has it; `…_delay_total`, ns, follows. */
const DELAYS = {
  runQueue: [16, 1],
  blockIo: [32, 1],
  swapIn: [48, 1],
  reclaim: [312, 7],
  thrashing: [328, 9],
  compaction: [352, 11],
  writeProtectCopy: [400, 13],
  irq: [416, 14],
} as const satisfies Readonly<Record<string, readonly [offset: number, version: number]>>;

/** Version of Linux 6.14, whose fields stand at other offsets; 16 moved the new ones to the end. */
const MOVED_VERSION = 15;

/** `{"version": 14, "delays": {"blockIo": {"count": 3, "ns": 2000}}}` of a reply; a sentence where it has no such figures. */
export function delaysOf(payload: Buffer | undefined): object | string {
  const aggregate = payload && attributesOf(payload, HEADER_BYTES).get(AGGREGATE_OF_TGID);
  const stats = aggregate && attributesOf(aggregate).get(STATS);
  const version = u16(stats);
  if (stats === undefined || version === undefined) return 'taskstats: no statistics in the reply';
  if (version === MOVED_VERSION) return 'taskstats: version 15 (Linux 6.14) has another layout';
  const delays = Object.entries(DELAYS).flatMap(([name, [offset, since]]) => {
    const [count, ns] = version < since ? [] : [u64(stats, offset), u64(stats, offset + 8)];
    return count === undefined || ns === undefined ? [] : [[name, { count, ns }] as const];
  });
  return { version, delays: Object.fromEntries(delays) };
}
