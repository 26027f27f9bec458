import { lines } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

export interface PackageOrigin {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  /** Suites of archives that have the installed version: `noble-updates`; none of a version that no archive on the host's list has. */
  readonly suites: readonly string[];
  /** Newer version in the lists, where there is one. */
  readonly candidate: string | undefined;
}

/** Without its caches, which apt would write as root: it then makes them in memory. */
export const APT_LIST = [
  'apt',
  '-qq',
  '-o',
  'Dir::Cache::pkgcache=',
  '-o',
  'Dir::Cache::srcpkgcache=',
  'list',
  '--installed',
];

/** Ports and versions that a suite's name does not tell apart: archives mark their builds. */
const MARKS: readonly (readonly [mark: RegExp, archive: string])[] = [
  [/~cloud\d/, 'Ubuntu Cloud Archive'],
  [/\+esm\d|~esm\d/, 'Ubuntu Pro (ESM)'],
  [/[~+]ppa\d|~ubuntu[\d.]+~\w+\d*$/, 'PPA'],
  [/~bpo\d/, 'backports'],
];

/** Archive that a version is of by its mark; undefined without one. */
export const markedArchive = (version: string): string | undefined => MARKS.find(([mark]) => mark.test(version))?.[1];

/**
 * Archives of the installed packages, by the lists that apt last fetched: apt(8). It takes no lock and writes nothing.
 *
 *     adduser/oldstable,now 3.134 all [installed,automatic]
 *     openssl/jammy-updates,now 3.0.2-0ubuntu1.18 amd64 [installed,upgradable to: 3.0.2-0ubuntu1.19]
 *     lab-tool/now 1.0 amd64 [installed,local]
 */
export const packageOrigins = defineDetail({
  id: 'package-origins',
  title: 'Archives of packages',
  why: 'Shows which archive each package is from, those of none, and newer versions, when the engineer asks for it.',
  everySeconds: 3600,
  example: {},
  reads: (_target: object) => ({ list: { kind: 'run', argv: APT_LIST, timeoutMs: 60_000 } }),
  parse: ({ list }): readonly PackageOrigin[] | undefined =>
    list === undefined
      ? undefined
      : lines(list)
          .slice(0, 20_000)
          .flatMap((line) => originOf(line) ?? []),
});

function originOf(line: string): PackageOrigin | undefined {
  const [, name, suites, version, architecture, state] = /^([^\s/]+)\/(\S+) (\S+) (\S+) \[(.*)\]$/.exec(line) ?? [];
  if (name === undefined || version === undefined || architecture === undefined || suites === undefined)
    return undefined;
  return {
    name,
    architecture,
    version,
    suites: suites.split(',').filter((suite) => suite !== 'now'),
    candidate: /upgradable to: ([^,\s]+)/.exec(state ?? '')?.[1],
  };
}
