import { lines } from '../../lib/lines.ts';
import { defineSource, following } from '../source.ts';
import { packageFiles } from './package-files.ts';

const REQUIRED = '/run/reboot-required';
export const REBOOT_FILES = [REQUIRED, `${REQUIRED}.pkgs`];

export interface RebootRequired {
  readonly required: boolean;
  /** Packages that want it, each once. */
  readonly packages: readonly string[];
}

/**
 * Wish for a reboot that scripts of packages leave: update-notifier(8).
 *
 *     *** System restart required ***          linux-image-6.8.0-52-generic
 */
export const rebootRequired = defineSource({
  id: 'reboot-required',
  title: 'Reboot required',
  why: 'Shows that packages want a reboot, for example for a kernel with a fix.',
  everySeconds: 60,
  value: 'low',
  follows: following(packageFiles, (sample) => sample?.reboot),
  reads: {
    required: { kind: 'file', path: REQUIRED },
    packages: { kind: 'file', path: `${REQUIRED}.pkgs` },
  },
  parse: ({ required, packages }): RebootRequired => ({
    required: required !== undefined,
    packages: [...new Set(lines(packages ?? '').map((line) => line.trim()))].filter((name) => name !== ''),
  }),
});
