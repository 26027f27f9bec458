import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';
import { hexCount } from './link-counters.ts';

/**
 * Commands of SCSI disks since they were found, SATA and SAS: drivers/scsi/scsi_sysfs.c. Hexadecimal but the timeout in seconds.
 *
 *     /sys/block/sda/device/iorequest_cnt   0x2d1f4
 *     /sys/block/sda/device/ioerr_cnt       0x2        every command without success, those of smartctl too
 *     /sys/block/sda/device/iotmo_cnt       0x0        since v6.1
 *     /sys/block/sda/device/timeout         30
 */
export const scsiCounters = defineSource({
  id: 'scsi-counters',
  title: 'Commands of SCSI disks',
  why: 'Shows commands of SATA and SAS disks that failed or ran into their timeout.',
  everySeconds: 30,
  value: 'low',
  countsSince: 'boot',
  reads: {
    requests: { kind: 'glob', pattern: '/sys/block/sd*/device/iorequest_cnt' },
    done: { kind: 'glob', pattern: '/sys/block/sd*/device/iodone_cnt' },
    errors: { kind: 'glob', pattern: '/sys/block/sd*/device/ioerr_cnt' },
    timeouts: { kind: 'glob', pattern: '/sys/block/sd*/device/iotmo_cnt' },
    limits: { kind: 'glob', pattern: '/sys/block/sd*/device/timeout' },
  },
  parse: (values): ReadonlyMap<string, ScsiCounters> | undefined => {
    if (values.requests === undefined && values.errors === undefined) return undefined;
    const [requests, done, errors, timeouts, limits] = [values.requests, values.done, values.errors, values.timeouts, values.limits].map((glob) => attribute(glob, 3)); // prettier-ignore
    const hex = (glob: ReadonlyMap<string, string> | undefined, name: string) => hexCount(glob?.get(name) ?? '');
    return new Map(
      [...new Set([...(requests?.keys() ?? []), ...(errors?.keys() ?? [])])].map((name) => [
        name,
        {
          requests: hex(requests, name),
          done: hex(done, name),
          errors: hex(errors, name),
          timeouts: hex(timeouts, name),
          timeoutSeconds: toCount(limits?.get(name)),
        },
      ]),
    );
  },
});

export interface ScsiCounters {
  /** Commands sent to the disk, and those that came back. */
  readonly requests: number | undefined;
  readonly done: number | undefined;
  readonly errors: number | undefined;
  /** Undefined on kernels before v6.1. */
  readonly timeouts: number | undefined;
  /** After which a command is aborted. */
  readonly timeoutSeconds: number | undefined;
}
