import { toCount, words } from '../../lib/lines.ts';
import type { ProcessTable, ProcessTexts } from '../host.ts';
import type { ReportCommands } from './commands.ts';
import { psRows, type PsRow } from './ps-table.ts';
import type { ReportTimes } from './times.ts';

/** USER_HZ, page size, PF_KTHREAD: units of /proc/PID/stat. */
const TICKS_PER_SECOND = 100;
const PAGE_KIB = 4;
const KERNEL_THREAD = 0x0020_0000;
const COMMAND_LENGTH = 15;
/** Fields 25 to 38 of /proc/PID/stat, which ps does not print. */
const NOT_PRINTED = '- '.repeat(14);

/**
 * Process table from `ps` in the form of /proc; fields that ps does not print are `-`, which means unknown. A report has three
 * outputs that complete each other (sos/report/plugins/process.py):
 *
 *     F S UID PID PPID PGID SID CLS PRI PSR ADDR SZ WCHAN STARTED TT TIME CMD        axo flags,state,uid,…,lstart,tty,time,cmd
 *     F UID PID PPID PRI NI VSZ RSS WCHAN STAT TTY TIME COMMAND                      alxwww
 *     PID PPID USER GROUP LWP NLWP START COMMAND CGROUP                              axo pid,…,comm,cgroup
 */
export async function reportProcesses(commands: ReportCommands, times: ReportTimes): Promise<ProcessTable | undefined> {
  const main = await mainRows(commands);
  const sizes = psRows((await commands.named('ps_alxwww')) ?? '');
  const groups = await groupRows(commands);
  const table = new Map<number, ProcessTexts>();
  // `alxwww` has no start, CPU and groups of a process, and all else.
  for (const [pid, row] of main.size > 0 ? main : sizes) {
    const {
      S: state = row['STAT'] ?? '-',
      PPID: ppid,
      PGID: pgid = '-',
      SID: sid = '-',
      UID: uid = '-',
      TIME: time,
    } = row;
    const { WCHAN: wchan = '-', PSR: cpu = '-', CMD: cmd = row['COMMAND'] ?? '' } = row;
    const cpuTicks = ticks(cpuSeconds(time));
    // A row without these is truncated, or of another table.
    if (state === '-' || ppid === undefined || cpuTicks === '-') continue;
    const { NI: ni = '-', RSS: rss } = sizes.get(pid) ?? {};
    const { NLWP: nlwp = '-', COMMAND: comm, CGROUP: cgroup = '-' } = groups.get(pid) ?? {};
    const isKernel = /^\[.*\]$/s.test(cmd) && (rss ?? row['SZ']) === '0' && !state.startsWith('Z');
    const command = comm ?? (isKernel ? cmd.slice(1, -1) : nameOf(cmd)).slice(0, COMMAND_LENGTH);
    const rssKiB = toCount(rss);
    const stat = [
      `${pid} (${command}) ${state} ${ppid} ${pgid} ${sid} - - ${isKernel ? KERNEL_THREAD : 0} - - - -`,
      `${cpuTicks} 0 - - - ${ni} ${nlwp} 0`,
      // Without the boot time only the start time is unknown.
      `${ticks(times.sinceBoot(row['STARTED'] ?? ''))} - ${rssKiB === undefined ? '-' : Math.round(rssKiB / PAGE_KIB)}`,
      `${NOT_PRINTED}${cpu}\n`,
    ].join(' ');
    table.set(pid, {
      pid,
      stat,
      // ps does not separate arguments: those of QEMU and most others contain no blanks.
      cmdline: isKernel ? '' : cmd.replaceAll(' ', '\0'),
      cgroup: cgroup === '-' ? '' : `${cgroup.replaceAll(/,(?=\d+:)/g, '\n')}\n`,
      status: `Uid:\t${uid}\n`,
      wchan: state.startsWith('D') && wchan !== '-' ? wchan : undefined,
    });
  }
  return table.size > 0 ? table : undefined;
}

const mainRows = (commands: ReportCommands) => rowsOf(commands, 'ps_axo_flags_state_uid_pid');
const groupRows = (commands: ReportCommands) => rowsOf(commands, 'ps_axo_pid_ppid_user_group');

const rowsOf = async (commands: ReportCommands, begin: string): Promise<ReadonlyMap<number, PsRow>> =>
  psRows([...(await commands.outputs(begin)).values()][0] ?? '');

/** Clock ticks as in /proc/PID/stat. */
const ticks = (seconds: number | undefined): string =>
  seconds === undefined ? '-' : String(Math.round(seconds * TICKS_PER_SECOND));

/** `[days-]hours:minutes:seconds`. */
function cpuSeconds(time: string | undefined): number | undefined {
  if (time === undefined || !/^(?:\d+-)?\d+(?::\d+){1,2}$/.test(time)) return undefined;
  const [clock = '', days = '0'] = time.split('-').toReversed();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}

const nameOf = (command: string): string => words(command)[0]?.split('/').at(-1) ?? '';

/** Start time of pid 1 from ps, in the host's time zone: within a second or two of boot. */
export const initStarted = async (commands: ReportCommands): Promise<string | undefined> =>
  (await mainRows(commands)).get(1)?.['STARTED'];

/** User names from ps in the form of /etc/passwd, which a report lacks. */
export async function reportUsers(commands: ReportCommands): Promise<string | undefined> {
  const uids = [psRows((await commands.named('ps_alxwww')) ?? ''), await mainRows(commands)];
  const found = new Map<string, string>();
  // `m` of later versions lists threads as well.
  const aux = (await commands.named('ps_auxwww')) ?? (await commands.named('ps_auxwwwm')) ?? '';
  for (const [pid, { USER: user = '' }] of [...psRows(aux), ...(await groupRows(commands))]) {
    const uid = uids.map((rows) => rows.get(pid)?.['UID']).find((known) => toCount(known) !== undefined);
    // A truncated name ends in a plus; a user without a name is a number.
    if (uid !== undefined && /^[a-z_][\w.-]*\$?$/i.test(user)) found.set(uid, `${user}:x:${uid}:::\n`);
  }
  return found.size > 0 ? [...found.values()].join('') : undefined;
}
