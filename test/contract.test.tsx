import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf, type Read } from '../src/host/host.ts';
import { details, findings, panes, readPolicy, sources, subsystems } from '../src/subsystems/index.ts';
import { anyAnswer, badNumber } from './helpers/arbitrary.ts';
import { hostMoments, hostNames } from './helpers/hosts.ts';
import { momentOf, readSource } from './helpers/moments.ts';
import { paneText } from './helpers/plain-pane.ts';

/** Every source, pane and rule meets every recorded host: one that is added to its list is tested here without a line of test. */
const sizes = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
] as const;

test('names are unique', () => {
  for (const list of [sources, panes, findings]) {
    const ids = list.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  }
});

test('whatever a pane or a rule needs is in the list of sources', () => {
  const listed = new Set(sources);
  for (const { id, needs } of [...panes, ...findings])
    for (const source of Object.values(needs as Record<string, (typeof sources)[number]>))
      expect(listed.has(source), `${id} needs ${source.id}`).toBe(true);
});

test('manifests have no two of one name', () => {
  const ids = subsystems.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
});

// Without this a read that its manifest forgets passes every test on recordings and is refused on every live host.
test('policy allows every read when a source or a page asks for it', () => {
  const reads = [...sources.map((source) => ({ ...source, reads: Object.values<Read>(source.reads) })), ...details];
  for (const { id, reads: all } of reads)
    for (const read of all) expect(readPolicy.refusal(read), `${id}: ${keyOf(read)}`).toBeUndefined();
});

test('policy refuses a command and a file when no manifest names them', () => {
  expect(readPolicy.refusal({ kind: 'run', argv: ['cat', '/etc/shadow'] })).toContain('not on the read-only list');
  expect(readPolicy.refusal({ kind: 'file', path: '/etc/shadow' })).toContain('not on the read-only list');
});

describe.each(sources)('source $id', (source) => {
  test.each(hostNames)('parses %s', async (name) => {
    for (const { host } of hostMoments(name)) {
      const sample: unknown = source.parse((await readSource(source, host)).values);
      expect(badNumber(sample)).toBeUndefined();
    }
  });

  test('parses anything', async () => {
    const real = await Promise.all(
      hostNames.map(async (name) => (await readSource(source, hostMoments(name)[0]!.host)).values),
    );
    const values = Object.fromEntries(
      Object.entries<Read>(source.reads).map(([name, what]) => [
        name,
        fc.option(
          anyAnswer(
            what,
            real.map((each) => each[name]),
          ),
          { nil: undefined, freq: 8 },
        ),
      ]),
    );
    fc.assert(
      fc.property(fc.record(values), (given) => {
        expect(badNumber(source.parse(given))).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  test('asks for each thing once, and by absolute paths', () => {
    const reads = Object.values<Read>(source.reads);
    expect(new Set(reads.map(keyOf)).size).toBe(reads.length);
    const places = reads.flatMap((what) => ('path' in what ? [what.path] : what.kind === 'glob' ? [what.pattern] : []));
    for (const place of places) expect(place).toMatch(/^\//);
  });
});

describe.each(panes)('pane $id', (pane) => {
  test.each(hostNames)('on %s', async (name) => {
    const model: unknown = pane.model(await momentOf(pane.needs, hostMoments(name)));
    // What is absent takes one line: one picture of it is enough.
    const shown = pane.presence(model) === 'present' ? sizes.length : 1;
    const screens = sizes.map(({ columns, rows }) => ({ columns, rows, text: paneText(pane, model, columns, rows) }));
    for (const { text } of screens) {
      // oxlint-disable-next-line no-control-regex -- only SGR may be in drawn lines
      expect(text.replaceAll(/\u001B\[[0-9;]*m/g, '')).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
      expect(text).not.toMatch(/\bNaN\b|\bundefined\b|\bInfinity\b|\[object/);
    }
    for (const { columns, rows, text } of screens.slice(0, shown))
      await expect(text).toMatchFileSnapshot(`screens/${pane.id}@${name}@${columns}x${rows}.txt`);
  });

  test('is present on a recorded host', async () => {
    const presences = await Promise.all(
      hostNames.map(async (name) => pane.presence(pane.model(await momentOf(pane.needs, hostMoments(name))))),
    );
    expect(presences).toContain('present');
  });

  test('stands before the first reading', () => {
    const nothing = {
      now: undefined,
      before: undefined,
      seconds: undefined,
      ageMs: undefined,
      tookMs: undefined,
      missing: {},
      history: [],
      older: () => [],
    };
    const model: unknown = pane.model(
      Object.fromEntries(Object.keys(pane.needs as object).map((need) => [need, nothing])),
    );
    expect(paneText(pane, model, 80, 24)).not.toMatch(/\bNaN\b|\bundefined\b/);
  });
});

describe.each(findings)('finding $id', (finding) => {
  test.each(hostNames)('judges %s', async (name) => {
    for (const found of finding.judge(await momentOf(finding.needs, hostMoments(name)))) {
      expect(found.evidence.length).toBeGreaterThan(0);
      expect(`${found.sentence} ${found.next}`).not.toMatch(/\bNaN\b|\bundefined\b|\bInfinity\b/);
    }
  });

  test('is silent on a recorded host', async () => {
    let silent = false;
    for (const name of hostNames)
      silent ||= finding.judge(await momentOf(finding.needs, hostMoments(name))).length === 0;
    expect(silent).toBe(true);
  });
});
