import { describe, expect, test } from 'vitest';
import { monsReply } from '../../../src/entities/ceph/mons-reply.ts';
import { cephMonSlow } from '../../../src/findings/ceph/mon-slow.ts';
import { missing } from '../../../src/host/host.ts';
import type { MonsSample } from '../../../src/sources/ceph/mons.ts';
import type { CephStatus } from '../../../src/sources/ceph/status.ts';
import type { Entry, Seen } from '../../../src/timeline/moment.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { seen } from '../../helpers/seen.ts';
import { monCommits } from './faults.ts';

/** Status that was read every 5 s: `.` a reply, `t` a timeout, `f` another failure. */
function statuses(replies: string): Seen<CephStatus | undefined> {
  const history = replies.split('').map((reply, at): Entry<CephStatus | undefined> => ({
    // Only whether there is one counts.
    sample: reply === '.' ? ({} as CephStatus) : undefined,
    at: at * 5,
    wallMs: at * 5000,
    missing:
      reply === '.' ? {} : { status: missing(reply === 't' ? 'timeout' : 'failed', 'mon: librados timeout after 3 s') },
    tookMs: 1,
  }));
  const last = history.at(-1);
  return { ...seen<CephStatus | undefined>(undefined, last?.sample, 5), missing: last?.missing ?? {}, history };
}

const mons = (state?: string): Seen<MonsSample | undefined> =>
  seen(
    undefined,
    {
      local: [
        {
          name: 'a',
          state,
          quorum: ['a'],
          mons: ['a'],
          electionEpoch: 1,
          missing: state === undefined ? 'no reply' : undefined,
        },
      ],
      skewMs: new Map(),
      leader: undefined,
    },
    5,
  );
/** No local monitor, once that was looked at. */
const remote: Seen<MonsSample | undefined> = {
  ...seen<MonsSample | undefined>(undefined, undefined, 5),
  history: [{ sample: undefined, at: 0, wallMs: 0, missing: {}, tookMs: 1 }],
};

describe('monitors', () => {
  test.each([
    ['t', 'unresponsive'],
    ['tt', 'unresponsive'],
    ['....tt', 'unresponsive'],
    ['....tttttttttttt', 'unresponsive'],
    ['....t', 'ok'],
    ['f', 'ok'],
    ['.t.t', 'slow'],
    ['.t.t.', 'slow'],
    ['.tt.tt', 'slow'],
    ['.tt..', 'slow'],
    ['.tt...', 'ok'],
    ['......', 'ok'],
  ])('that replied %s are %s', (replies, kind) => {
    expect(monsReply(statuses(replies), remote).kind).toBe(kind);
  });

  test('are not judged by one timeout when local monitors were not read yet', () => {
    const unread = seen<MonsSample | undefined>(undefined, undefined, 5);
    expect(monsReply(statuses('t'), unread).kind).toBe('ok');
    expect(monsReply(statuses('tt'), unread).kind).toBe('unresponsive');
  });

  test('are slow and not unresponsive when a local one is in quorum', () => {
    expect(monsReply(statuses('...ttt'), mons('leader'))).toMatchObject({ kind: 'slow', mon: 'a', timeouts: 3 });
    expect(monsReply(statuses('...ttt'), mons('probing')).kind).toBe('unresponsive');
    expect(monsReply(statuses('...ttt'), mons()).kind).toBe('unresponsive');
  });
});

describe('ceph-mon-slow', () => {
  test('is silent when commits take milliseconds, when none ended, and after a restart', async () => {
    for (const [before, now] of [
      [monCommits(1000, 1.9), monCommits(1100, 2.9)],
      [monCommits(1000, 500), monCommits(1000, 500)],
      [monCommits(1000, 500), monCommits(3, 0.1)],
    ] as const)
      expect(await foundOn(cephMonSlow, 'ceph-calm', [before, now], 5)).toEqual([]);
  });

  test('warns from 200 ms and ends with the first reading whose commits are fast', async () => {
    const slow = [monCommits(1000, 10), monCommits(1010, 14), monCommits(1020, 18)];
    expect(
      (await foundOn(cephMonSlow, 'ceph-calm', slow, 5)).map(({ severity, sentence }) => [severity, sentence]),
    ).toEqual([['warn', 'slow store, commit latency 400ms: replies are late, elections from 5 s']]);
    expect(await foundOn(cephMonSlow, 'ceph-calm', [...slow, monCommits(1060, 18.1)], 5)).toEqual([]);
  });
});
