import { defineSource, following } from '../source.ts';
import { packageFiles } from './package-files.ts';

/** Package as the database of its manager has it. */
export interface Package {
  readonly name: string;
  readonly architecture: string;
  /** `[epoch:]upstream-revision`; undefined where none was ever unpacked. */
  readonly version: string | undefined;
  /** Source package that it was built from. */
  readonly source: string | undefined;
  /** What was requested: `hold` keeps it from upgrades. dpkg(1). */
  readonly want: 'install' | 'hold' | 'deinstall' | 'purge' | 'unknown';
  readonly state: PackageState;
  /** dpkg wants it to be installed again. */
  readonly reinstall: boolean;
}

/** States of dpkg(1). `installed` is the only good one; `config-files` is left of a removed package. */
export type PackageState =
  | 'not-installed'
  | 'config-files'
  | 'half-installed'
  | 'unpacked'
  | 'half-configured'
  | 'triggers-awaited'
  | 'triggers-pending'
  | 'installed';

export interface PackagesSample {
  readonly manager: 'dpkg' | 'rpm';
  /** By `name:architecture`. */
  readonly packages: ReadonlyMap<string, Package>;
  /** Packages beyond the limit, which are not in the map. */
  readonly left: number;
}

const MAX_PACKAGES = 20_000;

export const DPKG_QUERY = [
  'dpkg-query',
  '--show',
  String.raw`--showformat=${'${db:Status-Abbrev}\\t${Package}\\t${Architecture}\\t${Version}\\t${source:Package}\\n'}`,
];
export const RPM_QUERY = [
  'rpm',
  '--query',
  '--all',
  String.raw`--queryformat=%{NAME}\t%{ARCH}\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\t%{SOURCERPM}\n`,
];

/**
 * Installed packages, from the database of dpkg or rpm, neither of which a query locks. dpkg-query(1), rpm(8).
 *
 *     ii \topenssl\tamd64\t3.0.17-1~deb12u2\topenssl
 *     iF \tnova-compute\tall\t3:25.2.1-0ubuntu2\tnova
 */
export const packages = defineSource({
  id: 'packages',
  title: 'Installed packages',
  why: 'Shows packages that are broken, held or older than a known fault, and a kernel that is not booted yet.',
  everySeconds: 600,
  value: 'low',
  follows: following(packageFiles, (sample) => sample?.database),
  reads: {
    dpkg: { kind: 'run', argv: DPKG_QUERY },
    rpm: { kind: 'run', argv: RPM_QUERY },
  },
  weightKiB: (sample: PackagesSample | undefined) => (sample?.packages.size ?? 0) * 0.3,
  parse: ({ dpkg, rpm }): PackagesSample | undefined => {
    const ofDpkg = sampleOf('dpkg', dpkg, dpkgPackage);
    // A host of dpkg may have rpm as a tool, with an empty database.
    return ofDpkg ?? sampleOf('rpm', rpm, rpmPackage);
  },
});

function sampleOf(
  manager: PackagesSample['manager'],
  text: string | undefined,
  of: (line: string) => Package | undefined,
): PackagesSample | undefined {
  if (text === undefined) return undefined;
  const found = new Map<string, Package>();
  let left = 0;
  for (const line of text.split('\n')) {
    const one = of(line);
    if (one === undefined) continue;
    if (found.size < MAX_PACKAGES) found.set(`${one.name}:${one.architecture}`, one);
    else left++;
  }
  return found.size === 0 ? undefined : { manager, packages: found, left };
}

const WANTS: Readonly<Record<string, Package['want']>> = { i: 'install', h: 'hold', r: 'deinstall', p: 'purge' };
const STATES: Readonly<Record<string, PackageState>> = {
  n: 'not-installed',
  c: 'config-files',
  H: 'half-installed',
  U: 'unpacked',
  F: 'half-configured',
  W: 'triggers-awaited',
  t: 'triggers-pending',
  i: 'installed',
};

function dpkgPackage(line: string): Package | undefined {
  const [abbreviation = '', name = '', architecture = '', version, source] = line.split('\t');
  const state = STATES[abbreviation[1] ?? ''];
  if (name === '' || state === undefined) return undefined;
  return {
    name,
    architecture,
    version: version || undefined,
    source: source || undefined,
    want: WANTS[abbreviation[0] ?? ''] ?? 'unknown',
    state,
    reinstall: abbreviation[2] === 'R',
  };
}

/** `openssl-3.0.7-27.el9.src.rpm`, whose name ends before its version and release. */
const SOURCE_RPM = /^(.+)-[^-]+-[^-]+\.src\.rpm$/;

function rpmPackage(line: string): Package | undefined {
  const [name = '', architecture = '', version, source] = line.split('\t');
  // Public keys are packages without an architecture.
  if (name === '' || version === undefined || architecture === '(none)') return undefined;
  return {
    name,
    architecture,
    version: version.replace(/^0:/, ''),
    source: SOURCE_RPM.exec(source ?? '')?.[1],
    want: 'install',
    state: 'installed',
    reinstall: false,
  };
}
