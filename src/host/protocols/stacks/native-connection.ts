import { fields, json } from '../../../lib/json.ts';
import { mergeNative } from '../../../stacks/merge-native.ts';
import { nativeSnapshot, type CodeObject, type NativeSnapshot } from '../../../stacks/native-snapshot.ts';
import type { ObjectStore } from '../../symbol-files/object-store.ts';
import type { ObjectSymbols } from '../../symbol-files/object-symbols.ts';
import { DaemonError, type DaemonConnection } from '../protocol.ts';
import { CORE, coreReply } from './core-reply.ts';
import { namedWalks, unpackedTables } from './named-walks.ts';

/** A read of a process may hang, which tables of a slow line do not. */
const READ_MS = 8000;
/** Reasons that are kept, and their length. */
const MAX_FAILED = 2000;
const MAX_REASON = 300;

/**
 * NativeConnection adds native stacks to the replies of the program on the host: addresses come from there, and are unwound and named
 * here. Where they cannot be had the reply stays as it is, with the reason.
 */
export class NativeConnection implements DaemonConnection {
  readonly #program: DaemonConnection;
  readonly #store: ObjectStore;
  readonly #host: string;
  /** Why tables of an object could not be read; they are not tried again. */
  readonly #failed = new Map<string, string>();
  #last: { readonly request: string; readonly at: unknown; readonly reply: string } | undefined;

  /** `host` is the identity of the host, by which its objects are kept. */
  constructor(program: DaemonConnection, store: ObjectStore, host: string) {
    this.#program = program;
    this.#store = store;
    this.#host = host;
  }

  async request(request: string, timeoutMs: number): Promise<string> {
    if (CORE.test(request)) return coreReply(this.#program, this.#store, this.#host, request, timeoutMs);
    const readMs = Math.min(timeoutMs, READ_MS);
    const reply = await this.#program.request(request, readMs);
    const { at, memory } = fields(json(reply));
    // Without memory there are kernel stacks alone, and the reply has the reason.
    if (memory === false) return reply;
    // An expensive reading is repeated less often: the same reply has the same native stacks.
    if (at !== undefined && this.#last?.request === request && this.#last.at === at) return this.#last.reply;
    const [, pid = '', start = '-'] = request.split(' ');
    try {
      const snapshot = nativeSnapshot(await this.#program.request(`native ${pid} ${start}`, readMs));
      if (snapshot === undefined) return reply;
      const merged = await this.#merged(reply, snapshot, pid, timeoutMs);
      this.#last = { request, at, reply: merged };
      return merged;
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      return withNote(reply, `native stacks: ${error.message}`);
    }
  }

  close(): void {
    this.#program.close();
  }

  async #merged(reply: string, snapshot: NativeSnapshot, pid: string, timeoutMs: number): Promise<string> {
    const missing = new Set<string>();
    const symbolsOf = (object: CodeObject) => this.#symbolsOf(object, pid, timeoutMs, missing);
    const { walks, namesOf } = await namedWalks(snapshot, symbolsOf, performance.now() + timeoutMs);
    return mergeNative(reply, { snapshot, walks, namesOf, notes: [...missing] });
  }

  async #symbolsOf(
    { buildId, base, path }: CodeObject,
    pid: string,
    timeoutMs: number,
    missing: Set<string>,
  ): Promise<ObjectSymbols | undefined> {
    if (buildId === undefined || base === undefined) {
      missing.add(
        `${path === '' ? 'code without a file' : path}: ${base === undefined ? 'no object' : 'no build-id'}, frames by guess`,
      );
      return undefined;
    }
    const key = `${pid} ${buildId}`;
    const symbols = await this.#store.symbols({ host: this.#host, buildId }, async () => {
      if (this.#failed.has(key)) return undefined;
      try {
        return await unpackedTables(await this.#program.request(`tables ${pid} ${base} ${buildId}`, timeoutMs));
      } catch (error) {
        if (this.#failed.size >= MAX_FAILED) this.#failed.clear();
        this.#failed.set(key, (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON));
        return undefined;
      }
    });
    if (symbols === undefined) missing.add(`${path}: unwind tables not read: ${this.#failed.get(key) ?? 'damaged'}`);
    return symbols;
  }
}

function withNote(reply: string, note: string): string {
  const body = fields(json(reply));
  const notes = Array.isArray(body['notes']) ? body['notes'] : [];
  return JSON.stringify({ ...body, notes: [...notes, note] });
}
