import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entityOf, type EntityRef } from '../../src/findings/entity-ref.ts';
import type { Via } from '../../src/incidents/dependency.ts';
import { EntityGraph } from '../../src/incidents/entity-graph.ts';
import { explain } from '../../src/incidents/explain.ts';
import { InfluenceTable, type InfluenceRow, type Likelihood } from '../../src/incidents/influence.ts';
import type { Observation } from '../../src/incidents/observation.ts';

const seen = (rule: string, entity: string, more: Partial<Observation> = {}): Observation => ({
  key: `${rule} ${entity}`,
  rule,
  entity,
  condition: undefined,
  members: [],
  severity: 'warn',
  role: 'symptom',
  past: false,
  onsetMs: undefined,
  ...more,
});

const row = (cause: string, effect: string, via: readonly Via[], likelihood: Likelihood = 'always'): InfluenceRow => [
  cause,
  effect,
  effect === 'guest-disk-slow' ? 'guest' : 'osd',
  via,
  likelihood,
  60,
  `${cause}, so ${effect}`,
];

const table = new InfluenceTable([
  row('disk-slow', 'osd-slow', ['stored-on']),
  row('osd-slow', 'slow-ops', ['waits-for', 'shares']),
  row('disk-slow', 'guest-disk-slow', ['stored-on'], 'often'),
]);

const ref = (text: string): EntityRef => {
  const found = entityOf(text);
  if (!found) throw new Error(`not an entity: ${text}`);
  return found;
};
const depends = (dependent: string, via: Via, on: string) => ({ dependent: ref(dependent), via, on: ref(on) });

const graph = new EntityGraph([
  depends('osd:1', 'stored-on', 'disk:sdb'),
  depends('osd:0', 'waits-for', 'osd:1'),
  depends('osd:2', 'waits-for', 'osd:1'),
  depends('guest:db', 'stored-on', 'disk:sdb'),
]);

const disk = seen('disk-slow', 'disk:sdb', { role: 'cause' });
const osd = seen('osd-slow', 'osd:1');
const victims = [seen('slow-ops', 'osd:0', { severity: 'crit' }), seen('slow-ops', 'osd:2', { severity: 'crit' })];

describe('explain', () => {
  it('puts an event of minutes ago after what is measured now, unless it explains that', () => {
    const event = seen('disk-slow', 'disk:sdb', { role: 'cause', severity: 'crit', lastSecondsAgo: 105 });
    const other = seen('nic-drops', 'nic:eth0', { severity: 'crit' });
    const roots = (all: readonly Observation[]) => explain(all, graph, table).map(({ root }) => root.rule);
    expect(roots([event, other])).toEqual(['nic-drops', 'disk-slow']);
    expect(roots([event, other, seen('osd-slow', 'osd:1', { severity: 'crit' })])).toEqual(['disk-slow', 'nic-drops']);
  });

  it('puts the disk before its OSD and the peers that wait for it', () => {
    const [first, ...rest] = explain([...victims, osd, disk], graph, table);
    expect(rest).toEqual([]);
    expect(first?.root.key).toBe('disk-slow disk:sdb');
    expect(first?.explained.map(({ observation, from }) => [observation.entity, from])).toEqual([
      ['osd:0', 'osd-slow osd:1'],
      ['osd:2', 'osd-slow osd:1'],
      ['osd:1', 'disk-slow disk:sdb'],
    ]);
  });

  it('keeps the colour of a victim when it is worse than its root', () => {
    expect(explain([disk, osd, ...victims], graph, table)[0]?.severity).toBe('crit');
  });

  it('leaves findings apart when their entities do not depend on each other', () => {
    const other = seen('slow-ops', 'osd:9');
    expect(explain([osd, other], graph, table).map(({ root }) => root.key)).toEqual([
      'osd-slow osd:1',
      'slow-ops osd:9',
    ]);
  });

  it('folds nothing under a cause when most of what it should bring about is in order', () => {
    const wide = new EntityGraph([
      depends('osd:1', 'stored-on', 'disk:sdb'),
      ...[2, 3, 4, 5, 6].map((n) => depends(`osd:${n}`, 'stored-on', 'disk:sdb')),
    ]);
    const incidents = explain([disk, osd], wide, table, () => ({ state: 'clear' }));
    expect(incidents.map(({ root }) => root.key)).toContain('osd-slow osd:1');
    expect(incidents.find(({ root }) => root === disk)?.expectedButClear.map(({ entity }) => entity)).toEqual([
      'osd:2',
      'osd:3',
      'osd:4',
      'osd:5',
      'osd:6',
    ]);
  });

  it('holds nothing against a cause when its effects could not be read', () => {
    const [first] = explain([disk], graph, table, () => ({ state: 'unreadable', why: 'permission denied' }));
    expect(first?.expectedButClear).toEqual([]);
    expect(first?.unreadable).toEqual([{ rule: 'osd-slow', entity: 'osd:1', why: 'permission denied' }]);
  });

  it('keeps a victim apart when it began before its cause by clocks that knew', () => {
    const late = { ...disk, onsetMs: 100_000 };
    const early = { ...osd, onsetMs: 10_000 };
    expect(explain([late, early], graph, table)).toHaveLength(2);
  });

  it('takes the heaviest as root when findings explain each other', () => {
    const circle = new InfluenceTable([row('a', 'b', []), row('b', 'a', [])]);
    const [first, ...rest] = explain(
      [seen('a', 'unit:x'), seen('b', 'unit:x', { role: 'cause' })],
      new EntityGraph(),
      circle,
    );
    expect(rest).toEqual([]);
    expect(first?.root.rule).toBe('b');
  });

  it('names the runner-up when two causes explain one victim', () => {
    const two = new InfluenceTable([
      row('cpu-full', 'osd-slow', [], 'sometimes'),
      row('disk-slow', 'osd-slow', ['stored-on']),
    ]);
    const [first] = explain([disk, seen('cpu-full', 'osd:1'), osd], graph, two);
    expect(first?.root.rule).toBe('disk-slow');
    expect(first?.runnerUp).toBe('cpu-full osd:1');
  });
});

const RULES = ['a', 'b', 'c', 'd', 'e'];
const VIAS: readonly Via[] = ['stored-on', 'waits-for', 'shares'];
const entity = fc.integer({ min: 0, max: 7 }).map((n) => `unit:${n}`);
const world = fc.record({
  observations: fc.uniqueArray(
    fc.record({
      rule: fc.constantFrom(...RULES),
      entity,
      severity: fc.constantFrom('crit' as const, 'warn' as const, 'info' as const),
      role: fc.constantFrom('cause' as const, 'pressure' as const, 'symptom' as const),
      past: fc.boolean(),
      onsetMs: fc.option(fc.integer({ min: 0, max: 200_000 }), { nil: undefined }),
    }),
    { selector: ({ rule, entity: on }) => `${rule} ${on}`, maxLength: 20 },
  ),
  dependencies: fc.array(
    fc.tuple(entity, fc.constantFrom(...VIAS), entity).map(([a, via, b]) => depends(a, via, b)),
    {
      maxLength: 20,
    },
  ),
  rows: fc.array(
    fc.record({
      cause: fc.constantFrom(...RULES),
      effect: fc.constantFrom(...RULES),
      via: fc.subarray([...VIAS]),
      likelihood: fc.constantFrom('always' as const, 'often' as const, 'sometimes' as const),
    }),
    { maxLength: 12 },
  ),
});

describe('explain, whatever it is given', () => {
  it('puts each finding in one incident, with the colour of its worst, in an order that does not depend on the input', () => {
    fc.assert(
      fc.property(world, fc.infiniteStream(fc.nat()), ({ observations, dependencies, rows }, noise) => {
        const all = observations.map((each) => seen(each.rule, each.entity, each));
        const edges = new EntityGraph(dependencies);
        const influences = new InfluenceTable(
          rows.map(({ cause, effect, via, likelihood }) => row(cause, effect, via, likelihood)),
        );
        const incidents = explain(all, edges, influences);
        const placed = incidents.flatMap(({ root, explained }) => [
          root,
          ...explained.map(({ observation }) => observation),
        ]);
        expect(placed.map(({ key }) => key).toSorted()).toEqual(all.map(({ key }) => key).toSorted());
        for (const { root, explained, severity } of incidents) {
          const severities = [root, ...explained.map(({ observation }) => observation)].map((each) => each.severity);
          expect(severity).toBe(['crit', 'warn', 'info'].find((each) => severities.includes(each as never)));
        }
        const shuffled = all.map((each) => [noise.next().value as number, each] as const).toSorted(([a], [b]) => a - b).map(([, each]) => each); // prettier-ignore
        const summary = (list: typeof incidents) =>
          list.map(({ root, explained }) => [root.key, explained.map(({ observation }) => observation.key)]);
        expect(summary(explain(shuffled, edges, influences))).toEqual(summary(incidents));
      }),
    );
  });

  it('shows a victim by itself when its root has cleared', () => {
    fc.assert(
      fc.property(world, ({ observations, dependencies, rows }) => {
        const all = observations.map((each) => seen(each.rule, each.entity, each));
        const edges = new EntityGraph(dependencies);
        const influences = new InfluenceTable(
          rows.map(({ cause, effect, via, likelihood }) => row(cause, effect, via, likelihood)),
        );
        const [first] = explain(all, edges, influences);
        if (!first) return;
        const left = explain(
          all.filter(({ key }) => key !== first.root.key),
          edges,
          influences,
        );
        const placed = left.flatMap(({ root, explained }) => [
          root,
          ...explained.map(({ observation }) => observation),
        ]);
        for (const { observation } of first.explained) expect(placed.map(({ key }) => key)).toContain(observation.key);
      }),
    );
  });
});
