import { entityText, type EntityRef } from '../findings/entity-ref.ts';
import { percent } from '../lib/units.ts';
import { providersOf, type AnyProvider } from '../timeline/provider.ts';
import type { EntityKey } from './entity-graph.ts';

/** Use of a shared resource by one process, container, guest or unit. */
export interface Consumption {
  readonly resource: EntityRef;
  readonly consumer: EntityRef;
  /** Displayed name: `docker:web`, `service:cron.service`, `dd[2311]`. */
  readonly subject: string;
  /** CPUs, bytes or bytes per second: one unit for one resource. */
  readonly amount: number;
  /** The amount with its unit. */
  readonly text: string;
}

/** Who uses a resource that is full. */
export interface Contention {
  /** Shares of all measured use, largest first. */
  readonly largest: readonly (Consumption & { readonly share: number })[];
  /** One consumer accounts for it; else there are too many, and the resource is too small. */
  readonly single: boolean;
}

export const defineConsumers = providersOf<Consumption>();
export type AnyConsumerProvider = AnyProvider<Consumption>;

/** A consumer with half of all use, or with a third and twice the next one, accounts for it. */
const HALF = 0.5;
const THIRD = 1 / 3;
const TIMES_NEXT = 2;
const SHOWN = 3;
/** Smaller shares are not worth a name. */
const MIN_SHARE = 0.01;

/** Contention for a resource; undefined where its use was not measured. */
export function contention(resource: EntityKey, all: readonly Consumption[]): Contention | undefined {
  const of = all.filter((each) => entityText(each.resource) === resource && each.amount > 0);
  const total = of.reduce((sum, { amount }) => sum + amount, 0);
  if (total === 0) return undefined;
  const largest = of
    .toSorted((a, b) => b.amount - a.amount || a.subject.localeCompare(b.subject))
    .slice(0, SHOWN)
    .map((each) => ({ ...each, share: each.amount / total }))
    .filter(({ share }) => share >= MIN_SHARE);
  const [first, second] = largest;
  const single =
    first !== undefined &&
    (first.share >= HALF || (first.share >= THIRD && first.share >= TIMES_NEXT * (second?.share ?? 0)));
  return { largest, single };
}

/** `guest:db 72% (5.8 CPUs), docker:web 9%`; of a resource without a single consumer `no single consumer, largest: …`. */
export function contentionText({ largest, single }: Contention): string {
  const named = largest.map(
    ({ subject, share, text }, i) => `${subject} ${percent(share * 100)}${i === 0 ? ` (${text})` : ''}`,
  );
  return `${single ? '' : 'no single consumer, largest: '}${named.join(', ')}`;
}
