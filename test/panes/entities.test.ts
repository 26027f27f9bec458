import { describe, expect, test } from 'vitest';
import { EntityPlaces } from '../../src/app/entity-places.ts';
import { entityText } from '../../src/findings/entity-ref.ts';
import { judge } from '../../src/findings/judge.ts';
import type { TableSection } from '../../src/panes/pane.ts';
import { findings, panes, sources } from '../../src/subsystems/index.ts';
import { hostMoments, hostNames } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';

/** Tables whose rows are no entities by themselves. */
const WITHOUT: Readonly<Record<string, string>> = {
  'hardware interrupts': 'an interrupt line is a figure of its device',
  'ceph health': 'a check is a condition of the cluster',
  'ceph pings': 'a pair of OSDs',
  'ceph ops': 'an op of an OSD',
  'ovs flows': 'flows come and go by the second',
  'ovs groups': 'a sum of flows',
  'ovn raft': 'a member of a database on another host',
  'kubernetes scope': 'a list to open',
  'kernel-log log': 'a line',
  'kernel-log boots': 'another boot of the host',
  'systemd boot': 'the boot of the host',
  'openstack access': 'a file with credentials, or an API',
  'databases replication': 'a replica, a slot or the server itself',
  'network listeners': 'a socket of a process that is not known',
  'network gateways': 'an address of another host',
  'network counters': 'a counter of the network namespace',
  'packages origins-on-demand': 'a list to open',
};

/** Tables some of whose rows are figures or parents. */
const PARTLY: ReadonlySet<string> = new Set(['ovs tables', 'ovn logical', 'network namespaces', 'databases haproxy']);

/** Tables whose rows refer to objects, several to one: the row of the object is in another table. */
const REFERRING: ReadonlySet<string> = new Set([
  'kubernetes events',
  'kernel-log events',
  'processes limits',
  'storage stack',
  'databases operations',
  'network cards',
]);

/** Kinds whose findings have no row: their panes show them as lines, or their rows are those of their members. */
const LINES: ReadonlySet<string> = new Set([
  'host',
  'resource',
  'cpu',
  'node',
  'kube-cluster',
  'ceph-cluster',
  'openstack-cloud',
  'mgr',
  'datapath',
  'controller',
  'ovsdb',
]);

interface Table {
  readonly id: string;
  readonly section: TableSection;
}

/** Tables of the panes that are present on a recorded host, and the moments that they show. */
async function shownOn(host: string) {
  const { timeline, nowMs } = await watched(sources, hostMoments(host));
  const momentOf: Parameters<typeof judge>[1] = (needs) => timeline.latestMoment(needs, nowMs);
  const shown = panes.flatMap((pane) => {
    const model: unknown = pane.model(momentOf(pane.needs));
    return typeof pane.presence(model) === 'object' ? [] : [{ id: pane.id, sections: pane.sections(model) }];
  });
  const tables = shown.flatMap(({ id, sections }) =>
    sections.flatMap((section): readonly Table[] =>
      section.kind === 'table' ? [{ id: `${id} ${section.id}`, section }] : [],
    ),
  );
  return { shown, tables, momentOf };
}

/** Entities of the rows of a table. */
const entitiesOf = ({ section }: Table): readonly string[] =>
  section.rows.flatMap((row) => {
    const entity = section.entity?.(row);
    return entity ? [entityText(entity)] : [];
  });

describe.each(hostNames)('tables of %s', (host) => {
  test('name the entity of each row, once, when their rows are objects', async () => {
    const { tables } = await shownOn(host);
    const objects = tables.filter(({ id }) => !(id in WITHOUT) && !REFERRING.has(id));
    const named = objects.map((table) => `${table.id}: ${new Set(entitiesOf(table)).size}`);
    const expected = objects.map((table) => {
      const rows = PARTLY.has(table.id) ? entitiesOf(table).length : table.section.rows.length;
      return `${table.id}: ${rows}`;
    });
    expect(named).toEqual(expected);
    expect(tables.filter(({ id, section }) => id in WITHOUT && section.entity).map(({ id }) => id)).toEqual([]);
  });

  test('have no row of an object in a table that only refers to it, when its table has one', async () => {
    const { shown, tables } = await shownOn(host);
    const places = new EntityPlaces(shown);
    const objects = new Set(tables.filter(({ id }) => !REFERRING.has(id)).flatMap(entitiesOf));
    const referred = tables.filter(({ id }) => REFERRING.has(id)).flatMap(entitiesOf);
    const wrong = referred
      .map((entity) => ({ entity, place: places.of(entity) }))
      .filter(({ entity, place }) => {
        return objects.has(entity) && REFERRING.has(`${place?.pane} ${place?.section}`);
      });
    expect(wrong).toEqual([]);
  });

  test('have the row of each entity that they name', async () => {
    const { shown, tables } = await shownOn(host);
    const places = new EntityPlaces(shown);
    const lost = tables.flatMap(entitiesOf).filter((entity) => {
      const place = places.of(entity);
      const home = tables.find(({ id }) => id === `${place?.pane} ${place?.section}`)?.section;
      return place?.name === '' || !home?.rows.some((row) => home.key(row) === place?.row);
    });
    expect(lost).toEqual([]);
  });

  test('have a row for the object of each finding whose kind has rows', async () => {
    const { shown, momentOf } = await shownOn(host);
    const places = new EntityPlaces(shown);
    const lost = judge(findings, momentOf)
      .filter(({ past, entity }) => past === undefined && !LINES.has(entity.kind))
      .map(({ entity }) => entityText(entity))
      .filter((entity) => !places.has(entity));
    expect(lost).toEqual([]);
  });
});

test('tables without entities exist', async () => {
  const seen = new Set<string>();
  for (const host of hostNames) for (const { id } of (await shownOn(host)).tables) seen.add(id);
  expect([...Object.keys(WITHOUT), ...PARTLY, ...REFERRING].filter((id) => !seen.has(id))).toEqual([]);
});
