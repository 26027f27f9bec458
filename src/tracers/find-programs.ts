import { tracers } from './index.ts';

const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/usr/share/bcc/tools'] as const;

const names: readonly string[] = [
  ...new Set(
    tracers.flatMap(({ programs }) =>
      programs.flatMap(({ family, paths }) =>
        family === 'bcc' ? [] : paths.map((path) => path.split('/').at(-1) ?? ''),
      ),
    ),
  ),
];

/** Names of the folders above that tracers use: one listing in the place of a hundred looks. */
export const FIND_PROGRAMS: readonly string[] = [
  'find',
  ...FOLDERS,
  '-maxdepth',
  '1',
  '(',
  '-path',
  '/usr/share/bcc/tools/*',
  '-o',
  '-name',
  '*-bpfcc',
  ...names.filter((name) => !name.startsWith('bpf-')).flatMap((name) => ['-o', '-name', name]),
  '-o',
  '-name',
  'bpf-*',
  ')',
];
