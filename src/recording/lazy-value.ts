import { applyDelta, charactersOf, shapeAfter, type Delta, type Own, type Shape } from './value-delta.ts';

/**
 * Value in the form of a delta to the one before. `value` applies all deltas since the last evaluated one in one pass, so that a table
 * that is never read is never copied.
 */
export class LazyDelta {
  /** Number of entries of the table; 0 for other values. */
  readonly places: number;
  /** Number of entries that are not shared with the value before. */
  readonly ownPlaces: number;
  /** Size of the texts that are not shared with the value before. */
  readonly ownKiB: number;
  readonly #shape: Shape;
  readonly #keys: Set<string>;
  /** Undefined once evaluated. */
  #delta: Delta | undefined;
  #before: LazyDelta | undefined;
  #value: unknown;

  private constructor(delta: Delta, shape: Shape, before: LazyDelta | undefined) {
    this.#delta = delta;
    this.#shape = shape;
    this.#before = isWhole(delta) ? undefined : before;
    this.#keys = keysAfter(delta, before ? before.#keys : new Set());
    this.ownKiB = charactersOf(delta) / 1024;
    this.places = this.#keys.size;
    this.ownPlaces = Object.keys(tableOf(delta)?.map ?? {}).length;
  }

  /** Value after a delta; undefined for an invalid delta, or one without a value to change. */
  static after(before: LazyDelta | undefined, delta: Delta): LazyDelta | undefined {
    const shape = shapeAfter(delta, before ? before.#shape : undefined);
    return shape === undefined ? undefined : new LazyDelta(delta, shape, before);
  }

  get value(): unknown {
    // Rates read the value before as well.
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
        // Whole value at the start of the chain: evaluated once and kept.
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

/** Keys of a table: the value, or the one in a table of control groups. The set is reused, since a value has one successor. */
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
