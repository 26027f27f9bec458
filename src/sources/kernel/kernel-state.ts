import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';

/**
 * Facts about the running kernel that the log may have lost: taint, counts of oopses, warnings and hung tasks, live patches, crash dumps.
 * Documentation/admin-guide/tainted-kernels.rst, sysctl/kernel.rst, ABI/testing/sysfs-kernel-oops_count. A file that an older kernel
 * does not have is undefined.
 */
export const kernelState = defineSource({
  id: 'kernel-state',
  title: 'Kernel state',
  why: 'Shows taint, counted oopses and hung tasks, live patches and whether a crash would leave a dump.',
  everySeconds: 30,
  value: 'low',
  reads: {
    tainted: { kind: 'file', path: '/proc/sys/kernel/tainted' },
    oopses: { kind: 'file', path: '/sys/kernel/oops_count' },
    warnings: { kind: 'file', path: '/sys/kernel/warn_count' },
    hungTasks: { kind: 'file', path: '/proc/sys/kernel/hung_task_detect_count' },
    hungReports: { kind: 'file', path: '/proc/sys/kernel/hung_task_warnings' },
    crashLoaded: { kind: 'file', path: '/sys/kernel/kexec_crash_loaded' },
    corePattern: { kind: 'file', path: '/proc/sys/kernel/core_pattern' },
    patches: { kind: 'glob', pattern: '/sys/kernel/livepatch/*/enabled' },
  },
  parse: (values): KernelState => ({
    taint: toCount(values.tainted),
    oopses: toCount(values.oopses),
    warnings: toCount(values.warnings),
    hungTasks: toCount(values.hungTasks),
    hungReportsLeft: reportsLeft(values.hungReports),
    crashDump: values.crashLoaded === undefined ? undefined : values.crashLoaded.trim() === '1',
    corePattern: values.corePattern?.trim(),
    patches: [...attribute(values.patches, 4)].flatMap(([name, enabled]) => (enabled === '1' ? [name] : [])),
  }),
});

export interface KernelState {
  /** Bits of `taintFlags`. */
  readonly taint: number | undefined;
  readonly oopses: number | undefined;
  readonly warnings: number | undefined;
  readonly hungTasks: number | undefined;
  /** Hung tasks that the kernel will still report; undefined without a limit. */
  readonly hungReportsLeft: number | undefined;
  /** A crash kernel is loaded. */
  readonly crashDump: boolean | undefined;
  readonly corePattern: string | undefined;
  /** Names of enabled live patches. */
  readonly patches: readonly string[];
}

/** −1: no limit. */
const reportsLeft = (text: string | undefined): number | undefined => {
  const value = text === undefined ? undefined : Number(text);
  return value !== undefined && Number.isInteger(value) && value >= 0 ? value : undefined;
};

/** Reasons of a taint by bit. Documentation/admin-guide/tainted-kernels.rst. */
const TAINTS = [
  'proprietary module',
  'forced module load',
  'CPU out of specification',
  'forced module unload',
  'machine check',
  'bad page',
  'userspace request',
  'kernel died (oops)',
  'ACPI table overridden',
  'kernel warning',
  'staging driver',
  'firmware workaround',
  'out-of-tree module',
  'unsigned module',
  'soft lockup',
  'live patch',
  'auxiliary taint',
  'randomized structs',
  'in-kernel test',
] as const;

/** Reasons of a taint, in the words of the kernel's documentation. */
export const taintReasons = (taint: number): readonly string[] =>
  // No bit operators: an unknown high bit must not turn the number negative.
  TAINTS.filter((_, bit) => Math.floor(taint / 2 ** bit) % 2 === 1);
