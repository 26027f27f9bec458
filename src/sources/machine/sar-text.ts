import { epochSeconds } from '../../lib/iso-time.ts';
import { lines, words } from '../../lib/lines.ts';

/** One figure of sar over time. */
export interface SarSeries {
  /** Activity in words: CPU, Disks, Memory. */
  readonly activity: string;
  /** Column of sar: `%iowait`, `await`. */
  readonly column: string;
  /** Device, interface, CPU as printed; undefined for figures of the host. */
  readonly object: string | undefined;
  /** Kind of the object by the head of its column: DEV, IFACE, CPU. */
  readonly head: string | undefined;
  /** ms since 1970, ascending. */
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/** Figures that sar collected before a report was made. */
export interface SarReport {
  readonly series: readonly SarSeries[];
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Sentences about files that could not be read. */
  readonly problems: readonly string[];
}

interface Collected extends Pick<SarSeries, 'activity' | 'column' | 'object' | 'head'> {
  readonly points: Map<number, number>;
}

/** First and last column heads that name an object. */
const OBJECTS: ReadonlySet<string> = new Set(['CPU', 'INTR', 'DEV', 'IFACE', 'FILESYSTEM', 'MOUNTPOINT']);
/** Heads of tables that are left out: sensors and USB have text columns, terminals and softnet per CPU say little. */
const LEFT_OUT: ReadonlySet<string> = new Set(['BUS', 'FAN', 'TEMP', 'IN', 'BAT', 'TTY']);

/** Activities by a column that only they have. */
const ACTIVITIES: readonly (readonly [column: string, activity: string])[] = [
  ['total/s', 'Softnet'],
  ['MHz', 'CPU frequency'],
  ['CPU', 'CPU'],
  ['INTR', 'Interrupts'],
  ['DEV', 'Disks'],
  ['IFACE', 'Network'],
  ['FILESYSTEM', 'File systems'],
  ['MOUNTPOINT', 'File systems'],
  ['kbmemfree', 'Memory'],
  ['kbswpfree', 'Swap'],
  ['kbhugfree', 'Huge pages'],
  ['pswpin/s', 'Swapping'],
  ['pgpgin/s', 'Paging'],
  ['runq-sz', 'Run queue'],
  ['proc/s', 'Tasks'],
  ['tps', 'I/O'],
  ['dentunusd', 'Inodes'],
  ['totsck', 'Sockets'],
  ['active/s', 'TCP'],
  ['%scpu-10', 'PSI CPU'],
  ['%sio-10', 'PSI I/O'],
  ['%smem-10', 'PSI memory'],
];

/** Whether a text is one of sar, as `sar -A` prints it and sos stores it. */
export const isSarText = (text: string): boolean => /^\s*Linux \S+ \(/.test(text.slice(0, 200)) && !text.includes('\0');

/**
 * Figures of the texts of `sar -A`. sar(1):
 *
 *     Linux 6.1.0-18-amd64 (web1) \t11/30/26 \t_x86_64_\t(2 CPU)
 *
 *     00:50:16        CPU      %usr     %nice      %sys
 *     00:50:17        all      1.02      0.00      1.52
 *     Average:        all      1.20      0.00      1.31
 *
 * Times are in the host's zone (`zoneMs` ahead of UTC), with AM and PM in some locales. Averages and restarts are not
 * figures.
 */
export function parseSar(texts: readonly string[], zoneMs: number): readonly SarSeries[] {
  const all = new Map<string, Collected>();
  for (const text of texts) collect(text, zoneMs, all);
  return [...all.values()].map(({ points, ...series }) => {
    const at = [...points.keys()].toSorted((a, b) => a - b);
    return { ...series, at, values: at.map((wallMs) => points.get(wallMs) ?? Number.NaN) };
  });
}

const HEAD = /^\s*Linux \S+ \(.*\)\s+(\d[\d./-]+)\s/;
const TIME = /^(\d{1,2}):(\d{2}):(\d{2})(?: (AM|PM))?\s+(\S.*)$/;
const HALF_DAY_S = 43_200;
const DAY_S = 86_400;

function collect(text: string, zoneMs: number, all: Map<string, Collected>): void {
  let dayMs: number | undefined;
  let heads: readonly string[] = [];
  let table = '';
  let days = 0;
  let lastSeconds = 0;
  for (const line of lines(text)) {
    const date = HEAD.exec(line)?.[1];
    if (date !== undefined) {
      dayMs = dayOf(date);
      continue;
    }
    const [, hours, minutes, seconds, half, rest = ''] = TIME.exec(line) ?? [];
    if (hours === undefined || dayMs === undefined || rest.startsWith('LINUX RESTART')) continue;
    const cells = words(rest);
    const at = secondsOf(Number(hours), Number(minutes), Number(seconds), half);
    if (cells.every((cell) => !isFigure(cell))) {
      heads = cells;
      // Heads are repeated, per page or per sample; another table begins at the start of the day again.
      const next = heads.join(' ');
      if (next !== table) [table, days, lastSeconds] = [next, 0, at];
      continue;
    }
    if (at < lastSeconds - HALF_DAY_S) days++;
    lastSeconds = at;
    takeRow(heads, cells, dayMs + (days * DAY_S + at) * 1000 - zoneMs, all);
  }
}

function takeRow(
  heads: readonly string[],
  cells: readonly string[],
  wallMs: number,
  all: Map<string, Collected>,
): void {
  const [first = ''] = heads;
  const last = heads.at(-1) ?? '';
  if (heads.length === 0 || LEFT_OUT.has(first) || last === 'DEVICE') return;
  const isFirst = OBJECTS.has(first);
  const isLast = !isFirst && OBJECTS.has(last);
  if (cells.length !== heads.length && !(isLast && cells.length > heads.length)) return;
  // A mount point may have blanks: it is all that follows the figures.
  const object = isFirst ? cells[0] : isLast ? cells.slice(heads.length - 1).join(' ') : undefined;
  const head = isFirst ? first : isLast ? last : undefined;
  const activity = ACTIVITIES.find(([column]) => heads.includes(column))?.[1] ?? 'sar';
  for (const [index, column] of heads.entries()) {
    if (column === head) continue;
    // Interrupts by CPU are the same figures once more.
    if (first === 'INTR' && column !== 'all' && column !== 'intr/s') continue;
    const cell = cells[index] ?? '';
    if (!isFigure(cell)) continue;
    const key = [activity, column, object].join('\n');
    const series = all.get(key) ?? { activity, column, object, head, points: new Map<number, number>() };
    series.points.set(wallMs, Number(cell));
    all.set(key, series);
  }
}

const isFigure = (cell: string): boolean => /^-?\d{1,18}(?:\.\d{1,6})?$/.test(cell);

const secondsOf = (hours: number, minutes: number, seconds: number, half: string | undefined): number =>
  ((half === undefined ? hours : (hours % 12) + (half === 'PM' ? 12 : 0)) * 60 + minutes) * 60 + seconds;

/** `2026-11-30`, `11/30/26`, `11/30/2026`, `30.11.2026`, as ms of a day in UTC; undefined for another form. */
function dayOf(date: string): number | undefined {
  const parts = date.split(/[./-]/).map(Number);
  const [a = 0, b = 0, c = 0] = parts;
  if (parts.length !== 3 || !parts.every(Number.isInteger)) return undefined;
  const isDayFirst = date.includes('.') || a > 12;
  const [year, month, day] = date.includes('-') ? [a, b, c] : isDayFirst ? [c, b, a] : [c, a, b];
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = epochSeconds(`${year < 100 ? 2000 + year : year}-${two(month)}-${two(day)}T00:00:00Z`);
  return seconds === undefined ? undefined : seconds * 1000;
}
