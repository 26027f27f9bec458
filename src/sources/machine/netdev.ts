import { lines, toCount, words } from '../../lib/lines.ts';
import type { Seen } from '../../timeline/moment.ts';
import { delta } from '../../timeline/moment.ts';
import { defineSource } from '../source.ts';

/**
 * /proc/net/dev: bytes, packets, errors and drops of every network interface since it came up. proc_net(5).
 *
 * Inter-|   Receive                                                |  Transmit
 *  face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
 *   eth0: 368491808   10163    0    0    0     0          0         0   747231    6383    0    0    0     0       0          0
 */
export const netdev = defineSource({
  id: 'netdev',
  title: 'Network interface counters',
  why: 'Shows traffic, errors and drops of every interface.',
  everySeconds: 2,
  value: 'high',
  countsSince: 'boot',
  reads: { netdev: { kind: 'file', path: '/proc/net/dev' } },
  parse: ({ netdev: text }) => (text === undefined ? undefined : parseNetdev(text)),
});

export interface NicCounters {
  readonly name: string;
  readonly rxBytes: number;
  readonly rxPackets: number;
  readonly rxErrors: number;
  /** Some drivers include packets of unhandled protocols. */
  readonly rxDropped: number;
  readonly txBytes: number;
  readonly txPackets: number;
  readonly txErrors: number;
  readonly txDropped: number;
}

export function parseNetdev(text: string): ReadonlyMap<string, NicCounters> {
  const nics = new Map<string, NicCounters>();
  for (const line of lines(text)) {
    // No blank between the colon and a large count on old kernels; a name holds neither a colon nor a blank.
    const [, name, rest] = /^\s*([^\s:]+):([\d\s]+)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    const cells = words(rest).map(toCount);
    const [rxBytes, rxPackets, rxErrors, rxDropped] = cells;
    const [txBytes, txPackets, txErrors, txDropped] = cells.slice(8);
    if (rxBytes === undefined || rxPackets === undefined || rxErrors === undefined || rxDropped === undefined) continue;
    if (txBytes === undefined || txPackets === undefined || txErrors === undefined || txDropped === undefined) continue;
    nics.set(name, {
      name,
      rxBytes,
      rxPackets,
      rxErrors,
      rxDropped,
      txBytes,
      txPackets,
      txErrors,
      txDropped,
    });
  }
  return nics;
}

/** Rates of an interface between two samples. */
export interface NicRate {
  readonly name: string;
  readonly rxBytesPerSec: number | undefined;
  readonly txBytesPerSec: number | undefined;
  readonly rxPacketsPerSec: number | undefined;
  readonly txPacketsPerSec: number | undefined;
  readonly rxErrorsPerSec: number | undefined;
  readonly txErrorsPerSec: number | undefined;
  readonly rxDroppedPerSec: number | undefined;
  readonly txDroppedPerSec: number | undefined;
}

export function nicRates(seen: Seen<ReadonlyMap<string, NicCounters> | undefined>): readonly NicRate[] {
  return [...(seen.now?.values() ?? [])].map((now) => {
    const before = seen.before?.get(now.name);
    const per = (pick: (nic: NicCounters) => number): number | undefined =>
      delta(pick(now), before && pick(before), seen.seconds);
    return {
      name: now.name,
      rxBytesPerSec: per((nic) => nic.rxBytes),
      txBytesPerSec: per((nic) => nic.txBytes),
      rxPacketsPerSec: per((nic) => nic.rxPackets),
      txPacketsPerSec: per((nic) => nic.txPackets),
      rxErrorsPerSec: per((nic) => nic.rxErrors),
      txErrorsPerSec: per((nic) => nic.txErrors),
      rxDroppedPerSec: per((nic) => nic.rxDropped),
      txDroppedPerSec: per((nic) => nic.txDropped),
    };
  });
}
