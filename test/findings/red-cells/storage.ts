import type { JudgedCells } from './judged-cell.ts';

export const storageJudged: JudgedCells = {
  'storage/filesystems/used': { rules: ['filesystem-full/space'] },
  'storage/filesystems/inodes': { rules: ['filesystem-full/inodes'] },
  'storage/filesystems/state': { rules: ['mount-unresponsive', 'mount-read-only'] },
  'storage/stack/used': { rules: ['filesystem-full/space', 'thin-pool-full/data', 'volume-degraded/snapshot'] },
  'storage/stack/state': {
    rules: [
      'mount-unresponsive',
      'mount-read-only',
      'volume-suspended',
      'thin-pool-full',
      'volume-degraded',
      'raid-degraded',
      'disk-state',
      'multipath-paths',
    ],
  },
  'storage/health/health': { rules: ['disk-health'] },
  'storage/zfs/state': { rules: ['zfs-pool-state'] },
  'storage/nfs/retrans': { rules: ['nfs-retransmits'] },
};
