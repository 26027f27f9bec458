import { RecordLog, recordsOfDmesg } from '../protocols/kernel/record-log.ts';
import type { Report } from './report.ts';
import type { ReportTimes } from './times.ts';

const DAY_SECONDS = 86_400;

/** Kernel log by dmesg(1), else by the file that a boot or rsyslog wrote: `Feb 10 16:19:17 host kernel: [ 4301.999258] text`. */
export async function kernelLogReply({ files, commands, times }: Report): Promise<string | undefined> {
  const log =
    (await commands.output('dmesg')) ?? (await files.text('/var/log/dmesg')) ?? (await files.text('/var/log/kern.log'));
  if (log === undefined) return undefined;
  const stamped = log
    .replaceAll(/^([A-Z][a-z]{2} +\d{1,2} [\d:]{8}) \S+ kernel: (?!\[ *\d)/gm, (_, when: string) =>
      stampOf(when, times),
    )
    .replaceAll(/^.*? kernel: (?=\[)/gm, '');
  return new RecordLog().add(recordsOfDmesg(stamped)).text();
}

/** Stamp of a line without the kernel's, by the time that rsyslog gave it; none of a line from before the boot. */
function stampOf(when: string, { sinceBoot, takenMs, uptimeSeconds }: ReportTimes): string {
  const year = takenMs === undefined ? undefined : new Date(takenMs).getUTCFullYear();
  const at = year === undefined ? undefined : sinceBoot(`${when} ${year}`);
  // A time of last year is after the report in this one; 0 is before the boot.
  if (at === undefined || at === 0 || at > (uptimeSeconds ?? Infinity) + DAY_SECONDS) return '';
  return `[${at.toFixed(6)}] `;
}
