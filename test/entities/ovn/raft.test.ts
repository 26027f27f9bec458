import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entriesBehind, isLeader, isLeaderless, isSilent, spareMembers } from '../../../src/entities/ovn/raft.ts';
import { ovnRaft } from '../../../src/findings/ovn/raft.ts';
import type { OvnDaemonsSample } from '../../../src/sources/ovn/daemons.ts';
import { raftOf, type RaftView } from '../../../src/sources/ovn/raft.ts';
import { raftLine, raftRows } from '../../../src/panes/ovn/raft.ts';
import { anyText, badNumber } from '../../helpers/arbitrary.ts';
import { seen } from '../../helpers/seen.ts';

/** Real answers of ovsdb-server 3.1.0: three servers on loopback. */
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
const silentOf = (one: RaftView) => one.members.filter((member) => isSilent(member, one)).map(({ id }) => id);
const said = (text: string) => raftLine(view(text)).parts.map(({ text: words }) => words);

describe('a clustered database', () => {
  test('whole: the leader hears from all', () => {
    expect(view(whole)).toMatchObject({ role: 'leader', term: 1, electionTimerMs: 1000, lastElectionMs: 8307 });
    expect(silentOf(view(whole))).toEqual([]);
    expect(spareMembers(view(whole))).toBe(1);
    expect(said(whole).slice(0, 3)).toEqual(['leads', 'leader of 3', 'term 1']);
  });

  test('one less: who it is, how far it is behind, and that no other may be lost', () => {
    const one = view(lessOne);
    expect(silentOf(one)).toEqual(['622f']);
    expect(one.members.map((member) => entriesBehind(member, one))).toEqual([0, 0, 2]);
    expect(said(lessOne)).toContain('622f silent, no other may be lost');
    expect(raftRows([one])[0]?.member.id).toBe('656a');
  });

  test('a follower hears from its leader alone: the silence of others says nothing', () => {
    const one = view(follower);
    expect(one.members.filter((member) => isLeader(member, one)).map(({ id }) => id)).toEqual(['20eb']);
    expect(silentOf(one)).toEqual([]);
    expect(said(follower).slice(0, 2)).toEqual(['led by 20eb', 'follower of 3']);
  });

  test('without a majority: nobody leads', () => {
    expect(isLeaderless(view(alone))).toBe(true);
    expect(silentOf(view(alone))).toEqual(['20eb', '622f']);
    expect(said(alone)).toEqual(
      expect.arrayContaining([
        'NO LEADER',
        'candidate of 3',
        '20eb 622f silent, NO MAJORITY',
        'disconnected from the cluster (election timeout)',
      ]),
    );
  });

  test('a member that was never heard is silent once there was time for it', () => {
    expect(silentOf(view(whole.replace(' last msg 186 ms ago', '')))).toEqual(['622f']);
    expect(silentOf(view(whole.replace(' last msg 186 ms ago', '').replace('8307', '900')))).toEqual([]);
  });

  test('what is not clustered has nothing to say', () => {
    expect(raftOf('northbound', undefined)).toEqual([]);
    expect(raftOf('northbound', 'OVN_Northbound: not a clustered database\n')).toEqual([]);
  });

  test('any text', () => {
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

describe('the rule', () => {
  const sample = (text: string) => ({ clusters: [view(text)] }) as unknown as OvnDaemonsSample;
  const judge = (text: string) => ovnRaft.judge({ ovnDaemons: seen(undefined, sample(text), 5) });

  test('a member less, and none to spare', () => {
    expect(judge(lessOne)).toMatchObject([
      {
        severity: 'crit',
        sentence:
          'tcp:127.0.0.1:16643 of the northbound database is silent, 2 of 3 are left: with one more lost it takes no changes',
      },
    ]);
    const five =
      lessOne + ['aaaa', 'bbbb'].map((id) => `    ${id} (${id} at tcp:10.0.0.9:1) last msg 10 ms ago\n`).join('');
    expect(judge(five)).toMatchObject([
      { severity: 'warn', sentence: expect.stringContaining('1 more may be lost') as string },
    ]);
  });

  test('silent where all is well, and where no leader is: that is told elsewhere', () => {
    for (const text of [whole, follower, alone]) expect(judge(text)).toEqual([]);
  });

  test('leaders that come and go', () => {
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
        sentence: expect.stringMatching(/^the northbound database called 5 elections in 2m/) as string,
      },
    ]);
  });
});
