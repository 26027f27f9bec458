import { afterEach, expect, test } from 'vitest';
import type { Found } from '../../src/findings/finding.ts';
import { label, setRedact } from '../../src/lib/plain.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';
import { keyProblems } from '../helpers/key-problems.ts';
import { faultFound, timelineOf } from '../helpers/found-on.ts';
import { faults } from './faults.ts';

afterEach(() => setRedact(undefined));

const named = faults.map((fault) => [fault.rule.id, fault.host, fault] as const);

const matcherOf = (sentence: string | RegExp): unknown =>
  typeof sentence === 'string' ? sentence : expect.stringMatching(sentence);

test.each(named)('%s finds its fault on %s', async (_, __, fault) => {
  const { severity, subject, sentence } = fault.finds;
  const found = (await faultFound(fault)).find((one) => one.subject === subject);
  expect(found).toMatchObject({
    severity,
    sentence: matcherOf(sentence),
  });
});

test.each(named)('%s keeps its keys in its fault on %s', async (id, __, { rule, host, moments, secondsApart }) => {
  const { timeline, nowMs } = await timelineOf(rule, host, moments, secondsApart);
  const judged = (): readonly Found[] => rule.judge(timeline.latestMoment(rule.needs, nowMs));
  expect(keyProblems(id, judged(), judged())).toEqual([]);
});

test('fixed objects of findings stay when pods have the names of their words', async () => {
  const found = (await Promise.all(faults.map(faultFound))).flat();
  const subjects = found.flatMap(({ subject, subjectVocabulary }) => (subjectVocabulary === 'fixed' ? [subject] : []));
  expect(subjects).toEqual(expect.arrayContaining(['open files', 'D state', 'kubelet', 'memory', 'libvirt']));
  const redaction = new ScreenRedaction();
  // Names of pods are in lower case and without underscores; those with a number in them (`node1`) are left out.
  const words = new Set(subjects.flatMap((subject) => subject.split(' ').filter((word) => /^[a-z-]+$/.test(word))));
  redaction.learn([...words].map((value) => ({ kind: 'pod', value }) as const));
  redaction.set(true);
  expect(subjects.map(label)).toEqual(subjects);
});
