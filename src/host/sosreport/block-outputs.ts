import { lines } from '../../lib/lines.ts';
import type { ReportCommands } from './commands.ts';
import { multipathMaps, type MultipathMap } from './multipath-output.ts';

/** Files and links of /sys, by path. */
interface SysFiles {
  readonly texts: ReadonlyMap<string, string>;
  readonly links: ReadonlyMap<string, string>;
}

interface MappedInfo {
  readonly name: string;
  /** Of the kernel: `dm-2`. */
  readonly kernelName: string;
  readonly isSuspended: boolean;
  readonly uuid: string | undefined;
}

/**
 * `dmsetup info -c`, by `major:minor`. The third mark of `Stat` is `s` for a suspended device.
 *
 *     Name             Maj Min Stat Open Targ Event  UUID
 *     vg0-pool-tpool   253   2 L--w    1    1      0 LVM-2cdQud7F2us8-tpool
 */
function mappedInfos(text: string): ReadonlyMap<string, MappedInfo> {
  const found = [...text.matchAll(/^(\S+) +(\d+) +(\d+) ([L-][I-]([s-])[rw-]) +\d+ +\d+ +\d+ *(\S+)?/gm)];
  return new Map(
    found.map(([, name = '', major, minor, , suspended, uuid]): [string, MappedInfo] => [
      `${major}:${minor}`,
      { name, kernelName: `dm-${minor}`, isSuspended: suspended === 's', uuid },
    ]),
  );
}

const mapsOf = async (commands: ReportCommands): Promise<readonly MultipathMap[]> =>
  multipathMaps((await commands.output('multipath -ll')) ?? (await commands.output('multipath -v4 -ll')) ?? '');

/**
 * Block devices and what they stand on, by lsblk(8), `dmsetup info -c` and `multipath -ll`. A device on several others stands below each.
 *
 *     vdb                  252:16   0  100G  0 disk
 *     `-vdb2               252:18   0  100G  0 part
 *       `-vg0-data (dm-0)  253:0    0  100G  0 lvm   /srv
 */
export async function blockFiles(commands: ReportCommands): Promise<SysFiles> {
  const texts = new Map<string, string>();
  const links = new Map<string, string>();
  const infos = mappedInfos((await commands.output('dmsetup info -c')) ?? '');
  for (const { name, kernelName, isSuspended, uuid } of infos.values()) {
    const folder = `/sys/block/${kernelName}/dm`;
    texts.set(`${folder}/name`, name).set(`${folder}/suspended`, isSuspended ? '1' : '0');
    if (uuid !== undefined) texts.set(`${folder}/uuid`, uuid);
  }
  const maps = await mapsOf(commands);
  const aliases = new Map(maps.map(({ alias, kernelName }) => [alias, kernelName]));
  /** Names of the devices above the line in the tree, by their depth. */
  const above: string[] = [];
  for (const line of lines((await commands.output('lsblk')) ?? '')) {
    const [, indent = '', shown = '', number = '', type] = /^([\s│├└─|`-]*)([\w!.+-]+)(?: \(dm-\d+\))? +(\d+:\d+) +\d +\S+ +\d (\w+)/.exec(line) ?? []; // prettier-ignore
    if (type === undefined) continue;
    const name = infos.get(number)?.kernelName ?? (type === 'mpath' ? aliases.get(shown) : undefined) ?? shown;
    const depth = indent.length >> 1;
    const parent = depth === 0 ? undefined : above[depth - 1];
    above[depth] = name;
    texts.set(`/sys/class/block/${name}/dev`, number);
    const isPartition = type === 'part' && name === shown && parent !== undefined;
    const isVirtual = type !== 'disk' || parent !== undefined;
    const folder = isPartition ? `devices/block/${parent}` : isVirtual ? 'devices/virtual/block' : 'devices/block';
    if (isPartition) {
      links.set(`/sys/class/block/${name}`, `../../${folder}/${name}`);
      continue;
    }
    linkDisk(links, name, folder);
    if (parent !== undefined) links.set(`/sys/block/${name}/slaves/${parent}`, `../../../${parent}`);
  }
  for (const { alias, wwid, kernelName, paths } of maps) {
    texts.set(`/sys/block/${kernelName}/dm/name`, alias).set(`/sys/block/${kernelName}/dm/uuid`, `mpath-${wwid}`);
    linkDisk(links, kernelName, 'devices/virtual/block');
    for (const { name, number, deviceState } of paths) {
      texts.set(`/sys/class/block/${name}/dev`, number).set(`/sys/block/${name}/device/state`, deviceState);
      linkDisk(links, name, 'devices/block');
      links.set(`/sys/block/${kernelName}/slaves/${name}`, `../../../${name}`);
    }
  }
  return { texts, links };
}

function linkDisk(links: Map<string, string>, name: string, folder: string): void {
  links.set(`/sys/class/block/${name}`, `../../${folder}/${name}`);
  links.set(`/sys/block/${name}`, `../${folder}/${name}`);
}

/** Target types without a state, as the collector leaves them out. */
const SILENT: ReadonlySet<string> = new Set(['linear', 'striped', 'crypt', 'zero']);

/** State of a map as dm-mpath.c has it, as far as `multipath -ll` shows it. */
const pathStates = ({ paths }: MultipathMap): string =>
  paths.flatMap(({ number, isActive }) => (isActive === undefined ? [] : [number, isActive ? 'A' : 'F', 0])).join(' ');

/**
 * States of mapped devices, as the collector has them, from `dmsetup status`; of multipath maps that it lacks from `multipath -ll`.
 *
 *     vg0-pool-tpool: 0 131072 thin-pool 2 14/1024 1024/1024 - out_of_data_space discard_passdown queue_if_no_space - 1024
 */
export async function mappedReply(commands: ReportCommands): Promise<string | undefined> {
  const status = await commands.output('dmsetup status');
  const maps = await mapsOf(commands);
  if (status === undefined && maps.length === 0) return undefined;
  const infos = mappedInfos((await commands.output('dmsetup info -c')) ?? '');
  const names = new Map([...infos.values()].map(({ name, kernelName }) => [name, kernelName]));
  const devices = new Map<string, (readonly [type: string, sectors: number | undefined, state: string])[]>();
  for (const [, name = '', sectors, type = '', state = ''] of (status ?? '').matchAll(
    /^(\S+): \d+ (\d+) (\S+) ?(.*)$/gm,
  )) {
    const kernelName = names.get(name);
    if (kernelName === undefined || SILENT.has(type)) continue;
    devices.set(kernelName, [...(devices.get(kernelName) ?? []), [type, Number(sectors), state]]);
  }
  for (const map of maps)
    if (!devices.has(map.kernelName)) devices.set(map.kernelName, [['multipath', undefined, pathStates(map)]]);
  return JSON.stringify({ all: Math.max(names.size, devices.size), devices: Object.fromEntries(devices) });
}
