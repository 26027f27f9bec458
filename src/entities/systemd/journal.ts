import type { JournalFiles } from '../../sources/systemd/journal-files.ts';

/** What bounds the journal. */
export interface JournalLimit {
  readonly bytes: number;
  /** Setting of journald.conf(5) that is the nearer one. */
  readonly by: string;
}

/** Size at which journald drops its oldest file: SystemMaxUse=, or what SystemKeepFree= leaves, whichever is less. */
export function journalLimit({
  isPersistent,
  bytes,
  mostBytes,
  keepFreeBytes,
  freeBytes,
}: JournalFiles): JournalLimit | undefined {
  const kind = isPersistent ? 'System' : 'Runtime';
  const left = keepFreeBytes === undefined || freeBytes === undefined ? undefined : Math.max(0, bytes + freeBytes - keepFreeBytes); // prettier-ignore
  if (left !== undefined && left < (mostBytes ?? Infinity)) return { bytes: left, by: `${kind}KeepFree` };
  return mostBytes === undefined ? undefined : { bytes: mostBytes, by: `${kind}MaxUse` };
}

/** Seconds from the oldest entry of the system's archived files. */
export const journalReach = ({ oldestEpochSeconds }: JournalFiles, wallMs: number): number | undefined =>
  oldestEpochSeconds === undefined ? undefined : Math.max(0, wallMs / 1000 - oldestEpochSeconds);
