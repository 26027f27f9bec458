import type { Space } from '../../sources/kubernetes/local.ts';
import { quantityOf } from '../../sources/kubernetes/quantity.ts';

/** How near the node is to a line at which the kubelet evicts pods. */
export interface EvictionSignal {
  /** As the kubelet calls it: `nodefs.available`. */
  readonly name: string;
  /** What is left, as the line is given: percent, or bytes. */
  readonly left: number | undefined;
  readonly line: number | undefined;
  readonly unit: 'percent' | 'bytes';
  /** How many times the line is left; at 1 pods go. */
  readonly times: number | undefined;
  readonly where: string | undefined;
}

/** https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['memory.available', '100Mi'],
  ['nodefs.available', '10%'],
  ['nodefs.inodesFree', '5%'],
  ['imagefs.available', '15%'],
]);

export interface NodeSpace {
  readonly memoryAvailableBytes: number | undefined;
  readonly nodefs: Space | undefined;
  readonly imagefs: Space | undefined;
  readonly evictionHard: ReadonlyMap<string, string> | undefined;
}

/** A kubelet that was told some lines of its own has no others. */
export function evictionSignals(space: NodeSpace): readonly EvictionSignal[] {
  const lines = space.evictionHard && space.evictionHard.size > 0 ? space.evictionHard : DEFAULTS;
  return [...DEFAULTS.keys()].flatMap((name): readonly EvictionSignal[] => {
    const text = lines.get(name);
    if (text === undefined) return [];
    const isShare = text.endsWith('%');
    const line = isShare ? quantityOf(text.slice(0, -1)) : quantityOf(text);
    const { bytes, pct, where } = leftOf(name, space);
    const left = isShare ? pct : bytes;
    return [
      {
        name,
        left,
        line,
        unit: isShare ? 'percent' : 'bytes',
        times: left === undefined || !line ? undefined : left / line,
        where,
      },
    ];
  });
}

function leftOf(
  name: string,
  { memoryAvailableBytes, nodefs, imagefs }: NodeSpace,
): { readonly bytes: number | undefined; readonly pct: number | undefined; readonly where: string | undefined } {
  switch (name) {
    case 'memory.available':
      return { bytes: memoryAvailableBytes, pct: undefined, where: undefined };
    case 'nodefs.available':
      return { bytes: nodefs?.freeBytes, pct: nodefs?.freePct, where: nodefs?.path };
    case 'nodefs.inodesFree':
      return { bytes: undefined, pct: nodefs?.inodesFreePct, where: nodefs?.path };
    default:
      return { bytes: imagefs?.freeBytes, pct: imagefs?.freePct, where: imagefs?.path };
  }
}
