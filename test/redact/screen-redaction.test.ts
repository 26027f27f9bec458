import { afterEach, expect, test } from 'vitest';
import { label, plain, redactVersion, setRedact } from '../../src/lib/plain.ts';
import { named } from '../../src/redact/identifier.ts';
import { defineSource } from '../../src/sources/source.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { panes, sources } from '../../src/subsystems/index.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { makeTheme } from '../../src/theme.ts';
import { drawPane } from '../../src/ui/draw-pane.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { cellText } from '../../src/ui/table.ts';
import { hostMoments, hostNames } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';

const theme = makeTheme({ colour: true, ascii: false });
afterEach(() => setRedact(undefined));

test.each(hostNames)('ScreenRedaction leaves no identifier of %s in any pane', async (name) => {
  const moments = hostMoments(name).slice(-1);
  const { timeline, nowMs } = await watched(sources, moments);
  const redaction = new ScreenRedaction();
  redaction.set(true);
  redaction.learnTarget(`support@${name}-7.dc1.corp`);
  redaction.learnFrom(timeline, sources);
  const { redactor } = redaction;
  const words = new Set(redactor.words.filter((word) => /^[a-z-]{4,}$/.test(word)));
  for (const pane of panes) {
    const model: unknown = pane.model(timeline.moment(pane.needs, nowMs));
    for (const section of pane.sections(model)) {
      const view = { ...plainPaneView, focus: section.id, zoomed: true };
      const size = { columns: 250, rows: section.kind === 'table' ? section.rows.length + 4 : 120 };
      for (const line of drawPane(pane, model, view, size, theme).lines)
        expect(redactor.left(unstyled(line)), `${pane.id} ${section.id}: ${unstyled(line)}`).toEqual([]);
      if (section.kind !== 'table') continue;
      for (const row of section.rows)
        for (const column of section.columns.filter(({ vocabulary }) => !vocabulary))
          expect(words.has(cellText(column, row, '-')), `${pane.id} ${column.id}`).toBe(false);
    }
  }
  redaction.set(false);
});

/** Cells with a fixed vocabulary by pane, column and row. */
function fixedCells(timeline: Timeline, nowMs: number): ReadonlyMap<string, string> {
  const cells = new Map<string, string>();
  for (const pane of panes) {
    const model: unknown = pane.model(timeline.moment(pane.needs, nowMs));
    if (pane.presence(model) !== 'present') continue;
    for (const section of pane.sections(model)) {
      if (section.kind !== 'table') continue;
      for (const [place, row] of section.rows.entries())
        for (const column of section.columns.filter(({ vocabulary }) => vocabulary))
          cells.set(`${pane.id} ${section.id} ${column.id} ${place}`, cellText(column, row, '-'));
    }
  }
  return cells;
}

test.each(hostNames)('ScreenRedaction keeps the fixed vocabulary on %s when pods have such names', async (name) => {
  const { timeline, nowMs } = await watched(sources, hostMoments(name));
  const before = fixedCells(timeline, nowMs);
  const redaction = new ScreenRedaction();
  const words = new Set([...before.values()].flatMap((text) => text.match(/\p{L}[\p{L}\p{N}_-]*/gu) ?? []));
  redaction.learn([...words].map((value) => ({ kind: 'pod', value }) as const));
  redaction.set(true);
  expect(Object.fromEntries(fixedCells(timeline, nowMs))).toEqual(Object.fromEntries(before));
});

test('recorded hosts show identifiers without redaction', async () => {
  const found = new Map<string, number>();
  const redaction = new ScreenRedaction();
  const seen = new Set<string>();
  for (const name of hostNames) {
    const { timeline, nowMs } = await watched(sources, hostMoments(name).slice(-1));
    redaction.learnFrom(timeline, sources);
    for (const pane of panes) {
      const sections = pane.sections(pane.model(timeline.moment(pane.needs, nowMs)) as never);
      const cells = sections.flatMap((section) =>
        section.kind === 'table'
          ? section.rows.flatMap((row) => section.columns.map((column) => cellText(column, row, '-')))
          : [],
      );
      if (redaction.redactor.left(cells.join('\n')).length > 0) seen.add(pane.id);
    }
  }
  // Otherwise the test above proves nothing.
  expect([...seen]).toEqual(expect.arrayContaining(['kvm', 'containers', 'processes']));
  for (const { kind } of redaction.redactor.pseudonyms.all) found.set(kind, (found.get(kind) ?? 0) + 1);
  for (const kind of ['host', 'guest', 'container', 'image', 'uuid', 'user'])
    expect([kind, found.get(kind) ?? 0]).not.toEqual([kind, 0]);
});

test('ScreenRedaction redacts a common word that is a name when it stands alone', () => {
  const redaction = new ScreenRedaction();
  redaction.learn([
    { kind: 'container', value: 'web' },
    { kind: 'container', value: 'db' },
    { kind: 'guest', value: 'billing-3' },
  ]);
  expect(plain('web')).toBe('web');
  redaction.set(true);
  expect(
    ['web', ' web ', 'prod/web', 'web, db', 'the web is slow', '/usr/bin/web', 'billing-3 hangs'].map(plain),
  ).toEqual(['ct-1', ' ct-1 ', 'prod/ct-1', 'ct-1, ct-2', 'the web is slow', '/usr/bin/web', 'vm-1 hangs']);
  redaction.learn([{ kind: 'namespace', value: 'prod' }]);
  expect(plain('prod/web')).toBe('ns-1/ct-1');
  redaction.set(false);
  expect(plain('web')).toBe('web');
});

test.each([
  ['support@node-7.dc1.corp', 'user-1@host-1 and host-2'],
  ['node-7.dc1.corp', 'user-1@host-1 and host-2'],
  ['ssh://support@node-7.dc1.corp:2222', 'user-1@host-1 and host-2'],
])('learnTarget learns user and host of %s', (target, expected) => {
  const redaction = new ScreenRedaction();
  redaction.learnTarget(target);
  expect(redaction.redactor.text('support@node-7.dc1.corp and node-7')).toBe(expected);
});

const pods = (names: readonly string[]) => ({
  sample: names,
  at: 0,
  missing: {},
  tookMs: 0,
});
const podNames = defineSource({
  id: 'pod-names',
  title: 'Pods',
  why: 'test',
  everySeconds: 1,
  reads: {},
  parse: (): readonly string[] => [],
  identifiers: (names) => named('pod', names),
});

test('ScreenRedaction learns a name that was gone before redaction was switched on, and older ones of a replay', () => {
  const timeline = new Timeline();
  timeline.append('pod-names', { ...pods(['cart-0', 'mailer-7']), wallMs: 1000 });
  timeline.append('pod-names', { ...pods(['cart-0']), wallMs: 2000 });
  const redaction = new ScreenRedaction();
  redaction.set(true);
  redaction.learnFrom(timeline, [podNames]);
  expect(plain('mailer-7 evicted before cart-0')).toBe('pod-2 evicted before pod-1');
  timeline.prepend('pod-names', [{ ...pods(['ledger-4']), wallMs: 500 }]);
  redaction.learnFrom(timeline, [podNames]);
  expect(plain('ledger-4')).toBe('pod-3');
});

test('ScreenRedaction redacts a name drawn earlier once a later text shows that it is one', () => {
  const redaction = new ScreenRedaction();
  redaction.set(true);
  const version = redactVersion();
  expect(plain('the disk of kestrel7 is slow')).toBe('the disk of kestrel7 is slow');
  expect(plain('ssh kestrel7 uptime')).toBe('ssh host-1 uptime');
  // What was drawn with it is drawn again in the next frame.
  expect(redactVersion()).toBeGreaterThan(version);
  expect(plain('the disk of kestrel7 is slow')).toBe('the disk of host-1 is slow');
});

test('ScreenRedaction learns nothing from a drawn line, which may be cut off', () => {
  const redaction = new ScreenRedaction();
  redaction.set(true);
  expect(label('ssh kest')).toBe('ssh host-1');
  expect(redaction.redactor.names).toEqual([]);
});
