import { countOf, fields, json, numberOf, textOf, type Fields } from '../../lib/json.ts';
import { defineSource } from '../source.ts';

/** The clock of the host. */
export interface HostClock {
  /** Clock of the host minus that of this program, seconds; undefined in a recording without it. */
  readonly aheadSeconds: number | undefined;
  /** Largest error of that difference: half of the round trip. */
  readonly roundTripSeconds: number | undefined;
  /** The kernel's view (adjtimex(2)); undefined where it was not read. */
  readonly kernel: KernelClock | undefined;
  /** Tracking of chronyd; undefined without it. */
  readonly chrony: ChronyTracking | undefined;
}

export interface KernelClock {
  /** STA_UNSYNC is not set. */
  readonly isSynchronised: boolean;
  /** Bound of the error that the daemon set; it grows by 500 ppm and ends at 16 s. */
  readonly maxErrorSeconds: number | undefined;
  /** Left to be slewed. */
  readonly offsetSeconds: number | undefined;
  /** A leap second is inserted or deleted at the end of the day. */
  readonly leap: 'insert' | 'delete' | undefined;
}

export interface ChronyTracking {
  /** 0 without a source. */
  readonly stratum: number;
  readonly isSynchronised: boolean;
  /** System clock minus NTP time; positive: the clock is fast. */
  readonly offsetSeconds: number;
  readonly sinceUpdateSeconds: number;
}

/**
 * Clock of the host: CLOCK_REALTIME between the sending and the arrival of a request, adjtimex(2), `chronyc tracking`.
 *
 *     {"chrony":null,"state":5,"status":64,"offset":0,"maxerror":16000000,"realtime":1796025424.31,"sentMs":1796025424300,"gotMs":1796025424320}
 */
export const clock = defineSource({
  id: 'clock',
  title: 'Clock',
  why: 'Shows a clock that is wrong or not synchronised.',
  everySeconds: 2,
  value: 'high',
  reads: { clock: { kind: 'talk', dialect: 'facts', to: 'facts:clock', request: 'clock' } },
  parse: ({ clock: text }): HostClock | undefined => {
    if (text === undefined) return undefined;
    const reply = fields(json(text));
    const [realtime, sentMs, gotMs] = [
      numberOf(reply['realtime']),
      numberOf(reply['sentMs']),
      numberOf(reply['gotMs']),
    ];
    const isTimed = realtime !== undefined && sentMs !== undefined && gotMs !== undefined && gotMs >= sentMs;
    return {
      aheadSeconds: isTimed ? realtime - (sentMs + gotMs) / 2000 : undefined,
      roundTripSeconds: isTimed ? (gotMs - sentMs) / 1000 : undefined,
      kernel: kernelClock(reply),
      chrony: chronyTracking(textOf(reply['chrony'])),
    };
  },
});

/** Bits of `status`: adjtimex(2). */
const [INSERT, DELETE, UNSYNC, NANO] = [0x10, 0x20, 0x40, 0x2000];

function kernelClock(reply: Fields): KernelClock | undefined {
  const status = countOf(reply['status']);
  if (status === undefined) return undefined;
  const [most, offset] = [countOf(reply['maxerror']), numberOf(reply['offset'])];
  return {
    isSynchronised: (status & UNSYNC) === 0,
    maxErrorSeconds: most === undefined ? undefined : most / 1e6,
    offsetSeconds: offset === undefined ? undefined : offset / ((status & NANO) === 0 ? 1e6 : 1e9),
    leap: (status & INSERT) !== 0 ? 'insert' : (status & DELETE) !== 0 ? 'delete' : undefined,
  };
}

/** Header of a reply, and type of that to tracking: candm.h of chrony, CMD_Reply and RPY_Tracking. */
const HEADER_BYTES = 28;
const RPY_TRACKING = 5;
const NOT_SYNCHRONISED = 3;

function chronyTracking(hex: string | undefined): ChronyTracking | undefined {
  const bytes = Uint8Array.from((hex ?? '').match(/[\da-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));
  const view = new DataView(bytes.buffer);
  // reference id, address of 20 bytes, stratum, leap status, reference time of 12 bytes, then numbers of 4 bytes.
  if (bytes.length < HEADER_BYTES + 76 || view.getUint16(6) !== RPY_TRACKING) return undefined;
  return {
    stratum: view.getUint16(HEADER_BYTES + 24),
    isSynchronised: view.getUint16(HEADER_BYTES + 26) !== NOT_SYNCHRONISED,
    offsetSeconds: -chronyNumber(view, HEADER_BYTES + 40),
    sinceUpdateSeconds: chronyNumber(view, HEADER_BYTES + 72),
  };
}

/** Exponent of 7 bits and coefficient of 25, both signed. */
function chronyNumber(view: DataView, at: number): number {
  const raw = view.getInt32(at);
  return ((raw << 7) >> 7) * 2 ** ((raw >> 25) - 25);
}
