import { isSarText, parseSar, type SarReport } from '../../sources/machine/sar-text.ts';
import type { ReportFiles } from './files.ts';
import type { ReportTimes } from './times.ts';

/** Folders with figures of sar: what sos ran, and the files of the host (Red Hat, Debian). */
const FOLDERS = ['/sos_commands/sar', '/var/log/sa', '/var/log/sysstat'];
/** Number of days, newest first: a day of a large host is some MB of text. */
const DAYS = 3;
/** Length of the beginning that holds the date and a first reading. */
const BEGINNING = 4000;

/** Figures of sar in a report; undefined without any file of it. Only texts are read, as sos stores them. */
export async function reportSar(files: ReportFiles, times: ReportTimes): Promise<SarReport | undefined> {
  /** Texts by day: the same day in two folders is one. */
  const texts = new Map<string, string>();
  const binary: string[] = [];
  const unread: string[] = [];
  for (const folder of FOLDERS)
    for (const name of [...(await files.names(folder))].toSorted()) {
      const day = /^sar?(\d+)$/.exec(name)?.[1] ?? (name.startsWith('sar_') ? name : undefined);
      if (day === undefined) continue;
      const text = await files.text(`${folder}/${name}`);
      if (text === undefined) unread.push(`${folder}/${name}`);
      else if (isSarText(text)) texts.set(day, text);
      else binary.push(`${folder}/${name}`);
    }
  if (texts.size + binary.length + unread.length === 0) return undefined;
  const newest = [...texts.values()].toSorted((a, b) => firstMs(b) - firstMs(a)).slice(0, DAYS);
  let parsed: SarReport | undefined;
  /** Parsed on first use: a large day takes a third of a second, and most readers of a report never ask. */
  const report = (): SarReport => (parsed ??= reportOf(newest, times, binary, unread));
  return {
    get series() {
      return report().series;
    },
    get sinceMs() {
      return report().sinceMs;
    },
    get untilMs() {
      return report().untilMs;
    },
    get problems() {
      return report().problems;
    },
  };
}

function reportOf(
  texts: readonly string[],
  { zoneMs }: ReportTimes,
  binary: readonly string[],
  unread: readonly string[],
): SarReport {
  const series = parseSar(texts, zoneMs ?? 0);
  const isEmpty = series.length === 0;
  return {
    series,
    sinceMs: series.reduce((least, { at }) => Math.min(least, at[0] ?? Infinity), Infinity),
    untilMs: series.reduce((most, { at }) => Math.max(most, at.at(-1) ?? -Infinity), -Infinity),
    problems: [
      ...(isEmpty && binary[0] !== undefined
        ? [`${binary[0]} is binary, not readable here: sar -A -f FILE prints it as text`]
        : []),
      ...(isEmpty ? unread.map((path) => `${path}: not readable, larger than 8 MiB`) : []),
      ...(!isEmpty && zoneMs === undefined ? ['time zone of the host unknown, times of sar taken as UTC'] : []),
    ],
  };
}

const firstMs = (text: string): number => parseSar([text.slice(0, BEGINNING)], 0)[0]?.at[0] ?? 0;
