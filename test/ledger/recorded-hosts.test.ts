import { describe, expect, test } from 'vitest';
import { findingKey } from '../../src/findings/finding-key.ts';
import { judge } from '../../src/findings/judge.ts';
import { influenceTable } from '../../src/incidents/influence-table.ts';
import { countsText, ledgerCounts } from '../../src/ledger/ledger.ts';
import { findings, ledger, sources, subsystems } from '../../src/subsystems/index.ts';
import { faults } from '../findings/faults.ts';
import { timelineOf } from '../helpers/found-on.ts';
import { hostMoments, hostNames } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';

/** Rules without a check, with the reason. */
const NOT_CHECKED: Readonly<Record<string, string>> = {};

const providers = subsystems.flatMap(({ checks }) => checks ?? []);
const ruleOf = (pattern: string): string => pattern.split('/')[0] ?? '';

async function seen(host: string) {
  const { timeline, nowMs } = await watched(sources, hostMoments(host));
  const momentOf: Parameters<typeof judge>[1] = (needs) => timeline.latestMoment(needs, nowMs);
  const found = judge(findings, momentOf).map((one) => ({ ...one, key: findingKey(one) }));
  return { found, momentOf, lines: ledger.lines(found, momentOf), looked: ledger.looked(found, momentOf) };
}

/** Rules with the kinds of entities that a check has a value of, on all recorded hosts. */
async function valuesRead(): Promise<ReadonlySet<string>> {
  const read = new Set<string>();
  for (const host of hostNames) {
    const { momentOf } = await seen(host);
    for (const provider of providers)
      for (const { rules, entity, value } of provider.of(momentOf(provider.needs)))
        if (value !== undefined) for (const rule of rules) read.add(`${ruleOf(rule)} ${entity.kind}`);
  }
  return read;
}

test('ledger has a check of every rule, or the reason why not', () => {
  const checked = new Set(providers.flatMap(({ rules }) => rules));
  const ids = findings.map(({ id }) => id);
  // A new rule needs a check in src/ledger/checks, or a reason in NOT_CHECKED.
  expect(ids.filter((id) => !checked.has(id) && NOT_CHECKED[id] === undefined)).toEqual([]);
  expect([...checked].filter((rule) => !ids.includes(rule))).toEqual([]);
});

test('every certain effect has a check of its kind of entity that is read on a recorded host', async () => {
  const read = await valuesRead();
  const effects = influenceTable.rows.filter(({ likelihood }) => likelihood === 'always');
  const kinds = effects.map(({ effect, effectOn }) => `${ruleOf(effect)} ${effectOn}`);
  expect(kinds.length).toBeGreaterThan(0);
  expect(kinds.filter((one) => !read.has(one))).toEqual([]);
  // Every recorded host is evaluated: seconds, more beside other tests.
}, 120_000);

// The fault proves the check: it reads the same object as the rule, from the same samples.
test.each(faults.map((fault) => [fault.rule.id, fault.finds.subject, fault] as const))(
  'ledger accuses %s of %s by a check',
  async (_, __, { rule, host, moments, secondsApart }) => {
    const needs = Object.assign({}, rule.needs, ...providers.filter(({ rules }) => rules.includes(rule.id)).map((one) => one.needs)); // prettier-ignore
    const { timeline, nowMs } = await timelineOf({ ...rule, needs }, host, moments, secondsApart);
    const momentOf: Parameters<typeof judge>[1] = (some) => timeline.latestMoment(some, nowMs);
    const found = judge([rule], momentOf).map((one) => ({ ...one, key: findingKey(one) }));
    const accused = ledger.lines(found, momentOf).filter(({ verdict }) => verdict === 'accused');
    expect(new Set(accused.map(({ finding }) => finding?.key))).toEqual(new Set(found.map(({ key }) => key)));
    expect(accused.filter(({ sourceIds }) => sourceIds.length === 0).map(({ finding }) => finding?.key)).toEqual([]);
  },
);

describe.each(hostNames)('ledger of %s', (host) => {
  test('accuses by a check of the rule wherever a finding is', async () => {
    const { found, lines } = await seen(host);
    const accused = lines.filter(({ verdict }) => verdict === 'accused');
    expect(found.map(({ key }) => key).filter((key) => !accused.some(({ finding }) => finding?.key === key))).toEqual([]); // prettier-ignore
    // Without sources a line was made of the finding alone.
    expect(accused.filter(({ sourceIds }) => sourceIds.length === 0).map(({ finding }) => finding?.key)).toEqual([]);
  });

  test('names rules of its provider, a value or a reason, and a pane', async () => {
    const { momentOf } = await seen(host);
    const panes = new Set(subsystems.flatMap(({ pane }) => pane?.id ?? []));
    for (const provider of providers)
      for (const check of provider.of(momentOf(provider.needs))) {
        expect(provider.rules).toEqual(expect.arrayContaining(check.rules.map(ruleOf)));
        expect((check.value === undefined) !== (check.missing === undefined)).toBe(true);
        expect(check.value ?? check.missing).not.toBe('');
        expect(check.sources.length).toBeGreaterThan(0);
        expect(panes).toContain(check.pane);
      }
  });
});

test.each([
  ['ceph-dead-osd', 'accused 3 · cleared 18 · not read 2 · not present 21'],
  ['denied', 'accused 0 · cleared 0 · not read 154'],
  ['container-host', 'accused 11 · cleared 30 · not read 7 · not present 11'],
])('ledger of %s counts %s', async (host, counts) => {
  expect(countsText(ledgerCounts((await seen(host)).lines))).toBe(counts);
});

test('ledger sums equal objects with the worst named, and keeps the accused apart', async () => {
  const { lines } = await seen('ceph-dead-osd');
  const latency = lines.filter(({ check }) => check.what === 'replica write latency');
  expect(latency.map(({ verdict, count, check }) => `${verdict} ${count} ${check.name}`)).toEqual([
    'unread 1 osd.1',
    'cleared 2 osd.2',
  ]);
  const replies = lines.filter(({ check }) => check.rules.includes('ceph-osd-unresponsive'));
  expect(replies.map(({ verdict, count, check }) => `${verdict} ${count} ${check.name}`)).toEqual([
    'accused 1 osd.1',
    'cleared 2 osd.0',
  ]);
});

test('ledger has not read processes of other users where these are hidden', async () => {
  const { lines } = await seen('hidepid');
  const blocked = lines.find(({ check }) => check.rules.includes('processes-blocked'));
  expect([blocked?.verdict, blocked?.why]).toEqual(['unread', 'not readable: hidden by hidepid=2']);
});

describe('looked is', () => {
  test.each([
    ['ceph-dead-osd', 'ceph-osd-unresponsive', 'osd:osd.0', 'clear'],
    ['ceph-dead-osd', 'ceph-osd-unresponsive', 'osd:osd.1', 'unknown'],
    ['ceph-dead-osd', 'ceph-osd-unresponsive', 'osd:osd.9', 'unknown'],
    ['ceph-calm', 'ceph-health/POOL_NEARFULL', 'ceph-cluster:ceph', 'clear'],
    ['ceph-no-quorum', 'ceph-health/POOL_NEARFULL', 'ceph-cluster:ceph', 'unreadable'],
    ['denied', 'major-faults', 'resource:memory', 'unreadable'],
    ['container-host', 'major-faults', 'resource:memory', 'clear'],
    ['ovs-calm', 'ovn-northd-behind', 'daemon:ovn-northd', 'clear'],
    ['ceph-calm', 'ceph-pgs-inactive', 'ceph-cluster:ceph', 'clear'],
    ['ceph-no-quorum', 'ceph-pgs-inactive', 'ceph-cluster:ceph', 'unreadable'],
    ['ceph-no-quorum', 'ceph-mon-slow', 'mon:mon.a', 'unreadable'],
    ['hidepid', 'conntrack-full', 'host:localhost', 'clear'],
    ['denied', 'conntrack-full', 'host:localhost', 'unreadable'],
    ['cloud-vm', 'conntrack-full', 'host:localhost', 'unknown'],
    ['kvm-host', 'nic-down', 'nic:eth0', 'clear'],
    ['v2-stacks', 'nic-down', 'nic:eth0', 'unreadable'],
    ['kvm-host', 'mtu-mismatch', 'nic:labtap1', 'clear'],
    ['ovs-calm', 'mtu-mismatch', 'port:br-ovn', 'clear'],
    ['ovs-calm', 'ovs-conntrack-full', 'datapath:netdev@ovs-netdev', 'clear'],
    ['ovs-calm', 'ovs-megaflows', 'datapath:netdev@ovs-netdev', 'clear'],
    ['ovs-calm', 'ovs-packet-ins', 'datapath:netdev@ovs-netdev', 'clear'],
    ['ovs-calm', 'ovn-port-claims', 'logical-port:db1', 'clear'],
    ['kube-node', 'kube-runtime-unresponsive', 'daemon:container-runtime', 'clear'],
    ['container-host', 'container-pressure/memory', 'container:lxc:lab-mem', 'clear'],
    ['container-host', 'container-failed', 'container:lxc:lab-mem', 'clear'],
    ['ceph-calm', 'no-such-rule', 'osd:osd.0', 'unknown'],
  ])('on %s, %s of %s: %s', async (host, rule, entity, verdict) => {
    expect((await seen(host)).looked(rule, entity).state).toBe(verdict);
  });
});
