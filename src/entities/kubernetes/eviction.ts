import type { Space } from '../../sources/kubernetes/local.ts';
import { quantityOf } from '../../sources/kubernetes/quantity.ts';

/** EvictionSignal is an eviction signal of the kubelet with its threshold. */
export interface EvictionSignal {
  /** Signal name: `nodefs.available`. */
  readonly name: string;
  /** Available amount in the unit of the threshold: percent or bytes. */
  readonly left: number | undefined;
  readonly threshold: number | undefined;
  readonly unit: 'percent' | 'bytes';
  /** Available amount as a multiple of the threshold; below 1 pods are evicted. */
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

/** Signals of the node; a kubelet with configured thresholds has no defaults. */
export function evictionSignals(space: NodeSpace): readonly EvictionSignal[] {
  const thresholds = space.evictionHard && space.evictionHard.size > 0 ? space.evictionHard : DEFAULTS;
  return [...DEFAULTS.keys()].flatMap((name): readonly EvictionSignal[] => {
    const text = thresholds.get(name);
    if (text === undefined) return [];
    const isShare = text.endsWith('%');
    const threshold = isShare ? quantityOf(text.slice(0, -1)) : quantityOf(text);
    const { bytes, pct, where } = leftOf(name, space);
    const left = isShare ? pct : bytes;
    return [
      {
        name,
        left,
        threshold,
        unit: isShare ? 'percent' : 'bytes',
        times: left === undefined || !threshold ? undefined : left / threshold,
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
