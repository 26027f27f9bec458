import type { Package, PackagesSample } from '../../sources/packages/packages.ts';

/** State that an unfinished or failed run of dpkg left; undefined for a good one. dpkg(1). */
export function problemOf({ state, reinstall }: Package): string | undefined {
  if (reinstall) return 'reinstall required';
  return state === 'installed' || state === 'config-files' || state === 'not-installed' ? undefined : state;
}

export const isInstalled = ({ state }: Package): boolean => state !== 'config-files' && state !== 'not-installed';

export const isHeld = (one: Package): boolean => one.want === 'hold' && isInstalled(one);

/** Packages of a run that did not finish, in the order of their names. */
export const brokenPackages = (sample: PackagesSample | undefined): readonly Package[] =>
  [...(sample?.packages.values() ?? [])].filter((one) => problemOf(one) !== undefined);
