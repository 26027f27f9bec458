import { countOf, fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { askCluster, askDaemons, byDaemon } from './reads.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/** A monitor of this host, by its own words: it also speaks when there is no quorum. */
export interface LocalMon {
  readonly name: string;
  /** leader, peon, probing, electing, synchronizing. */
  readonly state: string | undefined;
  readonly quorum: readonly string[];
  readonly mons: readonly string[];
  readonly electionEpoch: number | undefined;
  /** Why it said nothing. */
  readonly silent: string | undefined;
}

export interface MonsSample {
  readonly local: readonly LocalMon[];
  /** Monitor → how far its clock is off the leader's. */
  readonly skewMs: ReadonlyMap<string, number>;
  readonly leader: string | undefined;
}

/** https://docs.ceph.com/en/latest/rados/troubleshooting/troubleshooting-mon/#understanding-mon-status */
export const cephMons = defineSource({
  id: 'ceph-mons',
  title: 'Monitors',
  why: 'Who is in the quorum, as the monitors of this host say even when there is none, and how far their clocks are off.',
  everySeconds: 5,
  reads: {
    ...askDaemons('mon', { prefix: 'mon_status' }),
    clocks: askCluster('mon', { prefix: 'time-sync-status' }),
    quorum: askCluster('mon', { prefix: 'quorum_status' }),
  },
  parse: ({ clocks, quorum, ...daemons }): MonsSample | undefined => {
    const local = [...byDaemon(daemons)].map(([name, told]): LocalMon => {
      const said = fields(told.ok ? json(told.text) : undefined);
      const names = monNames(fields(said['monmap'])['mons']);
      return {
        name: name.replace('mon.', ''),
        state: textOf(said['state']),
        quorum: items(said['quorum']).flatMap((rank) => names[countOf(rank) ?? -1] ?? []),
        mons: names,
        electionEpoch: countOf(said['election_epoch']),
        silent: told.ok ? undefined : told.detail,
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

/** Names in the order of their ranks. */
const monNames = (value: unknown): readonly string[] =>
  items(value)
    .map((mon) => fields(mon))
    .toSorted((a, b) => (countOf(a['rank']) ?? 0) - (countOf(b['rank']) ?? 0))
    .map(({ name }) => textOf(name) ?? '');
