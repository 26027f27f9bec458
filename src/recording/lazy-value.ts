import { applyDelta, shapeAfter, type Delta, type Own, type Shape } from './value-delta.ts';

/**
 * A value as it was told: by its difference from the one before. It is put together when somebody asks, in one go over all
 * that lies between it and the last one that was asked for, so that a table that nobody looked at is never copied.
 */
export class LazyDelta {
  /** Entries of its table; 0 where it is none. */
  readonly places: number;
  /** Of these, what is not shared with the value before. */
  readonly ownPlaces: number;
  readonly #shape: Shape;
  readonly #keys: Set<string>;
  /** Until it has been put together. */
  #delta: Delta | undefined;
  #before: LazyDelta | undefined;
  #value: unknown;

  private constructor(delta: Delta, shape: Shape, before: LazyDelta | undefined) {
    this.#delta = delta;
    this.#shape = shape;
    this.#before = isWhole(delta) ? undefined : before;
    this.#keys = keysAfter(delta, before ? before.#keys : new Set());
    this.places = this.#keys.size;
    this.ownPlaces = Object.keys(tableOf(delta)?.map ?? {}).length;
  }

  /** Undefined when it cannot be told, because what it changes is not there or it is no delta. */
  static after(before: LazyDelta | undefined, delta: Delta): LazyDelta | undefined {
    const shape = shapeAfter(delta, before ? before.#shape : undefined);
    return shape === undefined ? undefined : new LazyDelta(delta, shape, before);
  }

  get value(): unknown {
    // The one before is asked for with most of them, for rates.
    if (this.#before) this.#before.#settle();
    this.#settle();
    return this.#value;
  }

  #settle(): void {
    if (this.#delta === undefined) return;
    const steps: LazyDelta[] = [this];
    for (let step = this.#before; step !== undefined; step = step.#before) {
      steps.push(step);
      if (step.#delta === undefined) break;
    }
    const own: Own = new Set();
    let value: unknown;
    for (const step of steps.toReversed()) {
      if (step.#delta === undefined) value = step.#value;
      else if (step !== this && step.#before === undefined) {
        // What all the others begin with: kept, so that what never changes is made once.
        step.#settle();
        value = step.#value;
      } else value = applyDelta(step.#delta, value, own);
    }
    this.#value = value;
    this.#delta = undefined;
    this.#before = undefined;
  }
}

const isWhole = (delta: Delta): boolean =>
  typeof delta !== 'object' || delta === null || 'list' in delta || delta.whole === 1;

/**
 * Names of the entries of a table: the value itself, or the one in a table of control groups. The set goes on from value to
 * value, since each is followed by one at most.
 */
function keysAfter(delta: Delta, keys: Set<string>): Set<string> {
  if (isWhole(delta)) keys.clear();
  const table = tableOf(delta);
  for (const key of Object.keys(table?.map ?? {})) keys.add(key);
  for (const key of table?.gone ?? []) keys.delete(key);
  return keys;
}

function tableOf(delta: Delta | undefined): { readonly map: object; readonly gone?: readonly string[] } | undefined {
  if (typeof delta !== 'object' || delta === null || 'list' in delta) return undefined;
  if ('map' in delta) return delta;
  const groups = Object.hasOwn(delta.object, 'groups') ? delta.object['groups'] : undefined;
  return typeof groups === 'object' && groups !== null && 'map' in groups ? groups : undefined;
}
