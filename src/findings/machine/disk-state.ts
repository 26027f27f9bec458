import { blockDevices, isOutOfOrder } from '../../sources/machine/block-devices.ts';
import { defineFinding, type Found } from '../finding.ts';

/** The kernel has given a disk up, or is trying to get it back. */
export const diskState = defineFinding({
  id: 'disk-state',
  title: 'A disk is out of order',
  needs: { blockDevices },
  authority: 'kernel: a SCSI disk in order is "running", an NVMe disk "live"',
  judge: (moment) =>
    [...(moment.blockDevices.now?.values() ?? [])].filter(isOutOfOrder).map(({ name, state = '', model }): Found => ({
      severity: 'crit',
      subject: name,
      sentence: `disk ${name}${model === undefined ? '' : ` (${model})`} is ${state}`,
      evidence: [{ what: 'state', value: state, source: `/sys/block/${name}/device/state` }],
      next: 'read the kernel log for what went before; then its cable, backplane or controller',
      pane: 'hardware',
    })),
});
