import { statSync } from 'node:fs';
import type { ObjectCache } from './object-cache.ts';
import { objectSymbols, type ObjectSymbols } from './object-symbols.ts';

/** Bytes of tables and names in memory, of all objects. */
const MAX_WEIGHT = 48 << 20;

/** Reads the tables of an object from the host; undefined where they cannot be had. */
export type FetchTables = () => Promise<Uint8Array | undefined>;

/** File with the debug symbols of a build-id on this machine; `arrived` is called where it comes later. */
export type DebugFileOf = (buildId: string, arrived: () => void) => string | undefined;

/**
 * ObjectStore finds the symbols of objects by build-id: in memory, in the cache of the engineer, else by a read of the host's file,
 * once; with names and lines of debug files of this machine.
 */
export class ObjectStore {
  readonly #cache: ObjectCache;
  readonly #debugFile: DebugFileOf;
  readonly #known = new Map<string, ObjectSymbols>();

  constructor(cache: ObjectCache, debugFile: DebugFileOf) {
    this.#cache = cache;
    this.#debugFile = debugFile;
  }

  async symbols(buildId: string, fetchTables: FetchTables): Promise<ObjectSymbols | undefined> {
    const known = this.#known.get(buildId);
    if (known !== undefined) {
      this.#known.delete(buildId);
      this.#known.set(buildId, known);
      return known;
    }
    let tables = this.#cache.read(buildId);
    if (tables === undefined) {
      tables = await fetchTables();
      if (tables === undefined) return undefined;
      this.#cache.write(buildId, tables);
    }
    const made = await objectSymbols(
      tables,
      this.#debugFile(buildId, () => this.#known.delete(buildId)),
    );
    if (made === undefined) return undefined;
    this.#known.set(buildId, made);
    let weight = [...this.#known.values()].reduce((sum, one) => sum + one.weight, 0);
    for (const [id, one] of this.#known) {
      if (weight <= MAX_WEIGHT || id === buildId) break;
      this.#known.delete(id);
      weight -= one.weight;
    }
    return made;
  }
}

/** First of some paths that is a file with content. */
export function filledFile(paths: readonly string[]): string | undefined {
  return paths.find((path) => {
    try {
      const seen = statSync(path);
      return seen.isFile() && seen.size > 0;
    } catch {
      return false;
    }
  });
}
