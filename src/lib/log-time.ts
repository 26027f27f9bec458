import { epochSeconds } from './iso-time.ts';

/** Priority of rsyslog before a time: `<6>2024-04-17T00:26:33.540821+05:30 host kernel: …`. */
const STAMP = /^(?:<\d{1,3}>)?(\d{4}-\d\d-\d\d)[T ](\d{1,2}):(\d\d):(\d{1,2})([.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)?\b/;
/** Time of ctime(3), of Apache and uWSGI: `[Mon May 19 23:01:07.432463 2014]`, `Tue Jun 13 18:33:04 2023 -`. */
const CTIME = /^\[?[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(\.\d{1,9})? (\d{4})\b/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Time of syslog(3), without year and zone: `Jun  8 10:48:13`. */
const SYSLOG = /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)\b/;
const YEAR_SECONDS = 365 * 86_400;
/** First line of a reading with `matching`, none of the log: `newest 1732953600.120 Nov 30 09:00:00 web cron[1]`. */
export const NEWEST_LINE = /^newest (\d{1,12}\.\d{3}) (.*)$/;

/**
 * Seconds since 1970 at the head of a log line: `2022-02-10T13:02:02.789Z|00042|…` (OVS), `2021-02-12 05:03:23.672 7ff3…` (Ceph).
 * A time without a zone is taken as UTC. Undefined where the line has none, or none with a year (`Jun  8 10:48:13`).
 */
export function logEpochSeconds(line: string): number | undefined {
  const [, date, hour = '', minute, second = '', fraction = '', zone = 'Z'] = STAMP.exec(line) ?? [];
  if (date === undefined) return ctimeSeconds(line);
  const two = (text: string) => text.padStart(2, '0');
  return epochSeconds(`${date}T${two(hour)}:${minute}:${two(second)}${fraction.replace(',', '.')}${zone}`);
}

/** Seconds of a time of ctime(3), taken as UTC. */
function ctimeSeconds(line: string): number | undefined {
  const [, month = '', day, hour, minute, second, fraction = '', year] = CTIME.exec(line) ?? [];
  const number = MONTHS.indexOf(month) + 1;
  if (number === 0) return undefined;
  const two = (of: number | string | undefined) => String(of).padStart(2, '0');
  return epochSeconds(`${year}-${two(number)}-${two(day)}T${hour}:${minute}:${second}${fraction}Z`);
}

/** Seconds of a time without a year, in 2023 and UTC. */
function yearlessSeconds(line: string): number | undefined {
  const [, month = '', day, hour, minute, second] = SYSLOG.exec(line) ?? [];
  const at = Date.UTC(2023, MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second)) / 1000;
  return MONTHS.includes(month) && Number.isFinite(at) ? at : undefined;
}

/**
 * Clock of a log by its last line and the time when that was written: times without a zone are in that of the host, those without a year
 * in the last one. `newest` is the first line of a reading, `NEWEST_LINE` in one with `matching`.
 */
export function logClock(newest: string | undefined): (line: string) => number | undefined {
  const [, written, head = ''] = NEWEST_LINE.exec(newest ?? '') ?? [];
  if (written === undefined) return logEpochSeconds;
  const last = Number(written);
  const shiftOf = (at: number | undefined, quarter: number) => at === undefined ? undefined : Math.round((last - at) / quarter) * quarter; // prettier-ignore
  // Zones differ by quarters of an hour.
  const zoneSeconds = /^\S+(?:Z|[+-]\d\d:?\d\d)\b/.test(head) ? 0 : (shiftOf(logEpochSeconds(head), 900) ?? 0);
  const yearShift = shiftOf(yearlessSeconds(head), 900);
  return (line) => {
    const at = logEpochSeconds(line);
    if (at !== undefined) return Math.abs(zoneSeconds) <= 14 * 3600 && !hasZone(line) ? at + zoneSeconds : at;
    const yearless = yearShift === undefined ? undefined : yearlessSeconds(line);
    if (yearless === undefined || yearShift === undefined) return undefined;
    const then = yearless + yearShift;
    return then > last + 86_400 ? then - YEAR_SECONDS : then;
  };
}

const hasZone = (line: string): boolean => STAMP.exec(line)?.[6] !== undefined;
