import type { Missing } from '../../host/host.ts';

export interface DatabaseError {
  readonly path: string;
  readonly line: number;
}

/** Place where dpkg fails to parse its database; undefined for other reasons of a missing reading. Its texts are hostile. */
export function databaseError(gone: Missing | undefined): DatabaseError | undefined {
  const [, path, line] = /parsing file '([^']+)' near line (\d+)/.exec(gone?.why === 'failed' ? gone.detail : '') ?? [];
  return path === undefined ? undefined : { path, line: Number(line) };
}
