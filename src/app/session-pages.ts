import type { Session, SourceStatus } from '../collect/session.ts';
import type { AuditEntry } from '../host/audit.ts';
import { bytes, duration, kib, ms, span } from '../lib/units.ts';
import type { LinesSection, TableSection } from '../panes/pane.ts';
import { ownWords, stateOfMissing, stateWords } from '../timeline/reading-state.ts';
import { wrap } from './box.ts';
import { textSection } from './text-section.ts';
import { clock } from './header.ts';

/** Audit log: commands run on the host, newest first. */
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
      about: 'Start time, UTC.',
      width: 8,
      value: ({ wallMs }) => wallMs,
      text: ({ wallMs }) => clock(wallMs),
      rank: 0,
    },
    {
      id: 'as',
      title: 'AS',
      about: 'User: login user or root.',
      vocabulary: 'fixed',
      width: 4,
      value: ({ as }) => as,
      role: ({ as }) => (as === 'root' ? 'warn' : 'text'),
      rank: 1,
    },
    {
      id: 'exit',
      title: 'EXIT',
      about: 'Exit code.',
      width: 4,
      align: 'right',
      value: ({ exit }) => exit,
      rank: 2,
    },
    {
      id: 'took',
      title: 'DURATION',
      about: 'Run time.',
      width: 8,
      align: 'right',
      value: ({ tookMs }) => tookMs,
      text: ({ tookMs }) => ms(tookMs),
      rank: 2,
    },
    {
      id: 'command',
      title: 'COMMAND',
      about: 'Command line as run.',
      width: 24,
      grow: true,
      value: ({ command }) => command,
      rank: 0,
    },
    {
      id: 'why',
      title: 'PURPOSE',
      about: 'Purpose of the command.',
      width: 20,
      value: ({ why }) => why,
      role: () => 'dim',
      rank: 3,
    },
  ],
  rows: session.audit(),
  key: ({ wallMs, command }) => `${wallMs} ${command}`,
  sort: { column: 'time', descending: true },
  empty: ownWords('none'),
});

/** Cost and state of each source. */
export const sourcesTable = (session: Session, nowMs: number): TableSection<SourceStatus> => ({
  kind: 'table',
  id: 'sources',
  title: 'Sources',
  note: session.status().stretched ? 'periods stretched to stay within the CPU budget' : '',
  sources: [],
  columns: [
    { id: 'id', title: 'SOURCE', about: 'Source of readings.', width: 18, value: ({ id }) => id, rank: 0 },
    {
      id: 'period',
      title: 'PERIOD',
      about: 'Present period of reading.',
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
      title: 'LATENCY',
      about: 'Latency of the last reading.',
      width: 8,
      align: 'right',
      value: ({ tookMs }) => tookMs,
      text: ({ tookMs }) => ms(tookMs),
      rank: 0,
    },
    {
      id: 'bytes',
      title: 'BYTES',
      about: 'Bytes received from the host so far; unknown in a replay.',
      width: 7,
      align: 'right',
      value: ({ bytes }) => bytes,
      text: (source) => bytes(source.bytes),
      rank: 1,
    },
    {
      id: 'reads',
      title: 'READS',
      about: 'Readings so far.',
      width: 5,
      align: 'right',
      value: ({ reads }) => reads,
      rank: 2,
    },
    {
      id: 'state',
      title: 'STATE',
      about: 'Missing reads with the reason, or time without a reply.',
      vocabulary: 'fixed',
      width: 20,
      grow: true,
      value: (source) => stateOf(source, nowMs),
      role: (source) => roleOf(stateOf(source, nowMs)),
      rank: 0,
    },
  ],
  rows: session.status().sources,
  key: ({ id }) => id,
  sort: { column: 'took', descending: true },
  first: ({ waitingSinceMs }) => waitingSinceMs !== undefined && nowMs - waitingSinceMs > 5000,
  empty: ownWords('none'),
});

const roleOf = (state: string) => (state === 'ok' ? 'good' : state.startsWith('not present') ? 'dim' : 'warn');

function stateOf({ waitingSinceMs, reads, missing }: SourceStatus, nowMs: number): string {
  if (waitingSinceMs !== undefined && nowMs - waitingSinceMs > 2000)
    return `unresponsive for ${span((nowMs - waitingSinceMs) / 1000)}`;
  const states = Object.entries(missing).map(([name, gap]) => [name, stateOfMissing(gap)] as const);
  const unread = states.filter(([, { state }]) => state !== 'not present');
  if (unread.length > 0) return unread.map(([name, state]) => `${name} ${stateWords(state)}`).join('; ');
  if (reads === 0) return 'not read yet';
  return states.length > 0 ? `not present: ${states.map(([name]) => name).join(', ')}` : 'ok';
}

/** History of readings in memory: time span, memory use, evictions. */
export function historyLines(session: Session, nowMs: number): LinesSection {
  const { sinceMs, usedKiB, limitKiB, defaultLimitKiB, programKiB, programLimitKiB, evicted } =
    session.timeline.retention();
  const since = sinceMs === undefined ? 'none yet' : `since ${clock(sinceMs)}, ${duration((nowMs - sinceMs) / 1000)}`;
  const reduced = limitKiB < defaultLimitKiB ? ` (reduced from ${kib(defaultLimitKiB)}: memory low)` : '';
  const sentences = [
    `${since}: full rate for 15 min, 1 in 10 s for 2 h, then 1 in 60 s`,
    `large readings: ${kib(usedKiB)} of ${kib(limitKiB)}${reduced}`,
    `program: ${programKiB === undefined ? 'not measured yet' : `${kib(programKiB)} resident`}; large readings are evicted near ${kib(programLimitKiB)}`,
    `evicted: ${evicted.size === 0 ? 'none' : [...evicted].map(([id, count]) => `${count} of ${id}`).join(', ')}`,
  ];
  return textSection({ id: 'kept', title: 'History' }, (columns) =>
    sentences.flatMap((line) => wrap(line, columns)).map((text) => ({ text })),
  );
}
