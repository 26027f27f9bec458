import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Errors that FC ports and SAS phys count: drivers/scsi/scsi_transport_{fc,sas}.c. FC counters are hexadecimal, all bits set where the
 * driver has none; phy counters are decimal. A driver asks its firmware, or an expander, for each: seldom.
 *
 *     /sys/class/fc_host/host1/statistics/invalid_crc_count   0x2
 *     /sys/class/sas_phy/phy-0:3/invalid_dword_count          41
 */
export const linkCounters = defineSource({
  id: 'link-counters',
  title: 'Errors of FC ports and SAS phys',
  why: 'Shows lost signals, bad frames and resets of the links to disks.',
  everySeconds: 60,
  value: 'low',
  countsSince: 'boot',
  reads: {
    failures: { kind: 'glob', pattern: '/sys/class/fc_host/*/statistics/link_failure_count' },
    losses: { kind: 'glob', pattern: '/sys/class/fc_host/*/statistics/loss_of_*_count' },
    crcs: { kind: 'glob', pattern: '/sys/class/fc_host/*/statistics/invalid_crc_count' },
    frames: { kind: 'glob', pattern: '/sys/class/fc_host/*/statistics/error_frames' },
    phys: { kind: 'glob', pattern: '/sys/class/sas_phy/*/*_count' },
  },
  parse: ({ failures, losses, crcs, frames, phys }): ReadonlyMap<string, LinkCounts> | undefined => {
    const globs = [failures, losses, crcs, frames, phys];
    if (globs.every((glob) => glob === undefined)) return undefined;
    const links = new Map<string, Map<string, number>>();
    for (const [path, text] of globs.flatMap((glob) => [...(glob ?? [])])) {
      const [, , , kind, name = ''] = path.split('/');
      const counter = COUNTERS.get(path.slice(path.lastIndexOf('/') + 1));
      const value = kind === 'fc_host' ? hexCount(text) : toCount(text.trim());
      if (counter === undefined || value === undefined) continue;
      links.set(name, (links.get(name) ?? new Map<string, number>()).set(counter, value));
    }
    return links;
  },
});

/** Counter by its words on screen: `invalid CRC` → 2. */
export type LinkCounts = ReadonlyMap<string, number>;

const COUNTERS: ReadonlyMap<string, string> = new Map([
  ['link_failure_count', 'link failure'],
  ['loss_of_signal_count', 'loss of signal'],
  ['loss_of_sync_count', 'loss of sync'],
  ['invalid_crc_count', 'invalid CRC'],
  ['error_frames', 'error frames'],
  ['loss_of_dword_sync_count', 'loss of dword sync'],
  ['phy_reset_problem_count', 'phy reset problem'],
  ['invalid_dword_count', 'invalid dword'],
  ['running_disparity_error_count', 'running disparity'],
]);

/** `0x1f` of sysfs; undefined for all bits set (no such counter) and for what no double holds. */
export function hexCount(text: string): number | undefined {
  const digits = /^0x([0-9a-f]{1,16})$/.exec(text.trim())?.[1];
  const value = digits === undefined ? undefined : Number.parseInt(digits, 16);
  return value === undefined || value > Number.MAX_SAFE_INTEGER ? undefined : value;
}
