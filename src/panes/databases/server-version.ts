import { plain } from '../../lib/plain.ts';

/** Version of a server without that of its package: `15.18`, `10.11.6`. */
export const versionOf = (version: string | undefined): string | undefined =>
  version && plain(version.split(/[ -]/)[0] ?? '');
