import type { ReportCommands } from './commands.ts';
import type { ReportFiles } from './files.ts';

const LOGS = ['/var/log/kern.log', '/var/log/messages', '/var/log/syslog'];

/**
 * Kernel log of a report: the output of dmesg, of all levels, else lines of the kernel in the log of rsyslog. `Jun  8 10:48:13 host kernel:
 * [1694413.621694] text` becomes `[1694413.621694] text`.
 */
export async function reportKernelLog(files: ReportFiles, commands: ReportCommands): Promise<string | undefined> {
  const dmesg = await commands.output('dmesg');
  if (dmesg !== undefined && dmesg.trim() !== '') return dmesg;
  for (const path of LOGS) {
    const text = await files.text(path);
    if (text === undefined) continue;
    const found = text.split('\n').flatMap((line) => /(?:^| kernel: ?)(\[ *\d+\.\d+\].*)$/.exec(line)?.[1] ?? (/ kernel: /.test(line) ? line : [])); // prettier-ignore
    if (found.length > 0) return found.join('\n');
  }
  return undefined;
}
