import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf, type Read } from '../src/host/host.ts';
import { details, findings, panes, readPolicy, sources, subsystems } from '../src/subsystems/index.ts';
import { faults } from './findings/faults.ts';
import { anyAnswer, badNumber } from './helpers/arbitrary.ts';
import { keyProblems } from './helpers/key-problems.ts';
import { hostMoments, hostNames } from './helpers/hosts.ts';
import type { AnyPane, Presence } from '../src/panes/pane.ts';
import { momentOf, readSource } from './helpers/moments.ts';
import { paneText } from './helpers/plain-pane.ts';

/** Sizes of the pictures of panes. Every source, pane and rule of the lists runs on every recorded host here. */
interface Size {
  readonly columns: number;
  readonly rows: number;
}

const sizes: readonly Size[] = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 60 },
];

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

const models = new Map<string, Promise<unknown>>();

/** Model of a pane on a recorded host, made once. */
function modelOn(pane: AnyPane, host: string): Promise<unknown> {
  const key = `${pane.id}@${host}`;
  const model = models.get(key) ?? momentOf(pane.needs, hostMoments(host)).then((moment) => pane.model(moment));
  models.set(key, model);
  return model;
}

/** A host without any subsystem: its pictures stand for all absent panes, which differ in `presence.txt` only. */
const BARE = 'bare-kernel';

/** Sizes of which a pane on a host has a picture. */
function sizesShown(presence: Presence, host: string): readonly Size[] {
  if (presence === 'present') return sizes;
  return typeof presence === 'object' && 'absent' in presence && host !== BARE ? [] : sizes.slice(0, 1);
}

const picture = (pane: AnyPane, host: string, { columns, rows }: Size): string =>
  `${pane.id}@${host}@${columns}x${rows}.txt`;

describe.each(panes)('pane $id', (pane) => {
  test.each(hostNames)('on %s', async (name) => {
    const model = await modelOn(pane, name);
    const screens = sizes.map(({ columns, rows }) => ({ columns, rows, text: paneText(pane, model, columns, rows) }));
    for (const { text } of screens) {
      // oxlint-disable-next-line no-control-regex -- only SGR may be in drawn lines
      expect(text.replaceAll(/\u001B\[[0-9;]*m/g, '')).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
      expect(text).not.toMatch(/\bNaN\b|\bundefined\b|\bInfinity\b|\[object/);
    }
    for (const { text, ...size } of screens.slice(0, sizesShown(pane.presence(model), name).length))
      await expect(text).toMatchFileSnapshot(`screens/${picture(pane, name, size)}`);
  });

  test('is present on a recorded host', async () => {
    const presences = await Promise.all(hostNames.map(async (name) => pane.presence(await modelOn(pane, name))));
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

describe('panes on all hosts', () => {
  const all = panes.flatMap((pane: AnyPane) => hostNames.map((host) => ({ pane, host })));
  const presenceOn = async ({ pane, host }: (typeof all)[number]): Promise<Presence> =>
    pane.presence(await modelOn(pane, host));

  test('are present, hidden or absent as the table states', async () => {
    const lines = await Promise.all(
      all.map(async (one) => {
        const presence = await presenceOn(one);
        const [[word, why = ''] = []] = typeof presence === 'string' ? [[presence]] : Object.entries(presence);
        return `${one.pane.id.padEnd(11)} ${one.host.padEnd(19)} ${String(word).padEnd(8)} ${why}`.trimEnd();
      }),
    );
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('screens/presence.txt');
  });

  test('leave no picture in test/screens that no test makes', async () => {
    const made = await Promise.all(
      all.map(async (one) =>
        sizesShown(await presenceOn(one), one.host).map((size) => picture(one.pane, one.host, size)),
      ),
    );
    const known = new Set(['presence.txt', ...made.flat()]);
    const files = readdirSync(join(import.meta.dirname, 'screens'));
    expect(files.filter((file) => !known.has(file) && !isNamed(file))).toEqual([]);
  });
});

/** Tests with other pictures than those of panes on hosts. */
const drawing = [
  'ui/chart.test.ts',
  'app/shell.test.tsx',
  'app/presenting.test.tsx',
  'app/correlate.test.tsx',
  'app/ledger-page.test.tsx',
  'app/tracers.test.tsx',
]
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('');

// oxlint-disable-next-line no-template-curly-in-string -- as it stands in their sources
const OPEN_SIZE = '@${columns}x${rows}';

/** Whether one of these tests names a file, as it is or with the size left open. */
function isNamed(file: string): boolean {
  const name = file.replace(/\.txt$/, '');
  const open = sizes.find(({ columns, rows }) => name.endsWith(`@${columns}x${rows}`));
  return (
    drawing.includes(`/${name}.txt'`) ||
    drawing.includes(`'${name}'`) ||
    (open !== undefined && drawing.includes(name.slice(0, name.lastIndexOf('@')) + OPEN_SIZE))
  );
}

describe.each(findings)('finding $id', (finding) => {
  test.each(hostNames)('judges %s', async (name) => {
    const moment = await momentOf(finding.needs, hostMoments(name));
    const all = finding.judge(moment);
    for (const found of all) {
      expect(found.evidence.length).toBeGreaterThan(0);
      expect(`${found.sentence} ${found.next}`).not.toMatch(/\bNaN\b|\bundefined\b|\bInfinity\b/);
    }
    expect(keyProblems(finding.id, all, finding.judge(moment))).toEqual([]);
  });

  // Faults are found by test/findings/faults.test.ts.
  test('speaks on a recorded host or has a fault', async () => {
    let speaks = faults.some(({ rule }) => rule === finding);
    for (const name of speaks ? [] : hostNames)
      speaks ||= finding.judge(await momentOf(finding.needs, hostMoments(name))).length > 0;
    expect(speaks, `${finding.id}: silent on every recorded host, and no fault in test/findings/*/faults.ts`).toBe(
      true,
    );
  });

  test('is silent on a recorded host', async () => {
    let silent = false;
    for (const name of hostNames)
      silent ||= finding.judge(await momentOf(finding.needs, hostMoments(name))).length === 0;
    expect(silent).toBe(true);
  });
});
