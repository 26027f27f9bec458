import { toCount } from '../../lib/lines.ts';
import type { ReportCommands } from './commands.ts';
import type { ReportFiles } from './files.ts';
import { initStarted } from './processes.ts';

/** Clocks of a report. */
export interface ReportTimes {
  /** Time of the report, epoch ms; undefined without `date`, hours off where its zone is not known. */
  readonly takenMs: number | undefined;
  /** Seconds since boot at the time of the report. */
  readonly uptimeSeconds: number | undefined;
  /** Host's time zone, ms ahead of UTC; undefined without `date` and `date --utc`. */
  readonly zoneMs: number | undefined;
  /** Seconds since boot of a time from `ps`, in the host's time zone. */
  readonly sinceBoot: (printed: string) => number | undefined;
}

const QUARTER_MS = 15 * 60_000;

/** Error of `uptime`, which prints whole minutes, with `date` a moment before or after it. */
const UPTIME_OFF_MS = 2 * 60_000;

/**
 * Clocks of a report from `date` in the host's zone, `date --utc`, and the boot time: btime of /proc/stat, else the uptime. Where
 * only `uptime` has that, to the minute, pid 1 gives the second.
 */
export async function reportTimes(files: ReportFiles, commands: ReportCommands): Promise<ReportTimes> {
  const date = await commands.output('date');
  const localMs = printedMs(date);
  // sos collects `date --utc` since 4.0.
  const utcMs =
    printedMs(await commands.output('date --utc')) ?? (/\b(?:UTC|GMT)\b/.test(date ?? '') ? localMs : undefined);
  // Time zones are whole quarters of an hour from UTC.
  const zoneMs = utcMs === undefined || localMs === undefined ? undefined : Math.round((localMs - utcMs) / QUARTER_MS) * QUARTER_MS; // prettier-ignore
  const btime = toCount(/^btime (\d+)$/m.exec((await files.text('/proc/stat')) ?? '')?.[1]);
  const seconds = toCount(/^\s*(\d+)/.exec((await files.text('/proc/uptime')) ?? '')?.[1]);
  const minutes = upMinutes((await commands.output('uptime')) ?? '');
  // In the host's zone, as in ps.
  const nowMs = utcMs === undefined || zoneMs === undefined ? localMs : utcMs + zoneMs;
  const initMs = printedMs(await initStarted(commands));
  const bootMs = ((): number | undefined => {
    if (btime !== undefined && zoneMs !== undefined) return btime * 1000 + zoneMs;
    if (nowMs === undefined) return undefined;
    if (seconds !== undefined) return nowMs - seconds * 1000;
    return minutes === undefined ? undefined : near(initMs, nowMs - minutes * 60_000);
  })();
  return {
    // In an unknown zone: within hours, where the folder has the time of its unpacking.
    takenMs: utcMs ?? localMs,
    zoneMs,
    uptimeSeconds:
      seconds ??
      secondsBetween(btime === undefined ? undefined : btime * 1000, utcMs) ??
      secondsBetween(bootMs, nowMs) ??
      (minutes === undefined ? undefined : minutes * 60),
    sinceBoot: (printed) => {
      const since = secondsBetween(bootMs, printedMs(printed));
      return since === undefined ? undefined : Math.max(0, since);
    },
  };
}

const secondsBetween = (fromMs: number | undefined, toMs: number | undefined): number | undefined =>
  fromMs === undefined || toMs === undefined ? undefined : (toMs - fromMs) / 1000;

/** Exact time if it is near the other: in a container pid 1 may be younger than the host. */
const near = (exactMs: number | undefined, aboutMs: number): number =>
  exactMs !== undefined && Math.abs(exactMs - aboutMs) <= UPTIME_OFF_MS ? exactMs : aboutMs;

/** `10:00:01 up 3 days,  2:05,  1 user,  load average: …`, `up 5 min`: uptime(1). */
function upMinutes(printed: string): number | undefined {
  const [found, days, hours, minutes, only] = /\bup +(?:(\d+) days?, +)?(?:(\d+):(\d\d)|(\d+) min)/.exec(printed) ?? [];
  return found === undefined ? undefined : Number(days ?? 0) * 1440 + Number(hours ?? 0) * 60 + Number(minutes ?? only);
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
