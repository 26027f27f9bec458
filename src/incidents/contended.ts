import { hostResource, type EntityRef } from '../findings/entity-ref.ts';

/** Rules about a shared resource that is full, with the resource whose consumers matter; `own`: the one that the finding is about. */
const CONTENDED: Readonly<Record<string, EntityRef | 'own'>> = {
  'cpu-saturated': 'own',
  pressure: 'own',
  'memory-short': hostResource('memory'),
  swapping: hostResource('memory'),
  'disk-saturated': hostResource('io'),
  'numa-node-busy': hostResource('cpu'),
  'numa-node-full': hostResource('memory'),
};

/** Resource whose consumers a finding raises the question of. */
export function resourceOf({
  rule,
  entity,
}: {
  readonly rule: string;
  readonly entity: EntityRef;
}): EntityRef | undefined {
  const resource = CONTENDED[rule];
  return resource === 'own' ? entity : resource;
}
