import { lines, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Loaded kernel modules: proc_modules(5). The kernel keeps no time of a load, so loads are seen between two readings.
 *
 *     openvswitch 204800 21 - Live 0x0000000000000000
 */
export const kernelModules = defineSource({
  id: 'kernel-modules',
  title: 'Kernel modules',
  why: 'Shows kernel modules that were loaded or removed.',
  everySeconds: 60,
  reads: { modules: { kind: 'file', path: '/proc/modules' } },
  parse: ({ modules }): { readonly modules: ReadonlySet<string> | undefined } => ({
    modules: modules === undefined ? undefined : new Set(lines(modules).flatMap((line) => words(line)[0] ?? [])),
  }),
});
