import { epochSeconds } from './iso-time.ts';

/** Priority of rsyslog before a time: `<6>2024-04-17T00:26:33.540821+05:30 host kernel: …`. */
const STAMP = /^(?:<\d{1,3}>)?(\d{4}-\d\d-\d\d)[T ](\d{1,2}):(\d\d):(\d{1,2})([.,]\d{1,9})?(Z|[+-]\d\d:?\d\d)?\b/;

/**
 * Seconds since 1970 at the head of a log line: `2022-02-10T13:02:02.789Z|00042|…` (OVS), `2021-02-12 05:03:23.672 7ff3…` (Ceph).
 * A time without a zone is taken as UTC. Undefined where the line has none, or none with a year (`Jun  8 10:48:13`).
 */
export function logEpochSeconds(line: string): number | undefined {
  const [, date, hour = '', minute, second = '', fraction = '', zone = 'Z'] = STAMP.exec(line) ?? [];
  if (date === undefined) return undefined;
  const two = (text: string) => text.padStart(2, '0');
  return epochSeconds(`${date}T${two(hour)}:${minute}:${two(second)}${fraction.replace(',', '.')}${zone}`);
}
