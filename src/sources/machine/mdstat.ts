import { lines, toCount, toPercent } from '../../lib/lines.ts';
import { percent } from '../../lib/units.ts';
import { defineSource } from '../source.ts';

/**
 * /proc/mdstat: software RAID. md(4), drivers/md/md.c `md_seq_show`. (F) failed, (S) spare; [2/1] [U_] is one of two.
 *
 * md0 : active raid1 sdb1[1](F) sda1[0]
 *       1046528 blocks super 1.2 [2/1] [U_]
 *       [=>...................]  recovery =  8.5% (89472/1046528) finish=1.0min speed=14912K/sec
 *
 * Intel RST/VROC and DDF keep their metadata in a container, which is always inactive; arrays in it name it:
 *
 * md127 : inactive sdb[1](S) sda[0](S)
 *       6306 blocks super external:imsm
 * md126 : active raid1 sda[1] sdb[0]
 *       976759808 blocks super external:/md127/0 [2/2] [UU]
 */
export const mdstat = defineSource({
  id: 'mdstat',
  title: 'Software RAID',
  why: 'Finds degraded and rebuilding arrays.',
  everySeconds: 5,
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
  /** Why the action waits: `delayed` (another array on the same disks), `pending` (read-only), `remote` (another node). */
  readonly actionWaits: string | undefined;
  /** Format of the metadata in a container (`imsm`, `ddf`), which is inactive by design. */
  readonly containerFormat: string | undefined;
}

/** Whether an array was not assembled. */
export const isNotAssembled = ({ state, containerFormat }: RaidArray): boolean =>
  state.startsWith('inactive') && containerFormat === undefined;

/** Running or waiting action: `recovery 8.5%`, `resync delayed`. */
export const actionText = ({ action, actionPct, actionWaits }: RaidArray): string | undefined =>
  action === undefined ? undefined : `${action} ${actionWaits ?? percent(actionPct)}`;

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
    const [, waiting, waits] = /\b(recovery|resync|check|reshape)\s*=\s*(DELAYED|PENDING|REMOTE)\b/.exec(line) ?? [];
    const [, format] = /\bexternal:([a-z]\w{0,31})/.exec(line) ?? [];
    arrays[arrays.length - 1] = {
      ...last,
      wanted: toCount(wanted) ?? last.wanted,
      working: toCount(working) ?? last.working,
      action: action ?? waiting ?? last.action,
      actionPct: toPercent(pct) ?? last.actionPct,
      actionWaits: waits?.toLowerCase() ?? last.actionWaits,
      containerFormat: format ?? last.containerFormat,
    };
  }
  return arrays;
}

const NO_PROGRESS = {
  wanted: undefined,
  working: undefined,
  action: undefined,
  actionPct: undefined,
  actionWaits: undefined,
  containerFormat: undefined,
};

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
