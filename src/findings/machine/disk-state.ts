import { blockDevices, isOutOfOrder } from '../../sources/machine/block-devices.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { diskLine, quotingKernelLog } from '../kernel-line.ts';

/** Disk that the kernel took offline, or is trying to recover. */
const rule = defineFinding({
  id: 'disk-state',
  title: 'Disk offline',
  needs: { blockDevices },
  authority: 'kernel: a working SCSI disk is "running", an NVMe disk "live"',
  judge: (moment) =>
    [...(moment.blockDevices.now?.values() ?? [])].filter(isOutOfOrder).map(({ name, state = '', model }): Found => ({
      severity: 'crit',
      subject: name,
      entity: entityRef('disk', name),
      sentence: `${state}${model === undefined ? '' : ` (${model})`}`,
      evidence: [{ what: 'state', value: state, source: `/sys/block/${name}/device/state` }],
      next: 'read the kernel log for the first error; then check cable, backplane, controller',
      pane: 'hardware',
    })),
});

export const diskState = quotingKernelLog(rule, diskLine);
