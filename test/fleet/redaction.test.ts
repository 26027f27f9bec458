import { expect, onTestFinished, test } from 'vitest';
import { cephCluster, entityRef, entityText, osdRef, type EntityRef } from '../../src/findings/entity-ref.ts';
import { judge } from '../../src/findings/judge.ts';
import { shownStatement } from '../../src/findings/statement.ts';
import type { SliceFinding } from '../../src/fleet/cluster/host-slice.ts';
import { fleet } from '../../src/fleet/fleet-source.ts';
import type { HostRow } from '../../src/fleet/host-row.ts';
import { fleetModel, hostsPane } from '../../src/fleet/pane.ts';
import { fleetRules } from '../../src/fleet/rules.ts';
import { roleOf } from '../../src/incidents/roles.ts';
import { plain } from '../../src/lib/plain.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';
import { makeTheme } from '../../src/theme.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { drawSections } from '../../src/ui/draw-pane.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { fullDisk, hostRow } from './host-rows.ts';

const NOW_MS = 100_000;
const theme = makeTheme({ colour: false, ascii: true });

const found = (rule: string, entity: EntityRef, condition?: string): SliceFinding => ({
  key: `${rule} ${entityText(entity)}`,
  rule,
  entity: entityText(entity),
  condition,
  members: [],
  severity: 'warn',
  role: roleOf(rule),
  past: false,
  onsetMs: undefined,
  subject: entity.id,
  sentence: `${rule} here`,
});

/** Monitor host with slow ops of the OSD on the host that others call `disk`, and its number of OSDs. */
const monitor = (name: string, disk: string, osds: string): HostRow =>
  hostRow(name, {
    slice: { findings: [found('ceph-health', cephCluster, 'SLOW_OPS')], dependencies: [{ dependent: cephCluster, via: 'waits-for', on: osdRef(3) }] },
    ties: { names: [], ends: [], homes: [{ entity: osdRef(3), via: 'runs-as', host: disk, disks: ['sdb'] }] },
    clusters: [{ kind: 'Ceph', id: 'fsid-a', state: 'HEALTH_WARN', severity: 'warn', facts: { osds }, summary: '3 OSDs' }],
  }); // prettier-ignore

/** Hosts with an incident across them, figures on which they do not agree, and two alike that are lost. */
const hostsOf = (nameOf: (kind: 'ctl' | 'stg', number: number) => string): readonly HostRow[] => [
  ...[1, 2, 3, 4].map((number) => monitor(nameOf('ctl', number), 'stg7-cluster', number > 2 ? '5' : '6')),
  hostRow(nameOf('stg', 7), {
    slice: { findings: [found('disk-slow', entityRef('disk', 'sdb'))], dependencies: [] },
    ties: { names: ['stg7-cluster'], ends: [], homes: [] },
  }),
  ...[11, 12].map((number) => hostRow(nameOf('stg', number), { state: 'lost', why: 'timed out' })),
  ...[13, 15].map((number) => hostRow(nameOf('stg', number), { problems: [fullDisk] })),
];

test.each([
  ['short', (kind: string, number: number) => `${kind}${number}`],
  ['full', (kind: string, number: number) => `${kind}${number}.dc1.acme.corp`],
  ['numbered twice', (kind: string, number: number) => `${kind}${number}.rack${(number % 2) + 1}.acme.corp`],
])('redaction leaves no %s name of a host in findings and matrix of a fleet, folded names included', (_, nameOf) => {
  const timeline = new Timeline();
  const sample = { hosts: hostsOf(nameOf), atMs: NOW_MS };
  timeline.append(fleet.id, { sample, at: NOW_MS / 1000, wallMs: NOW_MS, missing: {}, tookMs: 0 });
  const judged = judge(fleetRules, (needs) => timeline.latestMoment(needs, NOW_MS));
  const rules = ['cluster-incident', 'cluster-contradiction', 'host-unreachable', 'host-incident'];
  expect(judged.map(({ rule }) => rule)).toEqual(expect.arrayContaining(rules));
  const drawn = (): string => {
    const model = fleetModel(timeline.latestMoment({ fleet }, NOW_MS));
    return [
      ...judged.flatMap((one) => [shownStatement(one), ...one.evidence.map(({ what, value }) => `${plain(what)}: ${plain(value)}`)]),
      ...hostsPane.sections(model).flatMap((section) => drawSections([section], plainPaneView, { columns: 250, rows: 12 }, theme).lines.map(unstyled)),
    ].join('\n');
  }; // prettier-ignore
  expect(drawn()).toMatch(/culprit, 4 findings on ctl\[/);
  const veil = new ScreenRedaction();
  veil.learnFrom(timeline, [fleet]);
  veil.set(true);
  onTestFinished(() => veil.set(false));
  expect(drawn()).not.toMatch(/ctl|stg|rack|acme|(?<!host-)\[\d/);
});
