import { compareDebianVersions } from '../../lib/debian-version.ts';
import type { PackagesSample } from '../../sources/packages/packages.ts';

export interface Kernels {
  /** Release that runs: `6.1.0-27-amd64`. */
  readonly running: string;
  /** Newest installed one of the same flavour, where it is newer. */
  readonly pending: string | undefined;
  /** Whether a package has the running one; undefined where no kernel is installed, as in a container. */
  readonly isPackaged: boolean | undefined;
}

/** `linux-image-6.8.0-52-generic`, `linux-image-unsigned-6.8.0-52-lowlatency`; metapackages have no version in their name. */
const DEBIAN = /^linux-image-(?:unsigned-)?(\d\S*)$/;
const RPM = /^kernel(?:-(?:core|default|rt-core|uek-core))?$/;

/** Kernel that runs, and the newest installed one that a reboot would start. */
export function kernelsOf(running: string | undefined, sample: PackagesSample | undefined): Kernels | undefined {
  if (running === undefined || sample === undefined) return undefined;
  const installed = [...sample.packages.values()].flatMap(({ name, architecture, version, state }) => {
    if (state !== 'installed') return [];
    const release = DEBIAN.exec(name)?.[1];
    if (release !== undefined) return name.endsWith('-dbg') ? [] : [release];
    return sample.manager === 'rpm' && RPM.test(name) && version !== undefined ? [`${version}.${architecture}`] : [];
  });
  const flavour = flavourOf(running);
  const newest = installed
    .filter((release) => flavourOf(release) === flavour)
    .toSorted(compareDebianVersions)
    .at(-1);
  return {
    running,
    pending: newest !== undefined && compareDebianVersions(newest, running) > 0 ? newest : undefined,
    isPackaged: installed.length === 0 ? undefined : installed.includes(running),
  };
}

/** `generic` of `6.8.0-52-generic`, `cloud-amd64` of `6.1.0-27-cloud-amd64`: after the last number that stands alone. */
const flavourOf = (release: string): string => /^[\d.]+(?:[-~+.]\d[^-]*)*-?([^]*)$/.exec(release)?.[1] ?? '';
