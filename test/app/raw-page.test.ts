import { expect, test } from 'vitest';
import { rawSections } from '../../src/app/raw-page.ts';
import type { Session } from '../../src/collect/session.ts';
import { rawText } from '../../src/collect/raw-text.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { makeTheme } from '../../src/theme.ts';

const theme = makeTheme({ colour: false, ascii: false });

const sectionOf = (text: string) => {
  const timeline = new Timeline();
  // Only these two members are used.
  const session = { timeline, raw: () => [{ read: { kind: 'file', path: '/proc/x' }, text }] } as unknown as Session;
  const [section] = rawSections(session, ['x'], 0);
  if (section?.kind !== 'lines') throw new Error('no lines');
  return section;
};

test('rawSections expands tabs and sanitises controls', () => {
  const section = sectionOf('Uid:\t0\t0\nlong name\tx\n\u001B[2Jgone\u202E\n');
  expect(section.draw(40, 10, theme)).toEqual(['Uid:    0       0', 'long name       x', '␛[2Jgone�']);
});

test('copyText is the raw text, sanitised', () => {
  const { copyText } = sectionOf('a\tb\n\u001B]52;c;eA==\u0007rm -rf\r\n');
  expect(copyText?.()).toBe('a\tb\n␛]52;c;eA==␇rm -rf␍');
});

test('rawText holds the groups of the cgroups, which are a map', () => {
  const value = { layout: 'v2', groups: new Map([['/docker/ab', { 'memory.events': 'oom_kill 3' }]]) };
  expect(rawText({ ok: true, at: 0, tookMs: 0, value })).toBe(
    '{"layout":"v2","groups":{"/docker/ab":{"memory.events":"oom_kill 3"}}}',
  );
});
