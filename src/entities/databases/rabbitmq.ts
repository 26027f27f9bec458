import type { RabbitmqNode, RabbitmqQueue } from '../../sources/databases/rabbitmq.ts';
import { shareOf } from './connections.ts';
import { gradeOf, RESOURCE_PCT } from './limits.ts';

/** Queues with messages that no consumer takes. */
export const withoutConsumers = (queues: ReadonlyMap<string, RabbitmqQueue>): readonly RabbitmqQueue[] =>
  [...queues.values()]
    .filter(({ ready, consumers }) => consumers === 0 && (ready ?? 0) > 0)
    .toSorted((a, b) => (b.ready ?? 0) - (a.ready ?? 0));

/** Memory by the watermark at which publishers are blocked. */
export const nodeMemorySeverity = ({ memoryBytes, memoryLimitBytes }: RabbitmqNode): 'crit' | 'warn' | undefined =>
  gradeOf(shareOf(memoryBytes, memoryLimitBytes), RESOURCE_PCT);
