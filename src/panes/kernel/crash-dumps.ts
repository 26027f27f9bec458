import { label, plain } from '../../lib/plain.ts';
import { signalName } from '../../lib/signals.ts';
import { count, plural } from '../../lib/units.ts';
import type { CrashDumps, CrashFile, LiveKernelAccess } from '../../sources/kernel/crash-files.ts';
import { nothingWords, stateOf, type NothingWords } from '../../timeline/reading-state.ts';
import type { Seen } from '../../timeline/moment.ts';
import { ageColumn, bytesColumn, numberColumn, textColumn } from '../../ui/kit/columns.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import type { Column, TableSection } from '../pane.ts';
import { coreDetail } from './core-detail.ts';

/** Crash dumps of the last week as the pane has them. */
export interface CrashModel {
  readonly sample: CrashDumps | undefined;
  readonly rows: readonly CrashRow[];
  readonly empty: NothingWords;
}

export interface CrashRow {
  readonly file: CrashFile;
  readonly agoSeconds: number | undefined;
}

export function crashModel(seen: Seen<CrashDumps | undefined>): CrashModel {
  const wall = seen.history.at(-1)?.wallMs;
  return {
    sample: seen.now,
    rows: (seen.now?.files ?? []).map((file) => ({
      file,
      agoSeconds: wall === undefined || file.epochSeconds === undefined ? undefined : Math.max(0, wall / 1000 - file.epochSeconds + (seen.ageMs ?? 0) / 1000),
    })),
    empty: nothingWords('none in the last week', stateOf(seen)),
  }; // prettier-ignore
}

const columns: readonly Column<CrashRow>[] = [
  ageColumn({ id: 'last', title: 'LAST', about: 'Time since the dump was written; none of a dump in the firmware, which is dated at the boot after.', width: 6, rank: 0, value: (row) => row.agoSeconds }),
  textColumn({ id: 'program', title: 'PROGRAM', about: 'Program that crashed, or kernel.', width: 12, widest: 24, rank: 0, value: ({ file }) => (file.what === 'kernel' ? label('kernel') : file.program && plain(file.program)) }),
  textColumn({ id: 'signal', title: 'SIGNAL', about: 'Signal that ended the program.', vocabulary: 'fixed', width: 8, rank: 0, value: ({ file: { signal } }) => (signal === undefined ? undefined : label(signalName(signal))) }),
  numberColumn({ id: 'pid', title: 'PID', about: 'Process that crashed.', width: 7, rank: 2, value: ({ file }) => file.pid }),
  bytesColumn({ id: 'size', title: 'SIZE', about: 'Size of the dump on the disk, in bytes; compressed where its name ends with .zst, .lz4 or .xz.', width: 6, rank: 1, value: ({ file }) => file.bytes }),
  textColumn({ id: 'by', title: 'BY', about: 'Who keeps it: systemd (systemd-coredump), apport, kernel (core_pattern without a handler), kdump, pstore (firmware).', vocabulary: 'fixed', width: 7, rank: 1, value: ({ file }) => file.by && label(file.by) }),
  textColumn({ id: 'package', title: 'PACKAGE', about: 'Package of the program with its version.', width: 16, widest: 40, rank: 2, value: ({ file }) => file.package && plain(file.package) }),
  textColumn({ id: 'what', title: 'PANIC OR EXCEPTION', about: 'Line of the panic in the log of kdump, or exception of a program in Python.', width: 18, widest: 60, rank: 3, value: ({ file }) => file.line && plain(file.line) }),
  textColumn({ id: 'path', title: 'DUMP', about: 'File or folder of the dump.', width: 24, grow: true, rank: 1, value: ({ file }) => plain(file.path) }),
]; // prettier-ignore

/** `3 in the last week`, and what was not listed. */
const noteOf = ({ files, left, unread }: CrashDumps): string =>
  [
    `${count(files.length)} in the last week`,
    ...(left === 0 ? [] : [`${count(left)} older ones not listed`]),
    ...unread.map((text) => plain(text)),
  ].join(', ');

/** Table of the dumps; ↵ on that of a program reads its stacks. */
export const crashDumpsSection = ({ rows, sample, empty }: CrashModel): TableSection<CrashRow> => ({
  kind: 'table',
  id: 'crash-dumps',
  title: 'Crash dumps',
  note: sample === undefined ? '' : noteOf(sample),
  sources: ['crash-files'],
  columns,
  rows,
  key: ({ file }) => file.path,
  sort: { column: 'last', descending: false },
  entity: ({ file }) => (file.program === undefined ? undefined : entityRef('daemon', file.program)),
  name: ({ file }) => plain(file.program ?? file.path),
  detail: ({ file }) => (file.what === 'kernel' ? undefined : coreDetail(file.path)),
  empty,
  minRows: 2,
});

/** Whether drgn or crash can ask the running kernel, else the first reason why not, with how to change it. */
export function liveKernelText({ release, symbols, programs, hasMemory, lockdown }: LiveKernelAccess): string {
  const reasons = [
    ...(hasMemory ? [] : ['/proc/kcore not present']),
    ...(lockdown === 'confidentiality' ? ['/proc/kcore not readable: lockdown confidentiality'] : []),
    ...(symbols === undefined ? [`debug information of ${release} not present (linux-image-${release}-dbgsym or -dbg)`] : []),
    ...(programs.length === 0 ? ['drgn and crash not installed'] : []),
  ]; // prettier-ignore
  return reasons.length === 0
    ? plain(`${programs.map((path) => `${path}${path.endsWith('crash') ? ` ${symbols}` : ''}`).join(' or ')} (about ${plural(1, 'GB')} of memory for symbols)`)
    : plain(`by drgn or crash: ${reasons.join('; ')}`); // prettier-ignore
}
