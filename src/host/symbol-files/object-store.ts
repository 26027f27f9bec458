import { statSync } from 'node:fs';
import type { ObjectCache, ObjectId } from './object-cache.ts';
import { objectSymbols, type ObjectSymbols } from './object-symbols.ts';

/** Bytes of tables and names in memory, of all objects. */
const MAX_WEIGHT = 48 << 20;

/** Reads the tables of an object from the host; undefined where they cannot be had. */
export type FetchTables = () => Promise<Uint8Array | undefined>;

/** File with the debug symbols of a build-id on this machine; `arrived` is called where it comes later. */
export type DebugFileOf = (buildId: string, arrived: () => void) => string | undefined;

/**
 * ObjectStore finds the symbols of objects of hosts: in memory, in the cache of the engineer, else by a read of the host's file, once;
 * with names and lines of debug files of this machine, which are those of all hosts.
 */
export class ObjectStore {
  readonly #cache: ObjectCache;
  readonly #debugFile: DebugFileOf;
  readonly #known = new Map<string, ObjectSymbols>();

  constructor(cache: ObjectCache, debugFile: DebugFileOf) {
    this.#cache = cache;
    this.#debugFile = debugFile;
  }

  async symbols(id: ObjectId, fetchTables: FetchTables): Promise<ObjectSymbols | undefined> {
    const key = `${id.buildId} ${id.host}`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return known;
    }
    const made = (await this.#made(id, this.#cache.read(id))) ?? (await this.#fetched(id, fetchTables));
    if (made === undefined) return undefined;
    this.#known.set(key, made);
    let weight = [...this.#known.values()].reduce((sum, one) => sum + one.weight, 0);
    for (const [other, one] of this.#known) {
      if (weight <= MAX_WEIGHT || other === key) break;
      this.#known.delete(other);
      weight -= one.weight;
    }
    return made;
  }

  /** Only tables that can be read are kept. */
  async #fetched(id: ObjectId, fetchTables: FetchTables): Promise<ObjectSymbols | undefined> {
    const tables = await fetchTables();
    const made = await this.#made(id, tables);
    if (tables !== undefined && made !== undefined) this.#cache.write(id, tables);
    return made;
  }

  async #made({ buildId }: ObjectId, tables: Uint8Array | undefined): Promise<ObjectSymbols | undefined> {
    if (tables === undefined) return undefined;
    const forget = () => {
      for (const key of this.#known.keys()) if (key.startsWith(`${buildId} `)) this.#known.delete(key);
    };
    return objectSymbols(tables, this.#debugFile(buildId, forget));
  }
}

/** First of some paths that is a file with content: the client of debuginfod keeps an empty one for what no server has. */
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
