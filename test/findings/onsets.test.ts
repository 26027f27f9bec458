import { beforeAll, expect, test } from 'vitest';
import type { FindingExamples } from '../../src/commands/sheets.ts';
import { findings } from '../../src/subsystems/index.ts';
import { findingExamples } from '../helpers/finding-examples.ts';

let examples: FindingExamples;

beforeAll(async () => {
  examples = await findingExamples();
}, 120_000);

/** Clocks by which rules know starts, by what recorded hosts and faults show; the others report how long they saw it, `≥`. */
test('rules have the onset sources of the table', async () => {
  const lines = findings.map(({ id }) => {
    const sources = new Set((examples.get(id) ?? []).flatMap(({ onset }) => onset?.source ?? []));
    return `${id.padEnd(32)} ${sources.size === 0 ? 'observed' : [...sources].toSorted().join('; ')}`;
  });
  await expect(`${lines.toSorted().join('\n')}\n`).toMatchFileSnapshot('onsets.txt');
});

test('onset of a finding is a time in the past with its source', async () => {
  const wrong = [...examples.values()].flat().filter(({ onset }) => {
    if (onset === undefined) return false;
    return !(Number.isFinite(onset.secondsAgo) && onset.secondsAgo >= 0 && onset.source !== '');
  });
  expect(wrong).toEqual([]);
});
