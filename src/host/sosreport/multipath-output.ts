import { lines } from '../../lib/lines.ts';

export interface MultipathMap {
  readonly alias: string;
  readonly wwid: string;
  /** Of the kernel: `dm-0`. */
  readonly kernelName: string;
  readonly paths: readonly MultipathPath[];
}

export interface MultipathPath {
  /** Of the kernel: `sda`. */
  readonly name: string;
  /** `major:minor`. */
  readonly number: string;
  /** Whether device-mapper sends I/O to it; undefined for `undef`. */
  readonly isActive: boolean | undefined;
  /** Of the SCSI device or the NVMe controller: `running`, `offline`, `live`. */
  readonly deviceState: string;
}

/**
 * Maps of `multipath -ll`, multipath(8): states of a path are those of device-mapper, of the path checker and of the device.
 *
 *     mpatha (360060e80101e2500058be22000000bb8) dm-0 HITACHI,OPEN-V
 *     size=100G features='1 queue_if_no_path' hwhandler='0' wp=rw
 *     |-+- policy='service-time 0' prio=1 status=active
 *     | `- 1:0:0:0 sda 8:0  active ready running
 *     `-+- policy='service-time 0' prio=1 status=enabled
 *       `- 2:0:0:0 sdb 8:16 failed faulty running
 */
export function multipathMaps(text: string): readonly MultipathMap[] {
  const maps: (MultipathMap & { readonly paths: MultipathPath[] })[] = [];
  for (const line of lines(text)) {
    const [, alias, wwid = alias, kernelName] = /^([\w.:-]+) (?:\(([\w.:-]+)\) )?(dm-\d+)(?: |$)/.exec(line) ?? [];
    if (alias !== undefined && wwid !== undefined && kernelName !== undefined) {
      maps.push({ alias, wwid, kernelName, paths: [] });
      continue;
    }
    const [, name, number, dm, deviceState] = /^[ |`+-]*[`|]- +[\d:]+ +([\w!.-]+) +(\d+:\d+) +(\w+) +\w+ +(\w+)/.exec(line) ?? []; // prettier-ignore
    if (name !== undefined && number !== undefined && deviceState !== undefined)
      maps.at(-1)?.paths.push({
        name,
        number,
        isActive: dm === 'active' ? true : dm === 'failed' ? false : undefined,
        deviceState,
      });
  }
  return maps;
}
