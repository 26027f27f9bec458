import { lines, toCount, words } from '../../lib/lines.ts';
import type { ReportCommands } from './commands.ts';
import type { ReportFiles } from './files.ts';

const MAX_LINE = 4096;

/**
 * Mounted filesystems of a report as the collector gives them: /proc/self/mountinfo, else `mount`, with the space by `df`.
 *
 *     Filesystem  Type   1K-blocks      Used Available Use% Mounted on
 *     /dev/sda1   ext4    20134592  15134592   3950000  80% /
 */
export async function reportMounts(files: ReportFiles, commands: ReportCommands): Promise<string | undefined> {
  const list =
    (await files.text('/proc/self/mountinfo')) ??
    (await files.text('/proc/1/mountinfo')) ??
    mountinfoOf((await listedMounts(commands)) ?? []);
  if (list === '') return undefined;
  const space = columnsOf((await output(commands, 'df -al')) ?? '', /^1K-blocks$/i);
  const inodes = columnsOf((await output(commands, 'df -ali')) ?? '', /^Inodes$/);
  return lines(list)
    .map((line) => {
      const target = line.split(' ')[4] ?? '';
      const [size, used, available] = space.get(target) ?? [];
      const [all, taken] = inodes.get(target) ?? [];
      const known = size !== undefined && used !== undefined && available !== undefined;
      const probe = known ? [1024, size, Math.max(0, size - used), available, all ?? 0, Math.max(0, (all ?? 0) - (taken ?? 0)), 0].join(',') : '-'; // prettier-ignore
      return `${probe}\t${line}`;
    })
    .join('\n');
}

/** Names of the command in versions of sos. */
const output = async (commands: ReportCommands, command: string): Promise<string | undefined> =>
  (await commands.output(`${command} -x autofs`)) ?? (await commands.output(command));

/** Three numbers from the first column of df's figures on, by mount point, which is the rest of the line. */
function columnsOf(df: string, first: RegExp): ReadonlyMap<string, readonly (number | undefined)[]> {
  const [head = '', ...rows] = lines(df);
  const start = words(head).findIndex((title) => first.test(title));
  if (start < 0) return new Map();
  return new Map(
    rows.flatMap((row): [string, readonly (number | undefined)[]][] => {
      const cells = words(row);
      const target = cells.slice(start + 4).join(' ');
      return target.startsWith('/') ? [[target.replaceAll(' ', String.raw`\040`), cells.slice(start, start + 3).map(toCount)]] : []; // prettier-ignore
    }),
  );
}

interface ListedMount {
  readonly target: string;
  readonly source: string;
  readonly type: string;
  readonly options: string;
}

/** Mounts by `findmnt`, whose tree ends where the target begins, or by mount(8): `/dev/sda1 on / type ext4 (rw,relatime) [root]`. */
export async function listedMounts(commands: ReportCommands): Promise<readonly ListedMount[] | undefined> {
  const tree = await commands.output('findmnt');
  const list = (await commands.output('mount -l')) ?? (await commands.output('mount'));
  const rows =
    tree === undefined
      ? list && lines(list).map(rowOfMount)
      : lines(tree).map((line) => words(line.replace(/^[^/]*(?=\/)/, '')));
  return rows === undefined || rows === ''
    ? undefined
    : rows.flatMap(([target, source, type, options = '']): ListedMount[] =>
        target?.startsWith('/') && source !== undefined && type !== undefined
          ? [{ target, source, type, options }]
          : [],
      );
}

function rowOfMount(line: string): readonly (string | undefined)[] {
  if (line.length > MAX_LINE) return [];
  const [, source, target, type, options] = /^(.+?) on (\/.*?) type (\S+) \(([^)]*)\)/.exec(line) ?? [];
  return [target, source, type, options];
}

/** Lines of mountinfo. The device numbers are made up. */
const mountinfoOf = (listed: readonly ListedMount[]): string =>
  listed
    .map(({ target, source, type, options }, index) => {
      const access = /(?:^|,)(r[ow])(?:,|$)/.exec(options)?.[1] ?? 'rw';
      const escaped = (text: string) => text.replaceAll(' ', String.raw`\040`);
      return `${index} 0 report:${index} / ${escaped(target)} ${access} - ${type} ${escaped(source)} ${options}`;
    })
    .join('\n');
