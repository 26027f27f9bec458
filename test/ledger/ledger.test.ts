import { expect, test } from 'vitest';
import { entityRef, thisHost } from '../../src/findings/entity-ref.ts';
import { findingKey } from '../../src/findings/finding-key.ts';
import type { Judged } from '../../src/findings/judge.ts';
import { missing } from '../../src/host/host.ts';
import { check, defineChecks, type Check } from '../../src/ledger/check.ts';
import { countsText, Ledger, ledgerCounts } from '../../src/ledger/ledger.ts';
import type { MomentOf } from '../../src/timeline/provider.ts';
import { meminfo } from '../../src/sources/machine/meminfo.ts';
import type { Moment, Needs, Seen } from '../../src/timeline/moment.ts';

const seenAt = (ageMs: number | undefined, gaps: Seen<unknown>['missing'] = {}): Seen<unknown> => ({
  now: ageMs === undefined ? undefined : {},
  before: undefined,
  seconds: undefined,
  ageMs,
  tookMs: 0,
  missing: gaps,
  history: [],
  older: () => [],
});

/** Moment in which every source was read `ageMs` ago. */
const momentAt =
  (ageMs: number | undefined): MomentOf =>
  <N extends Needs>(needs: N) =>
    // Checks of these tests do not read the samples.
    Object.fromEntries(Object.keys(needs).map((name) => [name, seenAt(ageMs)])) as unknown as Moment<N>;

const disk = (name: string, load: number, over: Partial<Check> = {}): Check => ({
  entity: entityRef('disk', name),
  aspect: 'saturation',
  rules: ['disk-slow'],
  name,
  family: 'disks',
  what: 'await',
  value: `${load} ms`,
  limit: '10 ms',
  load,
  sources: ['meminfo'],
  pane: 'hardware',
  ...over,
});

const ledgerOf = (...checks: readonly Check[]): Ledger =>
  new Ledger([defineChecks({ id: 'disks', needs: { meminfo }, rules: ['disk-slow'], of: () => checks })]);

const found = (over: Partial<Judged>): Judged & { readonly key: string } => {
  const finding: Judged = {
    rule: 'disk-slow',
    severity: 'warn',
    entity: thisHost,
    subject: 'host',
    sentence: 'slow',
    evidence: [],
    next: 'look',
    ...over,
  };
  return { ...finding, key: findingKey(finding) };
};

test('ledger names the worst of a family, and only where the values differ', () => {
  const [line, ...rest] = ledgerOf(disk('sda', 1), disk('sdb', 7), disk('sdc', 2)).lines([], momentAt(0));
  expect(rest).toEqual([]);
  expect([line?.verdict, line?.count, line?.check.name, line?.differ]).toEqual(['cleared', 3, 'sdb', true]);
  const [same] = ledgerOf(disk('sda', 1), disk('sdb', 1)).lines([], momentAt(0));
  expect(same?.differ).toBe(false);
});

test('ledger accuses the object of a finding, its members, and nothing else', () => {
  const finding = found({ members: [entityRef('disk', 'sda'), entityRef('disk', 'sdc')] });
  const lines = ledgerOf(disk('sda', 9), disk('sdb', 1), disk('sdc', 8)).lines([finding], momentAt(0));
  expect(lines.map(({ verdict, count, check: { name } }) => [verdict, count, name])).toEqual([
    ['accused', 2, 'sda'],
    ['cleared', 1, 'sdb'],
  ]);
});

test('ledger gives a condition to the check that names it, and the rest to the check of the rule', () => {
  const general = disk('sda', 1, { what: 'all' });
  const special = disk('sda', 1, { what: 'full', rules: ['disk-slow/FULL'] });
  const of = (condition: string) => found({ entity: entityRef('disk', 'sda'), condition });
  const lines = ledgerOf(general, special).lines([of('FULL'), of('OTHER')], momentAt(0));
  expect(lines.map(({ check: { what }, finding }) => [what, finding?.condition])).toEqual([
    ['full', 'FULL'],
    ['all', 'OTHER'],
  ]);
});

test('ledger keeps a finding that no check covers', () => {
  const finding = found({ rule: 'unknown', subject: 'x', evidence: [{ what: 'n', value: '7', source: 'y' }] });
  const [line] = ledgerOf(disk('sda', 1)).lines([finding], momentAt(0));
  expect([line?.verdict, line?.check.name, line?.check.value]).toEqual(['accused', 'x', '7']);
});

test('ledger clears nothing by a stale reading, by the stretched period where it is longer', () => {
  const ledger = ledgerOf(disk('sda', 1));
  expect(ledger.lines([], momentAt(9000))[0]?.verdict).toBe('cleared');
  const [line] = ledger.lines([], momentAt(12_000));
  expect([line?.verdict, line?.why]).toEqual(['unread', 'stale 12 s']);
  expect(ledger.lines([], momentAt(12_000), { periodSeconds: () => 10 })[0]?.verdict).toBe('cleared');
  expect(ledger.looked([], momentAt(12_000))('disk-slow', 'disk:sda').state).toBe('unreadable');
  expect(ledger.looked([], momentAt(0))('disk-slow', 'disk:sda').state).toBe('clear');
});

test('ledger sums objects that are unread for one reason, with their figures', () => {
  const unread = (name: string, what: string, why: string) => {
    const { value: _, ...rest } = disk(name, 0, { what, missing: why });
    return rest;
  };
  const lines = ledgerOf(
    unread('sda', 'await', 'not readable: denied (/a)'),
    unread('sdb', 'queue', 'not readable: denied (/b)'),
    unread('sdc', 'await', 'timeout'),
  ).lines([], momentAt(0));
  expect(lines.map(({ count, whats, why }) => [count, whats, why])).toEqual([
    [2, ['await', 'queue'], 'not readable: denied (/a)'],
    [1, ['await'], 'timeout'],
  ]);
  expect(countsText(ledgerCounts(lines))).toBe('accused 0 · cleared 0 · not read 2');
});

test('ledger has an unread line where a provider throws', () => {
  const broken = defineChecks({
    id: 'broken',
    needs: { meminfo },
    rules: ['memory-short'],
    of: () => {
      throw new Error('no\u001B[31m');
    },
  });
  const [line] = new Ledger([broken]).lines([], momentAt(0));
  expect(line?.verdict).toBe('unread');
  expect(line?.why).toMatch(/^check failed: no[^\u001B]*$/);
  expect(new Ledger([broken]).looked([], momentAt(0))('memory-short', 'resource:memory').state).toBe('unknown');
});

test('check gives the reason of its sources, and nothing where these are not present', () => {
  const line = disk('sda', 1);
  const absent = { a: seenAt(0, { a: missing('absent', 'x') }) };
  const denied = { a: seenAt(0, { a: missing('denied', '/a: permission denied') }) };
  expect(check(line, undefined, absent)).toEqual([]);
  expect(check({ ...line, essential: true }, undefined, absent)[0]?.missing).toBe('not present');
  expect(check(line, undefined, denied)[0]?.missing).toBe('not readable: permission denied (/a)');
  expect(check(line, undefined, { a: seenAt(0) })[0]?.missing).toBe('one reading, no rate');
  expect(check(line, undefined, { a: seenAt(undefined) })[0]?.missing).toBe('not read yet');
  expect(check(line, '1', denied)[0]).toMatchObject({ value: '1', sources: ['a'] });
});
