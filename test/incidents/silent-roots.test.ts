import { describe, expect, it } from 'vitest';
import { entityOf, type EntityRef } from '../../src/findings/entity-ref.ts';
import type { Via } from '../../src/incidents/dependency.ts';
import { EntityGraph } from '../../src/incidents/entity-graph.ts';
import { explain } from '../../src/incidents/explain.ts';
import { incidentRows } from '../../src/incidents/incident-rows.ts';
import { influenceTable } from '../../src/incidents/influence-table.ts';
import type { Look, Looked, Observation } from '../../src/incidents/observation.ts';

const ref = (text: string): EntityRef => {
  const found = entityOf(text);
  if (!found) throw new Error(`not an entity: ${text}`);
  return found;
};
const depends = (dependent: string, via: Via, on: string) => ({ dependent: ref(dependent), via, on: ref(on) });

const slow = (osd: string): Observation => ({
  key: `ceph-osd-slow osd:${osd}`,
  rule: 'ceph-osd-slow',
  entity: `osd:${osd}`,
  condition: undefined,
  members: [],
  severity: 'warn',
  role: 'pressure',
  past: false,
  onsetMs: undefined,
});

/** osd.0 and osd.2 wait for osd.7 of another host. */
const waiting = new EntityGraph([
  depends('osd:osd.0', 'waits-for', 'osd:osd.7'),
  depends('osd:osd.2', 'waits-for', 'osd:osd.7'),
]);
const two = [slow('osd.0'), slow('osd.2')];

const unreadable: Look = { state: 'unreadable', why: 'on another host' };
const lookedAt =
  (looks: Readonly<Record<string, Look>>): Looked =>
  (_, entity) =>
    looks[entity] ?? { state: 'unknown' };

describe('explain names an object that could not be read', () => {
  it('when two objects depend on it and nothing else explains them', () => {
    const [first, ...rest] = explain(two, waiting, influenceTable, lookedAt({ 'osd:osd.7': unreadable }));
    expect(rest).toEqual([]);
    expect(first?.root.entity).toBe('osd:osd.7');
    expect(first?.unread).toBe('on another host');
    expect(first?.confidence).toBe('inferred');
    expect(first?.severity).toBe('warn');
    expect(first?.explained.map(({ observation }) => observation.entity)).toEqual(['osd:osd.0', 'osd:osd.2']);
  });

  it.each<[string, readonly Observation[], Looked | undefined]>([
    ['it was read and is in order', two, lookedAt({ 'osd:osd.7': { state: 'clear' } })],
    ['nothing reads it', two, lookedAt({})],
    ['it is unknown what could be read', two, undefined],
    ['one object depends on it', [slow('osd.0')], lookedAt({ 'osd:osd.7': unreadable })],
  ])('but not when %s', (_, findings, looked) => {
    const roots = explain(findings, waiting, influenceTable, looked).map(({ root }) => root.key);
    expect(roots).toEqual(findings.map(({ key }) => key));
  });

  it('but neither of two that explain the same', () => {
    const both = new EntityGraph([
      ...two.map(({ entity }) => depends(entity, 'waits-for', 'osd:osd.7')),
      ...two.map(({ entity }) => depends(entity, 'waits-for', 'osd:osd.8')),
    ]);
    const looked = lookedAt({ 'osd:osd.7': unreadable, 'osd:osd.8': unreadable });
    expect(explain(two, both, influenceTable, looked)).toHaveLength(2);
  });

  it('not for findings that a measured cause explains', () => {
    const dead: Observation = { ...slow('osd.9'), key: 'x', rule: 'ceph-osd-unresponsive', role: 'cause' };
    const graph = new EntityGraph([
      ...two.map(({ entity }) => depends(entity, 'waits-for', 'osd:osd.7')),
      ...two.map(({ entity }) => depends(entity, 'waits-for', 'osd:osd.9')),
    ]);
    const [first, ...rest] = explain([...two, dead], graph, influenceTable, lookedAt({ 'osd:osd.7': unreadable }));
    expect(rest).toEqual([]);
    expect(first?.root.entity).toBe('osd:osd.9');
  });
});

describe('incidentRows of a root that could not be read', () => {
  it('gives it a finding with its object, the reason and its dependents', () => {
    const findings = two.map(({ key, rule, entity, severity }) => ({
      key,
      rule,
      severity,
      entity: ref(entity),
      subject: ref(entity).id,
      sentence: 'slow replica writes',
      evidence: [],
      next: '',
      pane: 'ceph',
    }));
    const incidents = explain(two, waiting, influenceTable, lookedAt({ 'osd:osd.7': unreadable }));
    const [row] = incidentRows(incidents, findings);
    expect(row?.root).toMatchObject({
      subject: 'osd.7',
      entity: { kind: 'osd', id: 'osd.7' },
      severity: 'warn',
      sentence: 'not readable (on another host), 2 findings depend on it',
    });
    expect(row?.root.evidence.map(({ what }) => what)).toEqual(['osd.0', 'osd.2']);
    expect(row?.victims).toHaveLength(2);
  });
});
