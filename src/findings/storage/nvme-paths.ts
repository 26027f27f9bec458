import { isLostPath, isUsablePath, nvmePaths, pathText, type NvmePath } from '../../entities/storage/nvme-paths.ts';
import { plural } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { storageLinks } from '../../sources/storage/storage-links.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** NVMe namespace that lost paths of its native multipath, or has none that takes I/O. */
export const nvmePathsLost = defineFinding({
  id: 'nvme-paths-lost',
  title: 'NVMe paths lost',
  needs: { storageLinks, blockDevices },
  authority: 'kernel: nvme/host/multipath.c: I/O waits without a usable path; a lost path in two readings warns, as of dm-multipath',
  judge: ({ storageLinks: { now, before, history }, blockDevices: { now: devices } }) => {
    if (now === undefined || before === undefined) return [];
    const earlier = new Map(nvmePaths(devices?.keys() ?? [], before).map((path) => [path.name, path]));
    const paths = nvmePaths(devices?.keys() ?? [], now);
    // After ctrl_loss_tmo the kernel removes a path: it is lost as long as the session knows it.
    const present = new Set(paths.map(({ name }) => name));
    const removed = nvmePaths([], history[0]?.sample).filter(({ name }) => !present.has(name));
    return [...Map.groupBy(paths, ({ disk }) => disk)].flatMap(([disk, own]): Found[] => {
      const gone = removed.filter((path) => path.disk === disk);
      const lost = own.filter((path) => isLostPath(path) && isLostPath(earlier.get(path.name) ?? path));
      const isDown = own.every((path) => !isUsablePath(path) && !isUsablePath(earlier.get(path.name) ?? path));
      if (lost.length === 0 && gone.length === 0 && !isDown) return [];
      const all = own.length + gone.length;
      const states = [...new Set([...(isDown ? own : lost).map(stateOf), ...gone.map(() => 'removed')])].join(', ');
      return [
        {
          severity: isDown ? 'crit' : 'warn',
          subject: disk,
          entity: entityRef('disk', disk),
          sentence: isDown
            ? `NVMe: no usable path of ${all} (${states}), I/O waits`
            : `NVMe: ${plural(lost.length + gone.length, 'path')} of ${all} lost (${states})`,
          evidence: [
            ...own.map((path) => ({ what: path.name, value: [pathText(path), path.target].filter(Boolean).join(', ') || 'unknown', source: `/sys/class/nvme/${path.controller ?? ''}` })),
            ...gone.map(({ name }) => ({ what: name, value: 'removed', source: '/sys/block' })),
          ],
          next: 'read the kernel log for the controller; check the network to its address, then `nvme connect-all`',
          pane: 'storage',
        },
      ];
    });
  },
}); // prettier-ignore

const stateOf = (path: NvmePath): string =>
  path.controllerState !== undefined && path.controllerState !== 'live'
    ? path.controllerState
    : (path.ana ?? 'unknown');
