import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entriesBehind, isLeader, isLeaderless, isUnreachable, spareMembers } from '../../../src/entities/ovn/raft.ts';
import { ovnRaft } from '../../../src/findings/ovn/raft.ts';
import type { OvnDaemonsSample } from '../../../src/sources/ovn/daemons.ts';
import { raftOf, type RaftView } from '../../../src/sources/ovn/raft.ts';
import { raftLine, raftRows } from '../../../src/panes/ovn/raft.ts';
import { anyText, badNumber } from '../../helpers/arbitrary.ts';
import { seen } from '../../helpers/seen.ts';

/** Replies of three servers of ovsdb-server 3.1.0 on loopback. */
const status = (parts: Readonly<Record<string, string>>, servers: string) =>
  `656a\nName: OVN_Northbound\nCluster ID: fa44 (fa445996-6c08-4dc2-a5c0-db714b99375a)\nServer ID: 656a (656ad83e-170e-4c8f-9b4c-e1c071db81fb)\nAddress: tcp:127.0.0.1:16641\n${Object.entries(
    { Status: 'cluster member', ...parts },
  )
    .map(([name, value]) => `${name}: ${value}\n`)
    .join(
      '',
    )}\nLast Election started 8307 ms ago, reason: timeout\nElection timer: 1000\nLog: [2, 5]\nEntries not yet committed: 0\nEntries not yet applied: 0\nConnections: (->622f) <-20eb ->20eb\nDisconnections: 1\nServers:\n${servers}`;
const whole = status(
  { Role: 'leader', Term: '1', Leader: 'self', Vote: 'self' },
  '    20eb (20eb at tcp:127.0.0.1:16642) next_index=5 match_index=4 last msg 185 ms ago\n    656a (656a at tcp:127.0.0.1:16641) (self) next_index=2 match_index=4\n    622f (622f at tcp:127.0.0.1:16643) next_index=5 match_index=4 last msg 186 ms ago\n',
);
const lessOne = status(
  { Role: 'leader', Term: '1', Leader: 'self', Vote: 'self' },
  '    20eb (20eb at tcp:127.0.0.1:16642) next_index=5 match_index=4 last msg 215 ms ago\n    656a (656a at tcp:127.0.0.1:16641) (self) next_index=2 match_index=4\n    622f (622f at tcp:127.0.0.1:16643) next_index=5 match_index=2 last msg 8241 ms ago\n',
);
const follower = status(
  { Role: 'follower', Term: '1', Leader: '20eb', Vote: 'unknown' },
  '    20eb (20eb at tcp:127.0.0.1:16642) last msg 210 ms ago\n    656a (656a at tcp:127.0.0.1:16641) (self)\n    622f (622f at tcp:127.0.0.1:16643) last msg 29620 ms ago\n',
);
const alone = status(
  {
    Status: 'disconnected from the cluster (election timeout)',
    Role: 'candidate',
    Term: '4',
    Leader: 'unknown',
    Vote: 'self',
  },
  '    20eb (20eb at tcp:127.0.0.1:16642) last msg 6313 ms ago\n    656a (656a at tcp:127.0.0.1:16641) (self) (voted for 656a)\n    622f (622f at tcp:127.0.0.1:16643) last msg 10339 ms ago\n',
);
const view = (text: string): RaftView => raftOf('northbound', text)[0]!;
const unreachableOf = (one: RaftView) => one.members.filter((member) => isUnreachable(member, one)).map(({ id }) => id);
const partsOf = (text: string) => raftLine(view(text)).parts.map(({ text: words }) => words);

describe('RaftView of a recorded cluster/status', () => {
  test('isUnreachable is false when the leader has messages from all', () => {
    expect(view(whole)).toMatchObject({ role: 'leader', term: 1, electionTimerMs: 1000, lastElectionMs: 8307 });
    expect(unreachableOf(view(whole))).toEqual([]);
    expect(spareMembers(view(whole))).toBe(1);
    expect(partsOf(whole).slice(0, 3)).toEqual(['leader self', 'leader of 3', 'term 1']);
  });

  test('raftLine names the unreachable member when one more loses quorum', () => {
    const one = view(lessOne);
    expect(unreachableOf(one)).toEqual(['622f']);
    expect(one.members.map((member) => entriesBehind(member, one))).toEqual([0, 0, 2]);
    expect(partsOf(lessOne)).toContain('622f unreachable, one more loses quorum');
    expect(raftRows([one])[0]?.member.id).toBe('656a');
  });

  test('isUnreachable is false for other followers when this server is a follower', () => {
    const one = view(follower);
    expect(one.members.filter((member) => isLeader(member, one)).map(({ id }) => id)).toEqual(['20eb']);
    expect(unreachableOf(one)).toEqual([]);
    expect(partsOf(follower).slice(0, 2)).toEqual(['leader 20eb', 'follower of 3']);
  });

  test('raftLine shows NO LEADER when quorum is lost', () => {
    expect(isLeaderless(view(alone))).toBe(true);
    expect(unreachableOf(view(alone))).toEqual(['20eb', '622f']);
    expect(partsOf(alone)).toEqual(
      expect.arrayContaining([
        'NO LEADER',
        'candidate of 3',
        '20eb 622f unreachable, quorum lost',
        'disconnected from the cluster (election timeout)',
      ]),
    );
  });

  test('isUnreachable counts from the last election when a member sent no message', () => {
    expect(unreachableOf(view(whole.replace(' last msg 186 ms ago', '')))).toEqual(['622f']);
    expect(unreachableOf(view(whole.replace(' last msg 186 ms ago', '').replace('8307', '900')))).toEqual([]);
  });

  test('raftOf gives nothing when the database is not clustered', () => {
    expect(raftOf('northbound', undefined)).toEqual([]);
    expect(raftOf('northbound', 'OVN_Northbound: not a clustered database\n')).toEqual([]);
  });

  test('raftOf gives no bad number when the text is arbitrary', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const one of [...raftOf('southbound', text), ...raftOf('southbound', `Role: leader\nServers:\n${text}`)]) {
          expect(badNumber(one)).toBeUndefined();
          expect(raftLine(one).parts.length).toBeGreaterThan(2);
        }
      }),
    );
  });
});

describe('ovn-raft', () => {
  const sample = (text: string) => ({ clusters: [view(text)] }) as unknown as OvnDaemonsSample;
  const judge = (text: string) => ovnRaft.judge({ ovnDaemons: seen(undefined, sample(text), 5) });

  test('ovn-raft grades the loss of a member by what quorum tolerates', () => {
    expect(judge(lessOne)).toMatchObject([
      {
        severity: 'crit',
        sentence: 'tcp:127.0.0.1:16643 unreachable, 2 of 3 left: one more loses quorum',
      },
    ]);
    const five =
      lessOne + ['aaaa', 'bbbb'].map((id) => `    ${id} (${id} at tcp:10.0.0.9:1) last msg 10 ms ago\n`).join('');
    expect(judge(five)).toMatchObject([
      { severity: 'warn', sentence: expect.stringContaining('tolerates 1 more') as string },
    ]);
  });

  test('ovn-raft finds nothing when all is well or without a leader', () => {
    for (const text of [whole, follower, alone]) expect(judge(text)).toEqual([]);
  });

  test('ovn-raft counts elections when the term rises', () => {
    const entry = (at: number, term: number) => ({
      sample: sample(whole.replace('Term: 1', `Term: ${term}`)),
      at,
      wallMs: at * 1000,
      missing: {},
      tookMs: 1,
    });
    const judged = (later: number) =>
      ovnRaft.judge({
        ovnDaemons: {
          ...seen(undefined, sample(whole.replace('Term: 1', `Term: ${later}`)), 5),
          history: [entry(100, 7), entry(220, later)],
        },
      });
    expect(judged(9)).toEqual([]);
    expect(judged(12)).toMatchObject([
      {
        severity: 'warn',
        sentence: expect.stringMatching(/^5 RAFT elections in 2m/) as string,
      },
    ]);
  });
});
