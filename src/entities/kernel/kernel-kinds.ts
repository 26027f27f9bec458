import { gpuKinds } from './gpu-kinds.ts';
import { storageKinds } from './storage-kinds.ts';
import { systemKinds } from './system-kinds.ts';
import type { Groups, KernelKind } from './kernel-kind.ts';

/**
 * Lines of the kernel log that matter, with the wordings of kernels 4.15 to 6.x. Sources: node-problem-detector (kernel-monitor.json,
 * readonly-monitor.json), syzkaller's report parser, hotsos' kernel scenarios, the kernel's own source, NVIDIA's list of Xids.
 */
export const KERNEL_KINDS: readonly KernelKind[] = [...systemKinds, ...storageKinds, ...gpuKinds];

/** Wordings that match a pattern and mean no fault. */
const BENIGN = [/INFO: NMI handler/, /recovery required on readonly filesystem/, /Stall ended before state dump/];

/** Kind of a line with the groups of its pattern; undefined for others. */
export function kindOf(text: string): { readonly kind: KernelKind; readonly groups: Groups } | undefined {
  if (BENIGN.some((pattern) => pattern.test(text))) return undefined;
  for (const kind of KERNEL_KINDS)
    for (const pattern of kind.patterns) {
      const found = pattern.exec(text);
      if (found) return { kind, groups: found.groups ?? {} };
    }
  return undefined;
}
