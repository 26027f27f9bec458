import { lines, toCount, toNumber } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * /proc/mdstat: software RAID. md(4), drivers/md/md.c `md_seq_show`. (F) failed, (S) spare; [2/1] [U_] is one of two.
 *
 * md0 : active raid1 sdb1[1](F) sda1[0]
 *       1046528 blocks super 1.2 [2/1] [U_]
 *       [=>...................]  recovery =  8.5% (89472/1046528) finish=1.0min speed=14912K/sec
 */
export const mdstat = defineSource({
  id: 'mdstat',
  title: 'Software RAID',
  why: 'Finds degraded and rebuilding arrays.',
  everySeconds: 10,
  value: 'low',
  reads: { mdstat: { kind: 'file', path: '/proc/mdstat' } },
  parse: ({ mdstat: text }) => (text === undefined ? undefined : parseMdstat(text)),
});

export interface RaidArray {
  readonly name: string;
  /** `active`, `inactive`, `active (read-only)`. */
  readonly state: string;
  readonly level: string | undefined;
  readonly members: readonly string[];
  readonly failed: readonly string[];
  /** Configured and active disks; undefined for levels without redundancy. */
  readonly wanted: number | undefined;
  readonly working: number | undefined;
  /** Running action: `recovery`, `resync`, `check`, `reshape`. */
  readonly action: string | undefined;
  readonly actionPct: number | undefined;
}

/** Whether an array has fewer active disks than configured. */
export const isDegraded = ({ working, wanted }: RaidArray): boolean =>
  working !== undefined && wanted !== undefined && working < wanted;

export function parseMdstat(text: string): readonly RaidArray[] {
  const arrays: RaidArray[] = [];
  for (const line of lines(text)) {
    const head = /^(\S+) : (active|inactive)((?: \([^)]*\))*)(.*)$/.exec(line);
    if (head) {
      const [, name = '', active = '', note = '', rest = ''] = head;
      arrays.push({ name, state: `${active}${note}`, ...members(rest), ...NO_PROGRESS });
      continue;
    }
    const last = arrays.at(-1);
    if (!last || !/^\s/.test(line)) continue;
    const [, wanted, working] = /\[(\d{1,9})\/(\d{1,9})\]/.exec(line) ?? [];
    const [, action, pct] = /\b(recovery|resync|check|reshape)\s*=\s*([\d.]{1,9})%/.exec(line) ?? [];
    const [, pending] = /\b(recovery|resync|check|reshape)=(?:DELAYED|PENDING|REMOTE)/.exec(line) ?? [];
    arrays[arrays.length - 1] = {
      ...last,
      wanted: toCount(wanted) ?? last.wanted,
      working: toCount(working) ?? last.working,
      action: action ?? pending ?? last.action,
      actionPct: toNumber(pct) ?? last.actionPct,
    };
  }
  return arrays;
}

const NO_PROGRESS = { wanted: undefined, working: undefined, action: undefined, actionPct: undefined };

/** ` raid1 sdb1[1](F) sda1[0]`; an inactive array names no level. */
function members(rest: string): Pick<RaidArray, 'level' | 'members' | 'failed'> {
  const found = [...rest.matchAll(/(\S+?)\[\d+\]((?:\([A-Z]\))*)/g)];
  const level = /^\s*(?:\([^)]*\)\s*)*([a-z]+\d*)(?:\s|$)/.exec(rest)?.[1];
  return {
    level,
    members: found.map((match) => match[1] ?? ''),
    failed: found.filter((match) => match[2]?.includes('(F)')).map((match) => match[1] ?? ''),
  };
}
