import type { InfluenceRow } from '../influence.ts';

const HOUR = 3600;

/** Influences of what the kernel logged. */
export const kernelInfluences: readonly InfluenceRow[] = [
  ['disk-errors-logged', 'filesystem-error', 'disk', [], 'often', HOUR, 'failed writes reach its filesystem'],
  ['disk-errors-logged', 'filesystem-error', 'disk', ['stored-on'], 'often', HOUR, 'failed writes reach its filesystem'],
  ['disk-errors-logged', 'disk-slow', 'disk', [], 'often', HOUR, 'the drive retries a bad sector for seconds'],
  ['disk-errors-logged', 'disk-hung', 'disk', [], 'sometimes', HOUR, 'its controller is reset'],
  ['disk-errors-logged', 'ceph-osd-slow', 'osd', ['stored-on'], 'often', HOUR, 'the drive retries a bad sector'],
  ['disk-errors-logged', 'ceph-osd-unresponsive', 'osd', ['stored-on'], 'sometimes', HOUR, 'the OSD ends on a read error'],
  ['disk-errors-logged', 'raid-degraded', 'md-array', ['stored-on'], 'often', HOUR, 'md drops a member that fails writes'],
  ['disk-errors-logged', 'volume-error', 'md-array', ['stored-on'], 'sometimes', HOUR, 'a path or member below it fails'],
  ['nic-hung', 'nic-errors', 'nic', [], 'often', HOUR, 'the driver resets the card'],
  ['nic-hung', 'nic-flaps', 'nic', [], 'often', HOUR, 'the driver resets the card'],
]; // prettier-ignore
