import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { ownWords } from '../../scripts/own-words.ts';
import { label, plain, setRedact } from '../../src/lib/plain.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { shownStatement } from '../../src/findings/statement.ts';
import { OWN_WORDS } from '../../src/redact/own-words.ts';
import { Redactor } from '../../src/redact/redactor.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';
import { panes, sources } from '../../src/subsystems/index.ts';
import { makeTheme } from '../../src/theme.ts';
import { drawPane } from '../../src/ui/draw-pane.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { hostMoments, hostNames } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';

afterEach(() => setRedact(undefined));

test('OWN_WORDS has the words of the sources', () => {
  const words = ownWords();
  const missing = words.filter((word) => !OWN_WORDS.has(word));
  // New texts may be ahead of the list, written by `node scripts/own-words.ts`.
  expect(missing.length < words.length / 50 ? [] : missing).toEqual([]);
});

const theme = makeTheme({ colour: false, ascii: true });
const counted = (lines: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const word of lines.flatMap((line) => line.match(/(?<![\w./-])[A-Za-z][\w-]*(?![\w./-])/g) ?? []))
    counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
};

test.each(hostNames)('ScreenRedaction keeps the words of every pane of %s', async (name) => {
  const { timeline, nowMs } = await watched(sources, hostMoments(name).slice(-1));
  const drawn = () =>
    panes.flatMap((pane) => {
      const model: unknown = pane.model(timeline.moment(pane.needs, nowMs));
      return pane.sections(model).flatMap((section) => {
        const rows = section.kind === 'table' ? section.rows.length + 4 : 120;
        const view = { ...plainPaneView, focus: section.id, zoomed: true };
        return drawPane(pane, model, view, { columns: 250, rows }, theme).lines.map(unstyled);
      });
    });
  const before = counted(drawn());
  const redaction = new ScreenRedaction();
  redaction.learnFrom(timeline, sources);
  redaction.set(true);
  drawn();
  const after = counted(drawn());
  const names = new Set([...redaction.redactor.words, ...redaction.redactor.names].flatMap((each) => each.split(/\W/)));
  const lost = [...before].filter(
    ([word, count]) => OWN_WORDS.has(word.toLowerCase()) && !names.has(word) && (after.get(word) ?? 0) < count,
  );
  expect(lost).toEqual([]);
  const own = [...before].filter(([word]) => OWN_WORDS.has(word.toLowerCase()));
  expect(own.length).toBeGreaterThan(50);
});

/** Ordinary words: of letters only, free-standing; the names in the logs are left out. */
const ORDINARY = /(?<![\w.@:/+='"<-])[A-Za-z]{3,}(?![\w.@/+='">-])/g;

test('Redactor covers less than 2 % of the ordinary words of logs', () => {
  const text = readFileSync(new URL('../fixtures/redact/logs.txt', import.meta.url), 'utf8');
  const redactor = new Redactor();
  for (const line of text.split('\n')) redactor.lineEnds(line);
  let words = 0;
  const covered: string[] = [];
  for (const line of text.split('\n')) {
    const edits = redactor.edits(line);
    for (const { 0: word, index } of line.matchAll(ORDINARY)) {
      words++;
      if (edits.some(({ from, to }) => from < index + word.length && to > index)) covered.push(word);
    }
  }
  console.log(`${words} ordinary words, ${covered.length} covered: ${covered.join(' ')}`);
  expect(words).toBeGreaterThan(700);
  expect(covered.length / words).toBeLessThan(0.02);
});

describe('a name that is a common word', () => {
  const redaction = () => {
    const made = new ScreenRedaction();
    made.learn([
      { kind: 'pod', value: 'throttled' },
      { kind: 'host', value: 'web' },
      { kind: 'guest', value: 'default' },
    ]);
    made.set(true);
    return made;
  };

  test.each([
    ['throttled', 'pod-1'],
    ['default', 'vm-1'],
    ['default/throttled', 'vm-1/pod-1'],
    ['Started container in pod throttled', 'Started container in pod pod-1'],
    ['pods "throttled" not found', 'pods "pod-1" not found'],
    ['no route to host web', 'no route to host host-1'],
    ['ssh web uptime', 'ssh host-1 uptime'],
    ['virsh start default', 'virsh start vm-1'],
    ['throttled: CrashLoopBackOff', 'pod-1: CrashLoopBackOff'],
    ['web, throttled', 'host-1, pod-1'],
  ])('is redacted where it stands as the object: %s', (text, expected) => {
    redaction();
    expect(plain(text)).toBe(expected);
  });

  test.each([
    '35% throttled by CPU quota, limit 200% of a CPU per vCPU',
    'throttled in 40% of periods, CPU 98%, quota 98%',
    '1 pod throttled, 2 not ready',
    'throttled, 94% of 100 MB in use',
    'open Kernel log (K), default filter',
    'set to default, each of 2 nodes reclaims locally',
  ])('stays in a sentence: %s', (sentence) => {
    redaction();
    expect(label(sentence)).toBe(sentence);
    expect(shownStatement({ subject: 'throttled', sentence })).toContain(sentence);
  });

  test('is redacted as the object of a finding, and stays as a fixed object', () => {
    redaction();
    const sentence = '40% of periods, quota 98%';
    expect(shownStatement({ subject: 'throttled', sentence })).toBe(`pod-1: ${sentence}`);
    expect(shownStatement({ subject: 'throttled', subjectVocabulary: 'fixed', sentence })).toBe(
      `throttled: ${sentence}`,
    );
  });
});
