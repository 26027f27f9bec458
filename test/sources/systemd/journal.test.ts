import { expect, test } from 'vitest';
import type { Read } from '../../../src/host/host.ts';
import { followJournal, journalEntries, SELECTIONS, type Selection } from '../../../src/sources/systemd/journal.ts';
import { readPolicy } from '../../../src/subsystems/index.ts';

const CURSOR = 's=5c1a;i=2f;b=4f0c;m=1a;t=6449d;x=7b1f';
const entry = (cursor: string, text: string) => JSON.stringify({ __CURSOR: cursor, __REALTIME_TIMESTAMP: '1764485126000000', PRIORITY: '3', SYSLOG_IDENTIFIER: 'sshd', _PID: '812', MESSAGE: text }); // prettier-ignore
const argvOf = (reads: Readonly<Record<string, Read>>): readonly string[] =>
  Object.values(reads).flatMap((read) => (read.kind === 'run' ? read.argv : []));

test('journalEntries parses entries, a cut line as none', () => {
  const target = journalEntries.example;
  expect(journalEntries.parse({ log: `${entry(CURSOR, 'error: bind')}\n{"cut` }, target).entries?.map(({ level, by, text }) => [level, by, text])).toEqual([['err', 'sshd[812]', 'error: bind']]); // prettier-ignore
  expect(journalEntries.parse({ log: undefined }, target)).toEqual({ entries: undefined });
});

const scopes = [{ unit: 'ssh.service' }, { pid: 812 }];
const selections = Object.keys(SELECTIONS) as Selection[];
const pairs = scopes.flatMap((scope) => selections.map((selection) => ({ scope, selection })));

test.each(pairs)('journalEntries reads $scope, $selection, in a bounded command on the read-only list', (target) => {
  const { log } = journalEntries.reads({ ...target, after: undefined });
  expect(log.argv).toContain('--lines=300');
  // Of a process the previous boot has another of its PID.
  const isRefused = 'pid' in target.scope && target.selection === 'previous boot';
  expect(readPolicy.refusal(log) !== undefined).toBe(isRefused);
});

test.each(['-x.service', 'a.service --boot', '../x'])('journalEntries is refused for the unit %j', (unit) => {
  expect(readPolicy.refusal(journalEntries.reads({ scope: { unit }, selection: 'last', after: undefined }).log)).toBeDefined(); // prettier-ignore
});

test('followJournal reads what came after the last entry, and keeps what it read', () => {
  const followed = followJournal({ unit: 'ssh.service' });
  expect(argvOf(followed.reads)).not.toContain(`--after-cursor=${CURSOR}`);
  followed.parse({ log: entry(CURSOR, 'first') });
  expect(argvOf(followed.reads)).toContain(`--after-cursor=${CURSOR}`);
  expect(Object.values(followed.reads).map((read) => readPolicy.refusal(read))).toEqual([undefined]);
  expect(followed.parse({ log: `${entry(CURSOR, 'first')}\n${entry('s=5c1a;i=30', 'second')}` })).toMatchObject({ entries: [{ text: 'first' }, { text: 'second' }] }); // prettier-ignore
  expect(followed.parse({ log: undefined })).toMatchObject({ entries: [{ text: 'first' }, { text: 'second' }] });
});

test('followJournal keeps the newest 1000 entries and takes no hostile cursor', () => {
  const followed = followJournal({ pid: 812 });
  const many = Array.from({ length: 1200 }, (_, i) => entry(`s=5c1a;i=${i.toString(16)}`, `n ${i}`));
  expect((followed.parse({ log: many.join('\n') }) as { readonly entries: readonly unknown[] }).entries).toHaveLength(1000); // prettier-ignore
  followed.parse({ log: entry('s=1 --vacuum-size=1', 'x') });
  expect(argvOf(followed.reads)).toContain('--after-cursor=s=5c1a;i=4af');
});
