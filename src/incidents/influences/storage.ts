import type { InfluenceRow } from '../influence.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Influences of filesystems, and of what they stand on. */
export const storageInfluences: readonly InfluenceRow[] = [
  ['disk-errors-logged', 'filesystem-errors-counted', 'disk', [], 'often', DAY, 'failed writes reach its filesystem'],
  ['disk-errors-logged', 'filesystem-errors-counted', 'disk', ['stored-on'], 'often', DAY, 'failed writes reach its filesystem'],
  ['disk-errors-logged', 'mount-unresponsive', 'mount', ['stored-on'], 'often', HOUR, 'its filesystem shuts down'],
  ['disk-errors-logged', 'mount-read-only', 'mount', ['stored-on'], 'often', HOUR, 'its filesystem takes no writes after an error'],
  ['disk-hung', 'mount-unresponsive', 'mount', ['stored-on'], 'often', HOUR, 'its disk completes nothing'],
  ['disk-state', 'mount-unresponsive', 'mount', ['stored-on'], 'often', HOUR, 'its disk is offline'],
  ['filesystem-error', 'filesystem-errors-counted', 'disk', [], 'often', DAY, 'the logged error is counted'],
  ['filesystem-error', 'mount-read-only', 'mount', ['stored-on'], 'often', HOUR, 'errors=remount-ro'],
  ['filesystem-error', 'mount-unresponsive', 'mount', ['stored-on'], 'often', HOUR, 'its filesystem shut down'],
  ['filesystem-errors-counted', 'mount-read-only', 'mount', ['stored-on'], 'often', DAY, 'errors=remount-ro'],
  ['volume-suspended', 'mount-unresponsive', 'mount', ['stored-on'], 'often', HOUR, 'all I/O to its volume waits'],
  ...['thin-pool-full', 'volume-degraded'].flatMap((cause): readonly InfluenceRow[] => [
    [cause, 'volume-hung', 'disk', ['stored-on'], 'often', HOUR, 'its writes wait for space'],
    [cause, 'volume-error', 'disk', [], 'often', DAY, 'the kernel logs it'],
    [cause, 'disk-errors-logged', 'disk', [], 'often', DAY, 'its I/O fails'],
    [cause, 'disk-errors-logged', 'disk', ['stored-on'], 'often', DAY, 'I/O of its volumes fails'],
    [cause, 'filesystem-error', 'disk', [], 'often', DAY, 'failed writes reach its filesystem'],
    [cause, 'filesystem-error', 'disk', ['stored-on'], 'often', DAY, 'failed writes reach its filesystem'],
    [cause, 'filesystem-errors-counted', 'disk', [], 'often', DAY, 'failed writes reach its filesystem'],
    [cause, 'filesystem-errors-counted', 'disk', ['stored-on'], 'often', DAY, 'failed writes reach its filesystem'],
    [cause, 'mount-read-only', 'mount', ['stored-on'], 'often', HOUR, 'its filesystem takes no writes after an error'],
    [cause, 'mount-unresponsive', 'mount', ['stored-on'], 'often', HOUR, 'its I/O waits or fails'],
    [cause, 'processes-blocked', 'process', ['shares', 'stored-on'], 'often', HOUR, 'writers wait for space'],
  ]),
  ['volume-hung', 'mount-unresponsive', 'mount', ['stored-on'], 'often', HOUR, 'its volume completes nothing'],
  ['volume-hung', 'processes-blocked', 'process', ['shares', 'stored-on'], 'often', HOUR, 'tasks wait for I/O that does not complete'],
  ['volume-suspended', 'processes-blocked', 'process', ['shares', 'stored-on'], 'often', HOUR, 'all I/O to its volume waits'],
  ['multipath-paths', 'volume-hung', 'disk', [], 'often', HOUR, 'queue_if_no_path holds its I/O'],
  ['volume-error', 'multipath-paths', 'disk', ['stored-on'], 'often', DAY, 'a path failed'],
  ['multipath-paths', 'mount-unresponsive', 'mount', ['stored-on'], 'often', HOUR, 'queue_if_no_path holds its I/O'],
  ['storage-link-down', 'disk-state', 'disk', ['plugged-into'], 'often', HOUR, 'the link to its target is down'],
  ['disk-state', 'multipath-paths', 'disk', ['stored-on'], 'often', HOUR, 'a path is offline'],
  ['server-unresponsive', 'mount-unresponsive', 'mount', ['served-by'], 'always', HOUR, 'its server does not respond'],
  ['nfs-retransmits', 'mount-unresponsive', 'mount', [], 'sometimes', HOUR, 'its server does not reply'],
  ['server-unresponsive', 'nfs-retransmits', 'mount', ['served-by'], 'often', HOUR, 'its server does not respond'],
  ['mount-unresponsive', 'processes-blocked', 'process', ['stored-on'], 'often', HOUR, 'processes wait in it'],
  ['mount-unresponsive', 'guest-disk-slow', 'guest-disk', ['stored-on'], 'often', HOUR, 'its image is on it'],
  ['filesystem-full', 'guest-paused', 'guest', ['stored-on'], 'often', HOUR, 'QEMU pauses a guest on ENOSPC'],
  ['filesystem-full', 'container-failed', 'container', ['stored-on'], 'sometimes', HOUR, 'writes fail with ENOSPC'],
]; // prettier-ignore
