import { shareOf } from '../../entities/databases/connections.ts';
import {
  commitSeverity,
  diskOf,
  fsyncSeverity,
  quotaSeverity,
  unreachablePeers,
} from '../../entities/databases/etcd.ts';
import { FAILED_PROPOSALS, LEADER_CHANGES } from '../../entities/databases/limits.ts';
import { serversRead } from '../../entities/databases/seen-servers.ts';
import { plain } from '../../lib/plain.ts';
import { binaryBytes, count, ms, percent, plural, span } from '../../lib/units.ts';
import { etcdMembers, type EtcdMember, type EtcdSample } from '../../sources/databases/etcd.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import { defineFinding, type Found } from '../finding.ts';
import { aboutServer, unresponsiveFound } from './listener-rules.ts';

const needs = { etcdMembers };
const METRICS = 'GET /metrics';
const STATUS = 'maintenance/status';

/** A member that does not reply. */
export const etcdUnresponsive = defineFinding({
  id: 'etcd-unresponsive',
  title: 'etcd that does not respond',
  needs,
  authority: '[own]: no reply of its metrics within 4 s',
  judge: ({ etcdMembers: seen }): readonly Found[] => unresponsiveFound(seen, 'etcd'),
});

/** Growth of a counter over the readings of 15 minutes, and the time between the first of them and now. */
function growth(seen: Seen<EtcdSample | undefined>, server: string, pick: (member: EtcdMember) => number | undefined) {
  const own = seen.now?.servers.get(server);
  const first = seen.history.find(({ sample }) => {
    const one = sample?.servers.get(server);
    return one !== undefined && 'state' in one && one.pid === own?.pid;
  });
  const then = first?.sample?.servers.get(server);
  if (!own || !('state' in own) || !then || !('state' in then)) return { by: 0, seconds: undefined };
  return { by: delta(pick(own.state), pick(then.state), 1) ?? 0, seconds: ((seen.history.at(-1)?.wallMs ?? 0) - (first?.wallMs ?? 0)) / 1000 }; // prettier-ignore
}

/** A member without a leader, or one that changes often, and proposals that fail. */
export const etcdLeader = defineFinding({
  id: 'etcd-leader',
  title: 'etcd without a leader, or with many elections',
  needs,
  authority: 'etcd-mixin: no leader; 4 changes in 15 min; awesome-prometheus-alerts: 5 failed proposals in an hour',
  judge: ({ etcdMembers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state }): Found[] => {
      const evidence = [
        { what: 'raft term', value: state.raftTerm === undefined ? '—' : String(state.raftTerm), source: STATUS },
        { what: 'changes of the leader since its start', value: count(state.leaderChanges), source: METRICS },
        { what: 'pending, failed proposals', value: `${count(state.proposalsPending)}, ${count(state.proposalsFailed)}`, source: METRICS },
      ];
      const away = unreachablePeers(state);
      if (state.hasLeader === false)
        return [
          {
            ...aboutServer(server, 'none'),
            severity: 'crit',
            sentence: `no leader, writes refused${away.length > 0 ? `, ${count(away.length)} of ${plural(state.peers.length, 'peer')} unreachable` : ''}`,
            evidence,
            next: 'check the other members: process, 2380/tcp between them, clocks',
          },
        ];
      const [changes, failed] = [growth(seen, server, (one) => one.leaderChanges), growth(seen, server, (one) => one.proposalsFailed)];
      return [
        ...(changes.by < LEADER_CHANGES
          ? []
          : [
              {
                ...aboutServer(server, 'changes'),
                severity: 'warn' as const,
                sentence: `leader changed ${count(changes.by)} times in ${span(changes.seconds)}`,
                evidence,
                next: 'compare fsync of the WAL in Databases; then CPU of its members and the network between them',
              },
            ]),
        ...(failed.by < FAILED_PROPOSALS
          ? []
          : [
              {
                ...aboutServer(server, 'proposals'),
                severity: 'warn' as const,
                sentence: `${plural(failed.by, 'proposal')} failed in ${span(failed.seconds)}`,
                evidence,
                next: 'open Databases: elections and unreachable peers; then the end of its log',
              },
            ]),
      ];
    }),
}); // prettier-ignore

/** A slow disk: each write of the cluster waits for the fsync of the WAL. */
export const etcdDisk = defineFinding({
  id: 'etcd-disk',
  title: 'Slow disk of etcd',
  needs,
  authority: 'etcd-mixin: p99 of fsync 0.5 s, critical 1 s; of commits 0.25 s',
  judge: ({ etcdMembers: seen }): readonly Found[] =>
    serversRead(seen).flatMap((one): Found[] => {
      const { fsync, commit } = diskOf(one);
      const severities = [fsyncSeverity(fsync), commitSeverity(commit)];
      if (severities.every((severity) => severity === undefined)) return [];
      const slow = delta(one.state.slowApplies, one.before?.slowApplies, one.seconds);
      return [
        {
          ...aboutServer(one.server, 'disk'),
          severity: severities.includes('crit') ? 'crit' : 'warn',
          sentence: severities[0] === undefined ? `slow disk: backend commit p99 ≤ ${ms((commit ?? 0) * 1000)}` : `slow disk: WAL fsync p99 ≤ ${ms((fsync ?? 0) * 1000)}`,
          evidence: [
            { what: 'backend commit p99, upper bound', value: commit === undefined ? '—' : ms(commit * 1000), source: METRICS },
            { what: 'slow applies/s', value: count(slow), source: METRICS },
            { what: 'pending proposals', value: count(one.state.proposalsPending), source: METRICS },
          ],
          next: 'open Hardware: latency and load of its disk; who writes to it beside etcd',
        },
      ];
    }),
}); // prettier-ignore

/** An alarm in force, or a database near the quota. */
export const etcdSpace = defineFinding({
  id: 'etcd-space',
  title: 'Alarm of etcd, or a database near its quota',
  needs,
  authority: 'etcd.io, maintenance: NOSPACE refuses writes, CORRUPT all; etcd-mixin: 95 % of the quota; 80 % is [own]',
  judge: ({ etcdMembers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state }): Found[] => {
      const evidence = [{ what: 'in use', value: binaryBytes(state.usedBytes), source: METRICS }];
      const ofQuota = `database ${binaryBytes(state.databaseBytes)} of ${binaryBytes(state.quotaBytes)} quota`;
      const severity = state.alarms?.includes('NOSPACE') === true ? undefined : quotaSeverity(state);
      return [
        ...(state.alarms ?? []).map((alarm): Found => ({
          ...aboutServer(server, `alarm-${alarm}`),
          severity: 'crit',
          sentence: alarm === 'NOSPACE' ? `NOSPACE alarm, writes refused, ${ofQuota}` : `${plain(alarm)} alarm${alarm === 'CORRUPT' ? ', members have different data' : ''}`,
          evidence,
          next: alarm === 'NOSPACE' ? '`etcdctl compact`, `etcdctl defrag` of one member after the other, `etcdctl alarm disarm`' : '`etcdctl endpoint hashkv --cluster`; replace the member that differs',
        })),
        ...(severity === undefined
          ? []
          : [
              {
                ...aboutServer(server, 'quota'),
                severity,
                sentence: `${ofQuota}, ${percent(shareOf(state.databaseBytes, state.quotaBytes))}`,
                evidence,
                next: 'compare what is in use: `etcdctl defrag` gives the rest back; writes are refused at the quota',
              },
            ]),
      ];
    }),
}); // prettier-ignore

/** Members out of reach of a member that has a leader. */
export const etcdPeer = defineFinding({
  id: 'etcd-peer',
  title: 'Member of etcd out of reach',
  needs,
  authority: 'etcd-mixin etcdMembersDown; a member that lost its leader is named by etcd-leader',
  judge: ({ etcdMembers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state }): Found[] => {
      const away = unreachablePeers(state);
      if (away.length === 0 || state.hasLeader === false) return [];
      return [
        {
          ...aboutServer(server, 'peers'),
          severity: 'warn',
          sentence: `${count(away.length)} of ${plural(state.peers.length, 'peer')} unreachable: ${away.slice(0, 2).map((name) => plain(name).slice(0, 30)).join(', ')}`,
          evidence: [{ what: 'members', value: count(state.members), source: 'member/list' }],
          next: 'check that member: process, 2380/tcp; `etcdctl member list -w table`',
        },
      ];
    }),
}); // prettier-ignore
