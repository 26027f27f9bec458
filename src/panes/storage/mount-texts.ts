import { isReadOnly, readOnlySeverity, type ReadOnlyReason } from '../../entities/storage/mount-state.ts';
import { spaceGrade } from '../../entities/storage/space.ts';
import { span } from '../../lib/units.ts';
import type { Role } from '../../theme.ts';
import type { MountRow } from './mount-rows.ts';

const READ_ONLY: Readonly<Record<ReadOnlyReason, string>> = {
  error: 'ro: error',
  kernel: 'ro: by the kernel',
  remounted: 'ro: remounted',
  fstab: 'ro, rw in fstab',
};

/** `unresponsive 12 s`, `ro: error`, `ro`, `rw`. */
export function stateText({ filesystem, unresponsive, readOnly }: MountRow): string {
  if (unresponsive?.condition === 'failed') return `statfs ${filesystem.probe.state === 'failed' ? filesystem.probe.code : 'fails'}`; // prettier-ignore
  if (unresponsive) return `${unresponsive.condition === 'frozen' ? 'frozen' : 'unresponsive'}${unresponsive.forSeconds === undefined ? '' : ` ${span(unresponsive.forSeconds)}`}`; // prettier-ignore
  const { probe } = filesystem;
  if (probe.state === 'slow') return `was unresponsive ${span(probe.tookSeconds)}`;
  const access = readOnly ? READ_ONLY[readOnly] : isReadOnly(filesystem) ? 'ro' : 'rw';
  return probe.state === 'failed' ? `${access}, statfs ${probe.code}` : access;
}

/** Severity of `stateText`. */
export const stateRole = ({ unresponsive, readOnly }: MountRow): Role =>
  unresponsive ? 'crit' : readOnly ? readOnlySeverity(readOnly) : 'text';

/** Severity of its space. */
export const spaceRole = ({ filesystem, filling }: MountRow): Role => spaceGrade(filesystem, filling) ?? 'text';
