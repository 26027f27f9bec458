import { toCount } from '../../lib/lines.ts';

/** Fields of /proc/PID/stat. */
export interface StatFields {
  readonly pid: number;
  /** Hostile: blanks, newlines and parentheses are allowed in it. */
  readonly command: string;
  readonly state: string;
  /** A field by its number in proc_pid_stat(5), 4 and higher; undefined when it is not a plain count. */
  readonly field: (number: number) => number | undefined;
}

/** The command may hold `)` and newlines, so fields count from the LAST `)`. proc_pid_stat(5). */
export function statFields(text: string | undefined): StatFields | undefined {
  const open = text?.indexOf('(') ?? -1;
  const close = text?.lastIndexOf(')') ?? -1;
  if (text === undefined || open < 0 || close < open) return undefined;
  const pid = toCount(text.slice(0, open));
  const fields = text.slice(close + 2).split(' ');
  const state = fields[0]?.trim().slice(0, 1);
  if (pid === undefined || state === undefined || state === '') return undefined;
  return { pid, command: text.slice(open + 1, close), state, field: (number) => toCount(fields[number - 3]) };
}

/** USER_HZ: the unit of times in /proc/PID/stat, 100 on every port of Debian and Ubuntu. */
export const TICKS_PER_SECOND = 100;
/** Page size of its memory fields: 4 KiB. Kernels built for 64 KiB pages (arm64 -64k flavours) are not distinguished. */
export const PAGE_KIB = 4;
