import { toCount } from '../../lib/lines.ts';
import type { ReportCommands } from './commands.ts';
import type { ReportFiles } from './files.ts';

/** The clocks of a report. */
export interface ReportTimes {
  /** When it was taken, ms since 1970; undefined where `date` was not run. */
  readonly takenMs: number | undefined;
  /** Seconds since boot when it was taken. */
  readonly uptimeSeconds: number | undefined;
  /** A time as `ps` printed it, in the host's own zone, in seconds since boot. */
  readonly sinceBoot: (printed: string) => number | undefined;
}

const QUARTER_MS = 15 * 60_000;

/** Out of `date`, which says what it is there, `date --utc`, which says what it is, and the second of boot in /proc/stat. */
export async function reportTimes(files: ReportFiles, commands: ReportCommands): Promise<ReportTimes> {
  const utcMs = printedMs(await commands.output('date --utc'));
  const localMs = printedMs(await commands.output('date'));
  const bootSeconds = toCount(/^btime (\d+)$/m.exec((await files.text('/proc/stat')) ?? '')?.[1]);
  const bootMs = bootSeconds === undefined ? undefined : bootSeconds * 1000;
  // All zones are whole quarters of an hour from UTC.
  const zoneMs = utcMs === undefined || localMs === undefined ? undefined : Math.round((localMs - utcMs) / QUARTER_MS) * QUARTER_MS; // prettier-ignore
  const told = toCount(/^\s*(\d+)/.exec((await files.text('/proc/uptime')) ?? '')?.[1]);
  return {
    takenMs: utcMs,
    uptimeSeconds: told ?? (utcMs === undefined || bootMs === undefined ? undefined : (utcMs - bootMs) / 1000),
    sinceBoot: (printed) => {
      const ms = printedMs(printed);
      if (ms === undefined || zoneMs === undefined || bootMs === undefined) return undefined;
      return Math.max(0, (ms - zoneMs - bootMs) / 1000);
    },
  };
}

/**
 * `Fri Nov 27 19:41:13 UTC 2026`, `Fri Nov 27 19:24:19 2026` (lstart), `Fri 27 Nov 2026 07:41:13 PM CET` (newer locales), as
 * if it were UTC.
 */
function printedMs(text: string | undefined): number | undefined {
  const line = text?.trim() ?? '';
  const [, hours, minutes, seconds] = /(\d{1,2}):(\d{2}):(\d{2})/.exec(line) ?? [];
  const [, month, day] =
    /\b([A-Z][a-z]{2}) +(\d{1,2})\b/.exec(line.replace(/(\d{1,2}) ([A-Z][a-z]{2})\b/, '$2 $1')) ?? [];
  const year = /\b(\d{4})\b/.exec(line)?.[1];
  const at = MONTHS.indexOf(month ?? '-');
  if (hours === undefined || day === undefined || year === undefined || at < 0) return undefined;
  const afternoon = /\bPM\b/.test(line) && Number(hours) < 12 ? 12 : /\bAM\b/.test(line) && hours === '12' ? -12 : 0;
  return Date.UTC(Number(year), at / 3, Number(day), Number(hours) + afternoon, Number(minutes), Number(seconds));
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
