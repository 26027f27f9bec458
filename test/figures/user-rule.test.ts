import { describe, expect, test } from 'vitest';
import { parseCondition } from '../../src/figures/condition.ts';
import { findingOf, type UserRule } from '../../src/figures/user-rule.ts';
import { judge } from '../../src/findings/judge.ts';
import { findingKey } from '../../src/findings/finding-key.ts';
import { Explainer } from '../../src/incidents/explainer.ts';
import { explainerOptions, panes } from '../../src/subsystems/index.ts';
import type { Timeline } from '../../src/timeline/timeline.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';
import { commitPane } from '../helpers/commit-pane.ts';
import { START_MS, timelineOf } from './osd-timeline.ts';

function ruleOf(when: string, more: Partial<UserRule> = {}): UserRule {
  const condition = parseCondition(when);
  if ('problem' in condition) throw new Error(condition.problem);
  return {
    id: 'commit-slow',
    title: 'Slow commits',
    condition,
    severity: 'crit',
    role: 'pressure',
    sentence: '{figure} {value}, limit {limit} for {for} on {object}',
    next: 'open Ceph (6)',
    place: 'config.toml:3',
    ...more,
  };
}

const judged = (rule: UserRule, timeline: Timeline, second: number) =>
  judge([findingOf(rule, [commitPane])], (needs) => timeline.latestMoment(needs, START_MS + second * 1000));

describe('findingOf', () => {
  test('finds the object of the row with its figure and onset', () => {
    const timeline = timelineOf([10, 300, 310, 320, 330]);
    expect(judged(ruleOf('osd commit > 200 ms for 3 s'), timeline, 4)).toEqual([
      {
        rule: 'commit-slow',
        severity: 'crit',
        entity: { kind: 'osd', id: 'osd.1' },
        condition: 'commit',
        subject: 'osd.1',
        sentence: 'commit 330ms, limit 200 ms for 3 s on osd.1',
        evidence: [
          { what: 'osd.1 commit', value: '330ms', source: 'Ceph: OSDs' },
          { what: 'limit', value: '> 200 ms', source: 'config.toml:3' },
        ],
        next: 'open Ceph (6)',
        pane: 'ceph',
        role: 'pressure',
        onset: { secondsAgo: 3, source: 'Ceph: OSDs' },
      },
    ]);
  });

  test('finds one of two panes when both show the figure of an object', async () => {
    const finding = findingOf(ruleOf('eth0 drops >= 0'), panes);
    const { timeline, nowMs } = await watched(Object.values(finding.needs), hostMoments('cloud-vm'));
    const found = judge([finding], (needs) => timeline.moment(needs, nowMs));
    expect(found.map(({ pane, entity }) => [pane, entity.id])).toEqual([['hardware', 'eth0']]);
  });

  test('finds twenty objects by name and counts the others, whichever begins later', () => {
    const names = Array.from({ length: 500 }, (_, i) => `osd.${i}`);
    const found = judged(ruleOf('osd commit > 200 ms', { severity: 'warn' }), timelineOf([10, 300, 300], names), 2);
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toMatchObject({
      severity: 'warn',
      entity: { kind: 'host' },
      subject: 'more objects',
      sentence: '480 more: commit > 200 ms',
      evidence: [{ what: 'objects', value: '500', source: 'config.toml:3' }],
    });
    expect(found.at(-1)?.members).toHaveLength(480);
    expect(judged(ruleOf('osd commit > 200 ms'), timelineOf([300], names.slice(0, 21)), 0)).toHaveLength(21);
  });

  test('leads to the column when the rule has no next step', () => {
    const [found] = judged(ruleOf('osd commit > 200 ms', { next: undefined }), timelineOf([10, 300]), 1);
    expect(found?.next).toBe('open the pane Ceph, see commit');
  });

  test('is silent when the condition does not hold for its time', () => {
    expect(judged(ruleOf('osd commit > 200 ms for 3 s'), timelineOf([10, 10, 310, 320, 330]), 4)).toEqual([]);
  });

  test('states the nearest name when no figure has the one of the rule', () => {
    expect(judged(ruleOf('osd comit > 200 ms'), timelineOf([10]), 0)).toMatchObject([
      {
        severity: 'info',
        subject: 'crashcart',
        sentence: 'rule commit-slow not judged: no figure "comit" in any pane; did you mean "commit"?',
        evidence: [{ what: 'rule', value: 'osd comit > 200 ms', source: 'config.toml:3' }],
      },
    ]);
  });

  test('is silent when the host does not have the object', () => {
    expect(judged(ruleOf('qemu commit > 200 ms'), timelineOf([10]), 0)).toEqual([]);
  });

  test('states that a unit does not fit', () => {
    const [found] = judged(ruleOf('osd commit > 200 MiB'), timelineOf([10]), 0);
    expect(found?.sentence).toContain('"MiB" does not fit');
  });

  test('is an incident with the role of the rule beside those of crashcart', async () => {
    const finding = findingOf(ruleOf('osd commit >= 0 ms', { severity: 'warn' }), panes);
    const { timeline, nowMs } = await watched(Object.values(finding.needs), hostMoments('ceph-calm'));
    const found = judge([finding], (needs) => timeline.moment(needs, nowMs));
    expect(found.map(({ entity }) => entity.id)).toEqual(['osd.0', 'osd.1', 'osd.2']);
    const standing = found.map((one) => ({ ...one, key: findingKey(one), sinceMs: nowMs, seenMs: nowMs }));
    const rows = new Explainer(explainerOptions).rows(standing, (needs) => timeline.moment(needs, nowMs), nowMs);
    expect(rows.map(({ root }) => root.subject).toSorted()).toEqual(['osd.0', 'osd.1', 'osd.2']);
  });
});
