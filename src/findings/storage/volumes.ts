import { stackOf, stepsOf } from '../../entities/storage/stack.ts';
import { plural } from '../../lib/units.ts';
import { blockDevices, isOutOfOrder } from '../../sources/machine/block-devices.ts';
import { blockStack } from '../../sources/storage/block-stack.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Mapped device that holds back all I/O: a snapshot or a table load that did not resume it. */
export const volumeSuspended = defineFinding({
  id: 'volume-suspended',
  title: 'Volume suspended',
  needs: { blockStack },
  authority: '[own]: dmsetup suspend in two readings',
  judge: ({ blockStack: { now, before } }) =>
    [...(now?.values() ?? [])].flatMap(({ name, isSuspended, mapping }): Found[] =>
      !isSuspended || before?.get(name)?.isSuspended !== true
        ? []
        : [
            {
              severity: 'crit',
              subject: name,
              entity: entityRef('disk', name),
              sentence: `${mapping ?? 'mapped device'} suspended, all I/O waits`,
              evidence: [{ what: 'suspended', value: '1', source: `/sys/block/${name}/dm/suspended` }],
              next: 'read `dmsetup info`; find the snapshot or resize that suspended it before `dmsetup resume`',
              pane: 'storage',
            },
          ],
    ),
});

/** Multipath map with paths that do not work. */
export const multipathPaths = defineFinding({
  id: 'multipath-paths',
  title: 'Multipath paths lost',
  needs: { blockStack, blockDevices },
  authority: 'awesome-prometheus-alerts: a failed path warns, none left is critical',
  judge: ({ blockStack: { now }, blockDevices: { now: devices } }) =>
    [...(now?.values() ?? [])].flatMap(({ name, mapping }): Found[] => {
      if (mapping !== 'multipath') return [];
      const paths = stackOf(name, { devices, stack: now, btrfs: undefined, filesystems: undefined }).below;
      const lost = paths.filter(({ device }) => isOutOfOrder(device));
      if (lost.length === 0) return [];
      const states = [...new Set(lost.map(({ device }) => device?.state ?? ''))].join(', ');
      return [
        {
          severity: lost.length === paths.length ? 'crit' : 'warn',
          subject: name,
          entity: entityRef('disk', name),
          members: lost.map((path) => entityRef('disk', path.name)),
          sentence:
            lost.length === paths.length
              ? `multipath: no path left of ${paths.length} (${states})`
              : `multipath: ${plural(lost.length, 'path')} of ${paths.length} lost (${states})`,
          evidence: paths
            .flatMap(stepsOf)
            .map((path) => ({ what: path.name, value: path.device?.state ?? 'unknown', source: `/sys/block/${path.name}/device/state` })), // prettier-ignore
          next: 'read `multipathd show maps` and the kernel log for the port or cable that the lost paths share',
          pane: 'storage',
        },
      ];
    }),
});
