import { countOf, fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { clusterRead, daemonReads, byDaemon } from './reads.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/** A local monitor, from its mon_status: available without quorum as well. */
export interface LocalMon {
  readonly name: string;
  /** leader, peon, probing, electing, synchronizing. */
  readonly state: string | undefined;
  readonly quorum: readonly string[];
  readonly mons: readonly string[];
  readonly electionEpoch: number | undefined;
  /** Reason for no mon_status. */
  readonly missing: string | undefined;
}

export interface MonsSample {
  readonly local: readonly LocalMon[];
  /** Clock skew to the leader, by monitor. */
  readonly skewMs: ReadonlyMap<string, number>;
  readonly leader: string | undefined;
}

/**
 * `mon_status` of local monitors, `quorum_status` and clock skew.
 * https://docs.ceph.com/en/latest/rados/troubleshooting/troubleshooting-mon/#understanding-mon-status
 */
export const cephMons = defineSource({
  id: 'ceph-mons',
  title: 'Monitors',
  why: 'Shows the quorum, from local monitors even when it is lost, and clock skew.',
  everySeconds: 5,
  reads: {
    ...daemonReads('mon', { prefix: 'mon_status' }),
    clocks: clusterRead('mon', { prefix: 'time-sync-status' }),
    quorum: clusterRead('mon', { prefix: 'quorum_status' }),
  },
  parse: ({ clocks, quorum, ...daemons }): MonsSample | undefined => {
    const local = [...byDaemon(daemons)].map(([name, reply]): LocalMon => {
      const status = fields(reply.ok ? json(reply.text) : undefined);
      const names = monNames(fields(status['monmap'])['mons']);
      return {
        name: name.replace('mon.', ''),
        state: textOf(status['state']),
        quorum: items(status['quorum']).flatMap((rank) => names[countOf(rank) ?? -1] ?? []),
        mons: names,
        electionEpoch: countOf(status['election_epoch']),
        missing: reply.ok ? undefined : reply.detail,
      };
    });
    if (local.length === 0 && clocks === undefined && quorum === undefined) return undefined;
    const skewMs = new Map<string, number>();
    for (const [mon, value] of Object.entries(fields(fields(json(clocks))['time_skew_status']))) {
      const skew = numberOf(fields(value)['skew']);
      if (skew !== undefined) skewMs.set(mon, Math.abs(skew) * 1000);
    }
    return { local, skewMs, leader: textOf(fields(json(quorum))['quorum_leader_name']) };
  },
  identifiers: (sample) =>
    named(
      'host',
      (sample?.local ?? []).flatMap(({ name, mons }) => [name, ...mons]),
    ),
});

/** Monitor names in rank order. */
const monNames = (value: unknown): readonly string[] =>
  items(value)
    .map((mon) => fields(mon))
    .toSorted((a, b) => (countOf(a['rank']) ?? 0) - (countOf(b['rank']) ?? 0))
    .map(({ name }) => textOf(name) ?? '');
