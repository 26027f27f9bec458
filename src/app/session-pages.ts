import type { Session, SourceStatus } from '../collect/session.ts';
import type { AuditEntry } from '../host/audit.ts';
import { bytes, duration, kib, ms } from '../lib/units.ts';
import type { LinesSection, TableSection } from '../panes/pane.ts';
import { wrap } from './box.ts';
import { clock } from './header.ts';

/** Every command that ran on the host for us, newest first. */
export const auditTable = (session: Session): TableSection<AuditEntry> => ({
  kind: 'table',
  id: 'audit',
  title: 'Commands run on the host',
  note: 'also in the audit file',
  sources: [],
  columns: [
    {
      id: 'time',
      title: 'TIME',
      about: 'When it was started, UTC.',
      width: 8,
      value: ({ wallMs }) => wallMs,
      text: ({ wallMs }) => clock(wallMs),
      rank: 0,
    },
    {
      id: 'as',
      title: 'AS',
      about: 'With whose rights.',
      vocabulary: 'fixed',
      width: 4,
      value: ({ as }) => as,
      role: ({ as }) => (as === 'root' ? 'warn' : 'text'),
      rank: 1,
    },
    {
      id: 'exit',
      title: 'EXIT',
      about: 'Its exit code.',
      width: 4,
      align: 'right',
      value: ({ exit }) => exit,
      rank: 2,
    },
    {
      id: 'took',
      title: 'TOOK',
      about: 'How long it ran.',
      width: 6,
      align: 'right',
      value: ({ tookMs }) => tookMs,
      text: ({ tookMs }) => ms(tookMs),
      rank: 2,
    },
    {
      id: 'command',
      title: 'COMMAND',
      about: 'Exactly as it ran.',
      width: 24,
      grow: true,
      value: ({ command }) => command,
      rank: 0,
    },
    {
      id: 'why',
      title: 'WHY',
      about: 'What it was for.',
      width: 20,
      value: ({ why }) => why,
      role: () => 'dim',
      rank: 3,
    },
  ],
  rows: session.audit(),
  key: ({ wallMs, command }) => `${wallMs} ${command}`,
  sort: { column: 'time', descending: true },
  empty: 'no command has run on the host yet',
});

/** What each source costs and how it fares. */
export const sourcesTable = (session: Session, nowMs: number): TableSection<SourceStatus> => ({
  kind: 'table',
  id: 'sources',
  title: 'Sources',
  note: session.status().stretched ? 'read less often than asked, to stay within the budget' : '',
  sources: [],
  columns: [
    { id: 'id', title: 'SOURCE', about: 'What is read.', width: 18, value: ({ id }) => id, rank: 0 },
    {
      id: 'period',
      title: 'EVERY',
      about: 'How often it is read now.',
      vocabulary: 'fixed',
      width: 6,
      align: 'right',
      value: ({ periodSeconds }) => periodSeconds,
      text: ({ periodSeconds }) =>
        Number.isFinite(periodSeconds) && periodSeconds > 0 ? duration(periodSeconds) : 'once',
      role: ({ periodSeconds, everySeconds }) => (periodSeconds > everySeconds ? 'warn' : 'text'),
      rank: 0,
    },
    {
      id: 'took',
      title: 'TOOK',
      about: 'How long the host took for it last.',
      width: 7,
      align: 'right',
      value: ({ tookMs }) => tookMs,
      text: ({ tookMs }) => ms(tookMs),
      rank: 0,
    },
    {
      id: 'bytes',
      title: 'BYTES',
      about: 'What came from the host for it so far; unknown in a recording.',
      width: 7,
      align: 'right',
      value: ({ bytes }) => bytes,
      text: (source) => bytes(source.bytes),
      rank: 1,
    },
    {
      id: 'reads',
      title: 'READS',
      about: 'How often it was read so far.',
      width: 5,
      align: 'right',
      value: ({ reads }) => reads,
      rank: 2,
    },
    {
      id: 'state',
      title: 'STATE',
      about: 'What is missing and why, or since when it has not answered.',
      vocabulary: 'fixed',
      width: 20,
      grow: true,
      value: (source) => stateOf(source, nowMs),
      role: (source) => (stateOf(source, nowMs) === 'ok' ? 'good' : 'warn'),
      rank: 0,
    },
  ],
  rows: session.status().sources,
  key: ({ id }) => id,
  sort: { column: 'took', descending: true },
  first: ({ waitingSinceMs }) => waitingSinceMs !== undefined && nowMs - waitingSinceMs > 5000,
  empty: 'nothing is read from this host',
});

function stateOf({ waitingSinceMs, missing }: SourceStatus, nowMs: number): string {
  if (waitingSinceMs !== undefined && nowMs - waitingSinceMs > 2000)
    return `no answer for ${duration((nowMs - waitingSinceMs) / 1000)}`;
  const entries = Object.entries(missing).filter(([, { why }]) => why !== 'absent');
  if (entries.length > 0) return entries.map(([name, { why, detail }]) => `${name} ${why}: ${detail}`).join('; ');
  return 'ok';
}

/** How far back one can look, and what was given up on the way. */
export function keptLines(session: Session, nowMs: number): LinesSection {
  const { sinceMs, takenKiB, mostKiB, shareKiB, programKiB, programMostKiB, givenUp } = session.timeline.kept();
  const since =
    sinceMs === undefined ? 'nothing yet' : `since ${clock(sinceMs)}, ${duration((nowMs - sinceMs) / 1000)}`;
  const words = [
    `${since}: all of 15 min, one in 10 s for 2 h, then one in 60 s`,
    `large readings take ${kib(takenKiB)} of ${kib(mostKiB)}${mostKiB < shareKiB ? `, less than their ${kib(shareKiB)} for want of memory` : ''}`,
    `the program ${programKiB === undefined ? 'was not measured yet' : `takes ${kib(programKiB)}`}; near ${kib(programMostKiB)} large readings give way`,
    givenUp.size === 0
      ? 'none had to be given up for want of room'
      : `given up for want of room: ${[...givenUp].map(([id, count]) => `${count} of ${id}`).join(', ')}`,
  ];
  const lines = (columns: number) => words.flatMap((line) => wrap(line, columns));
  return {
    kind: 'lines',
    id: 'kept',
    title: 'Kept for looking back',
    sources: [],
    minColumns: Infinity,
    wantRows: (columns) => lines(columns).length,
    draw: (columns, rows) => lines(columns).slice(0, rows),
  };
}
