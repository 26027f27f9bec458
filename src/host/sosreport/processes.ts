import { lines, toCount, words } from '../../lib/lines.ts';
import type { ProcessTable, ProcessTexts } from '../host.ts';
import type { ReportCommands } from './commands.ts';
import type { ReportTimes } from './times.ts';

/** USER_HZ, bytes of a page, PF_KTHREAD: as /proc/PID/stat counts. */
const TICKS_PER_SECOND = 100;
const PAGE_KIB = 4;
const KERNEL_THREAD = 0x0020_0000;
const COMMAND_LENGTH = 15;

/**
 * The process table out of what `ps` printed, in the form that /proc has it; what ps did not say is `-` there, and reads as
 * unknown. A report has three of them that complete each other (sos/report/plugins/process.py):
 *
 *     F S UID PID PPID PGID SID CLS PRI ADDR SZ WCHAN STARTED TT TIME CMD            axo flags,state,uid,…,lstart,tty,time,cmd
 *     F UID PID PPID PRI NI VSZ RSS WCHAN STAT TTY TIME COMMAND                      alxwww
 *     PID PPID USER GROUP LWP NLWP START COMMAND CGROUP                              axo pid,…,comm,cgroup
 */
export async function reportProcesses(commands: ReportCommands, times: ReportTimes): Promise<ProcessTable | undefined> {
  const [main] = (await commands.outputs('ps_axo_flags_state_uid_pid')).values();
  if (main === undefined) return undefined;
  const sizes = byPid((await commands.named('ps_alxwww')) ?? '', SIZES);
  const groups = byPid([...(await commands.outputs('ps_axo_pid_ppid_user_group')).values()][0] ?? '', GROUPS);
  const table = new Map<number, ProcessTexts>();
  for (const [pid, { state = '', uid = '', ppid, pgid, sid, wchan = '', started = '', time = '', cmd = '' }] of byPid(
    main,
    MAIN,
  )) {
    const startSeconds = times.sinceBoot(started);
    // Two processes with one pid are told apart by it: without it there is none.
    if (startSeconds === undefined) continue;
    const { ni = '-', rss } = sizes.get(pid) ?? {};
    const { nlwp = '-', comm, cgroup = '-' } = groups.get(pid) ?? {};
    const isKernel = /^\[.*\]$/s.test(cmd) && rss === '0' && state !== 'Z';
    const command = comm ?? (isKernel ? cmd.slice(1, -1) : nameOf(cmd)).slice(0, COMMAND_LENGTH);
    const rssKiB = toCount(rss);
    const stat = [
      `${pid} (${command}) ${state} ${ppid} ${pgid} ${sid} - - ${isKernel ? KERNEL_THREAD : 0} - - - -`,
      `${cpuSeconds(time) * TICKS_PER_SECOND} 0 - - - ${ni} ${nlwp} 0`,
      `${Math.round(startSeconds * TICKS_PER_SECOND)} - ${rssKiB === undefined ? '-' : Math.round(rssKiB / PAGE_KIB)}\n`,
    ].join(' ');
    table.set(pid, {
      pid,
      stat,
      // Where one argument ends ps does not say: QEMU's and most others' have no blanks in them.
      cmdline: isKernel ? '' : cmd.replaceAll(' ', '\0'),
      cgroup: cgroup === '-' ? '' : `${cgroup.replaceAll(/,(?=\d+:)/g, '\n')}\n`,
      status: `Uid:\t${uid}\n`,
      wchan: state === 'D' && wchan !== '-' ? wchan : undefined,
    });
  }
  return table.size > 0 ? table : undefined;
}

const MAIN =
  /^\s*\S+ (?<state>\S)\S* +(?<uid>\d+) +(?<pid>\d+) +(?<ppid>\d+) +(?<pgid>\d+) +(?<sid>\d+) +\S+ +\S+ +\S+ +\S+ +(?<wchan>\S+) +(?<started>\w{3} \w{3} +\d+ [\d:]{8} \d{4}) +\S+ +(?<time>[\d:-]+) (?<cmd>.*)$/s;
const SIZES = /^\s*\S+ +\d+ +(?<pid>\d+) +\d+ +\S+ +(?<ni>\S+) +\d+ +(?<rss>\d+) /;
const GROUPS = /^\s*(?<pid>\d+) +\d+ +\S+ +\S+ +\d+ +(?<nlwp>\d+) +\S+ (?<comm>.*?) +(?<cgroup>\S+)$/s;

function byPid(text: string, row: RegExp): ReadonlyMap<number, Readonly<Record<string, string>>> {
  const rows = new Map<number, Readonly<Record<string, string>>>();
  for (const line of lines(text)) {
    const columns = row.exec(line)?.groups;
    if (columns) rows.set(Number(columns['pid']), columns);
  }
  return rows;
}

/** `[days-]hours:minutes:seconds`. */
function cpuSeconds(time: string): number {
  const [clock = '', days = '0'] = time.split('-').toReversed();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}

const nameOf = (command: string): string => words(command)[0]?.split('/').at(-1) ?? '';

/** Users by the names that ps knew, in the form of /etc/passwd, which a report does not hold. */
export async function reportUsers(commands: ReportCommands): Promise<string | undefined> {
  const uids = byPid((await commands.named('ps_alxwww')) ?? '', /^\s*\S+ +(?<uid>\d+) +(?<pid>\d+) /);
  const users = byPid((await commands.named('ps_auxwww')) ?? '', /^(?<user>\S+) +(?<pid>\d+) /);
  const found = new Map<string, string>();
  for (const [pid, { user = '' }] of users) {
    const uid = uids.get(pid)?.['uid'];
    // A name that was cut off ends in a plus, a user without a name is a number.
    if (uid !== undefined && /^[a-z_][\w.-]*\$?$/i.test(user)) found.set(uid, `${user}:x:${uid}:::\n`);
  }
  return found.size > 0 ? [...found.values()].join('') : undefined;
}
