import { entityRef, osdRef, thisHost, type EntityRef } from '../../findings/entity-ref.ts';
import type { Groups, KernelKind } from './kernel-kind.ts';

const disk = ({ dev = '' }: Groups): EntityRef => entityRef('disk', dev);
const mapped = ({ map = '' }: Groups): EntityRef => entityRef('disk', map);
const server = ({ server: name = '' }: Groups): EntityRef => entityRef('daemon', name);

/** Lines about disks, filesystems, volumes and storage servers. */
export const storageKinds: readonly KernelKind[] = [
  {
    id: 'medium-error',
    patterns: [
      /^(?:blk_update_request: )?critical (?<what>medium|target|space allocation|nexus) error, dev (?<dev>[\w!-]{1,32}),/,
      /\[(?<dev>sd[a-z]{1,4})\].*Sense Key : (?<what>Medium Error|Hardware Error)/,
    ],
    rule: 'disk-errors-logged',
    severity: 'crit',
    condition: ({ what }) => `${what?.toLowerCase().replace(/ error$/, '')} error`,
    entity: disk,
  },
  {
    id: 'io-error',
    patterns: [
      /^(?:blk_update_request: |print_req_error: )?I\/O error, dev (?<dev>[\w!-]{1,32}), sector/,
      /^Buffer I\/O error on dev(?:ice)? (?<dev>[\w!-]{1,32}),/,
    ],
    rule: 'disk-errors-logged',
    severity: 'crit',
    condition: () => 'I/O error',
    entity: disk,
  },
  {
    id: 'nvme-timeout',
    patterns: [
      /^nvme (?<dev>nvme\d+): (?<what>I\/O (?:tag )?\d+ .*timeout|controller is down; will reset|Device not ready|Disabling device after reset failure|Removing after probe failure)/,
      /^nvme(?<dev>\d+): (?<what>I\/O (?:tag )?\d+ .*timeout)/,
    ],
    rule: 'disk-errors-logged',
    severity: 'crit',
    condition: ({ what = '' }) => (what.startsWith('I/O') ? 'I/O timeout' : what),
    entity: disk,
  },
  {
    id: 'ata-reset',
    patterns: [
      /^(?<dev>ata\d+(?:\.\d\d)?): (?<what>failed command: [A-Z /]{1,30}|hard resetting link|SATA link down|link is slow to respond)/,
      /^(?:sd|scsi) \S+: \[(?<dev>sd[a-z]{1,4})\].*(?<what>timing out command|Device offlined)/,
    ],
    rule: 'disk-errors-logged',
    severity: 'warn',
    condition: ({ what = '' }) => what.trim(),
    entity: disk,
  },
  {
    id: 'filesystem-error',
    patterns: [
      /^(?<fs>EXT[234])-fs error \(device (?<dev>[\w!-]{1,32})\)/,
      /^(?<fs>XFS) \((?<dev>[\w!-]{1,32})\): (?<what>Corruption|metadata I\/O error|log I\/O error|Metadata corruption)/,
      /^(?<fs>BTRFS) (?:error|critical) \(device (?<dev>[\w!-]{1,32})/,
      /^JBD2: .*error.* (?<dev>\w{1,32})-8/,
    ],
    rule: 'filesystem-error',
    severity: 'crit',
    condition: ({ fs = 'ext4 journal' }) => `${fs} error`,
    entity: disk,
  },
  {
    id: 'filesystem-shutdown',
    patterns: [
      /^(?<fs>EXT[234])-fs \((?<dev>[\w!-]{1,32})\): (?<what>Remounting filesystem read-only)/,
      /^(?<fs>XFS) \((?<dev>[\w!-]{1,32})\): .*(?<what>Shutting down filesystem|[Ff]ilesystem has been shut down)/,
      /^(?<fs>BTRFS).*\(device (?<dev>[\w!-]{1,32}).*(?<what>forced readonly)/,
      /^Aborting journal on device (?<dev>[\w!]{1,32})-8/,
    ],
    rule: 'filesystem-error',
    severity: 'crit',
    condition: ({ fs = 'ext4', what = 'journal aborted' }) =>
      /shut/i.test(what) ? `${fs} shut down` : `${fs} ${what.includes('journal') ? what : 'remounted read-only'}`,
    entity: disk,
    endedBy: 'filesystem-mounted',
    stands: true,
  },
  {
    id: 'filesystem-mounted',
    patterns: [
      /^EXT[234]-fs \((?<dev>[\w!-]{1,32})\): (?:re-)?mounted (?!.*\bro\b)/,
      /^XFS \((?<dev>[\w!-]{1,32})\): Ending clean mount/,
      /^BTRFS info \(device (?<dev>[\w!-]{1,32})\): first mount/,
    ],
    condition: () => 'mounted',
    entity: disk,
  },
  {
    id: 'thin-pool',
    patterns: [
      /^device-mapper: thin: (?<map>\S{1,32}): switching pool to (?<what>(?:out-of-(?:meta)?data-space|read-only|fail)\b[^,]{0,20}) mode/,
      /^device-mapper: thin: (?<map>\S{1,32}): (?<what>unable to service pool target messages|no free metadata space available)/,
    ],
    rule: 'volume-error',
    severity: 'crit',
    condition: ({ what }) => `thin pool ${what}`,
    entity: mapped,
    endedBy: 'thin-pool-writes',
  },
  {
    id: 'thin-pool-low',
    patterns: [/^device-mapper: thin: (?<map>\S{1,32}): (?<what>reached low water mark for (?:meta)?data device)/],
    rule: 'volume-error',
    severity: 'warn',
    condition: ({ what }) => `thin pool ${what}`,
    entity: mapped,
  },
  {
    id: 'thin-pool-writes',
    patterns: [/^device-mapper: thin: (?<map>\S{1,32}): switching pool to write mode/],
    condition: () => 'thin pool takes writes',
    entity: mapped,
  },
  {
    id: 'snapshot-lost',
    patterns: [
      /^device-mapper: snapshots: Invalidating snapshot: (?<what>Unable to allocate exception|Error reading\/writing)/,
    ],
    rule: 'volume-error',
    severity: 'warn',
    condition: ({ what }) => `snapshot invalidated: ${what}`,
  },
  {
    id: 'path-failed',
    patterns: [/^device-mapper: multipath: (?:\S+: )?Failing path (?<dev>\S{1,32}?)\.?$/],
    rule: 'volume-error',
    severity: 'warn',
    condition: () => 'multipath path failed',
    entity: disk,
  },
  {
    id: 'md-failure',
    patterns: [/^md\/raid\S*?:(?<dev>md\w{1,16}): (?<what>Disk failure on (?<member>\w{1,32}))/],
    rule: 'volume-error',
    severity: 'crit',
    condition: ({ member }) => `disk failure on ${member}`,
    entity: ({ dev = '' }) => entityRef('md-array', dev),
  },
  {
    id: 'nfs-unresponsive',
    patterns: [/^nfs4?: server (?<server>\S{1,128}) not responding/],
    rule: 'server-unresponsive',
    severity: 'crit',
    condition: () => 'NFS server not responding',
    entity: server,
    endedBy: 'nfs-ok',
    stands: true,
  },
  {
    id: 'nfs-ok',
    patterns: [/^nfs4?: server (?<server>\S{1,128}) OK/],
    condition: () => 'NFS server OK',
    entity: server,
  },
  {
    id: 'cifs-unresponsive',
    patterns: [/^CIFS: (?:VFS: )?(?:\\\\)?(?<server>[^\s\\]{1,128}).* has not responded in \d+ seconds/],
    rule: 'server-unresponsive',
    severity: 'crit',
    condition: () => 'SMB server not responding',
    entity: server,
  },
  {
    id: 'libceph-osd',
    patterns: [
      /^libceph: osd(?<osd>\d+) .*(?<what>down|socket closed|socket error|connect error)/,
      /^libceph: osd(?<osd>\d+) (?<what>weight 0x0)/,
    ],
    rule: 'server-unresponsive',
    severity: 'warn',
    condition: ({ what }) => `kernel Ceph client: ${what}`,
    entity: ({ osd = '' }) => osdRef(Number(osd)),
  },
  {
    id: 'libceph-mon',
    patterns: [/^libceph: mon(?<mon>\d+) .*(?<what>socket closed|session lost|connect error|socket error)/],
    rule: 'server-unresponsive',
    severity: 'warn',
    condition: ({ what }) => `kernel Ceph client: ${what}`,
    entity: ({ mon = '' }) => entityRef('daemon', `mon${mon} of the kernel client`),
  },
  {
    id: 'scsi-not-scanned',
    patterns: [/(?<driver>qla2xxx) \[\S+\]-\S+ skipping scsi_scan_host\(\)/],
    rule: 'disk-errors-logged',
    severity: 'warn',
    condition: ({ driver }) => `SCSI hosts of ${driver} not scanned, paths missing`,
    entity: () => thisHost,
    subject: () => 'scsi',
    fixedSubject: true,
  },
  {
    id: 'rbd-error',
    patterns: [/^rbd: (?<dev>rbd\d+): .*(?<what>encountered watch error: -?\d+|result -?\d+|write error|read error)/],
    rule: 'disk-errors-logged',
    severity: 'crit',
    condition: ({ what }) => what ?? 'error',
    entity: disk,
  },
];
