import { fillings, inodeGrade, inodesPct, spaceGrade, usedPct } from '../../entities/storage/space.ts';
import {
  onceWritable,
  readOnlyReason,
  readOnlySeverity,
  unresponsiveMounts,
  type ReadOnlyReason,
  type Unresponsive,
} from '../../entities/storage/mount-state.ts';
import { binaryBytes, count, percent, span } from '../../lib/units.ts';
import { filesystems, type Filesystem } from '../../sources/storage/filesystems.ts';
import { entityRef, type EntityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

const MOUNTINFO = '/proc/self/mountinfo';

export const mountRef = ({ target }: Pick<Filesystem, 'target'>): EntityRef => entityRef('mount', target);

const about = (filesystem: Filesystem) =>
  ({ subject: filesystem.target, entity: mountRef(filesystem), pane: 'storage' }) as const;

const mounted = ({ source, type, options, superOptions }: Filesystem): Found['evidence'] => [
  { what: 'source', value: `${source} (${type})`, source: MOUNTINFO },
  { what: 'options', value: [...options, ...superOptions].join(','), source: MOUNTINFO },
];

/** Mount that does not serve its files: each process that touches it waits, or gets errors. */
export const mountUnresponsive = defineFinding({
  id: 'mount-unresponsive',
  title: 'Mount unresponsive',
  needs: { filesystems },
  authority: '[own]: no reply to statfs in 1 s; one probe per mount, none while it waits',
  judge: (moment) =>
    unresponsiveMounts(moment.filesystems).map((one): Found => ({
      ...about(one.filesystem),
      severity: 'crit',
      condition: one.condition,
      sentence: sentenceOf(one),
      evidence: [
        { what: 'statfs', value: one.condition === 'frozen' ? 'answered' : one.where || 'no reply', source: 'statfs' },
        ...mounted(one.filesystem),
        ...(one.pids.length === 0
          ? []
          : [{ what: 'processes in D state', value: one.pids.join(' '), source: '/proc/PID/wchan' }]),
      ],
      next:
        one.condition === 'frozen'
          ? 'find who froze it (`fsfreeze -u` ends it): a backup, a snapshot of a guest agent'
          : 'check its server, program or disk; ↵ shows who uses it; `umount -l` detaches it',
      ...onsetAgo(one.forSeconds, one.condition === 'hung' ? 'probe of the mount' : 'wait of its processes'),
    })),
});

function sentenceOf({ condition, filesystem, forSeconds, where, pids }: Unresponsive): string {
  const waits = pids.length === 0 ? '' : `, ${pids.length} ${pids.length === 1 ? 'process' : 'processes'} in D state`;
  const lasts = forSeconds === undefined ? '' : ` for ${span(forSeconds)}`;
  if (condition === 'failed') return `${filesystem.type}: statfs fails with ${where}`;
  if (condition === 'frozen') return `${filesystem.type} frozen${lasts}${waits} at ${where}`;
  const wait = / at (\w+)/.exec(where)?.[1];
  return `${filesystem.type} unresponsive${lasts}${wait === undefined ? '' : ` at ${wait}`}${waits}`;
}

/** Filesystem without room: by share, and by the time left where it fills up. */
export const filesystemFull = defineFinding({
  id: 'filesystem-full',
  title: 'Filesystem full',
  needs: { filesystems },
  authority: `${limits.filesystemUsedPct.authority}; [own]: 50 % and full within 30 min; 90 % and within 10 min`,
  judge: ({ filesystems: seen }) => {
    const filling = fillings(seen);
    return (seen.now?.filesystems ?? []).flatMap((one): Found[] => {
      const pct = usedPct(one);
      const severity = spaceGrade(one, filling.get(one.target));
      const inodes = inodesPct(one);
      const inodesSeverity = inodeGrade(one);
      const trend = filling.get(one.target);
      const soon =
        trend === undefined ? '' : `, full in ${span(trend.secondsLeft)} at ${binaryBytes(trend.bytesPerSec)}/s`;
      const figures = [
        { what: 'size', value: binaryBytes(one.sizeBytes), source: 'statfs' },
        { what: 'used', value: binaryBytes(one.usedBytes), source: 'statfs' },
        { what: 'available', value: binaryBytes(one.availableBytes), source: 'statfs' },
        { what: 'inodes', value: `${count(one.inodesUsed)} of ${count(one.inodes)}`, source: 'statfs' },
        ...mounted(one),
      ];
      return [
        ...(severity === undefined
          ? []
          : [
              {
                ...about(one),
                severity,
                condition: 'space',
                sentence:
                  one.availableBytes === 0
                    ? `${one.type} full (ENOSPC), 0 of ${binaryBytes(one.sizeBytes)} available`
                    : `${percent(pct)} used, ${binaryBytes(one.availableBytes)} of ${binaryBytes(one.sizeBytes)} available${soon}`,
                evidence: figures,
                next: '↵ shows its biggest folders and deleted files that hold space',
              } as const,
            ]),
        ...(inodesSeverity === undefined
          ? []
          : [
              {
                ...about(one),
                severity: inodesSeverity,
                condition: 'inodes',
                sentence:
                  one.inodes === one.inodesUsed
                    ? `no inode left of ${count(one.inodes)} (ENOSPC), ${binaryBytes(one.availableBytes)} available`
                    : `${percent(inodes)} of ${count(one.inodes)} inodes used, ${binaryBytes(one.availableBytes)} available`,
                evidence: figures,
                next: 'find folders with many small files: `du --inodes -x`',
              } as const,
            ]),
      ];
    });
  },
});

const WHY: Readonly<Record<ReadOnlyReason, string>> = {
  error: 'read-only after an error (emergency_ro)',
  kernel: 'read-only, turned by the kernel below a mount that is rw',
  remounted: 'remounted read-only',
  fstab: 'read-only, rw in /etc/fstab',
};

/** Filesystem that takes no writes and should. */
export const mountReadOnly = defineFinding({
  id: 'mount-read-only',
  title: 'Filesystem read-only',
  needs: { filesystems },
  authority: 'node-problem-detector ReadonlyFilesystem; kernel: emergency_ro (v6.13), SB_RDONLY',
  judge: ({ filesystems: seen }) => {
    const table = seen.now;
    if (table === undefined) return [];
    const writable = onceWritable(seen);
    return table.filesystems.flatMap((one): Found[] => {
      const reason = readOnlyReason(one, table, writable.has(one.target));
      if (reason === undefined) return [];
      return [
        {
          ...about(one),
          severity: readOnlySeverity(reason),
          sentence: `${one.type} ${WHY[reason]}`,
          evidence: [
            ...mounted(one),
            { what: 'fstab', value: table.fstab?.get(one.target)?.join(',') ?? 'no entry', source: '/etc/fstab' },
          ],
          next: 'read the kernel log for its first error; check the disk below, then unmount and run fsck',
        },
      ];
    });
  },
});
