import type { HostRow } from '../../src/fleet/host-row.ts';

/** Live host without incidents. */
export const hostRow = (name: string, changes: Partial<HostRow> = {}): HostRow => ({
  name,
  state: 'live',
  sinceMs: 0,
  depth: 'glance',
  problems: [],
  figures: { cpu: 10, disk: 40 },
  facts: ['kernel 6.1', 'package openssl 3.0', 'mount / ext4'],
  kernel: '6.1',
  os: 'Debian 12',
  uptimeSeconds: 86_400,
  ...changes,
});

/** `node01`, `node02`… with the changes of some of them. */
export const hostRows = (
  number: number,
  changes: Readonly<Record<number, Partial<HostRow>>> = {},
): readonly HostRow[] =>
  Array.from({ length: number }, (_, i) => hostRow(`node${String(i + 1).padStart(2, '0')}`, changes[i + 1]));

export const fullDisk = {
  severity: 'crit',
  rule: 'filesystem-full',
  condition: 'space',
  subject: '/srv',
  sentence: 'tmpfs full (ENOSPC), 0 of 1.0 MiB available',
  isPast: false,
} as const;
