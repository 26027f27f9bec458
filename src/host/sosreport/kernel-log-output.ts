import { RecordLog, recordsOfDmesg } from '../protocols/kernel/record-log.ts';
import type { Report } from './report.ts';

/** Kernel log by dmesg(1), else by the file that a boot or rsyslog wrote: `Feb 10 16:19:17 host kernel: [ 4301.999258] text`. */
export async function kernelLogReply({ files, commands }: Report): Promise<string | undefined> {
  const log =
    (await commands.output('dmesg')) ?? (await files.text('/var/log/dmesg')) ?? (await files.text('/var/log/kern.log'));
  if (log === undefined) return undefined;
  return new RecordLog().add(recordsOfDmesg(log.replaceAll(/^.*? kernel: (?=\[)/gm, ''))).text();
}
