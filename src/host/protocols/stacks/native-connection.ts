import { promisify } from 'node:util';
import { unzip } from 'node:zlib';
import { fields, json, textOf } from '../../../lib/json.ts';
import { mergeNative, type NamesOf } from '../../../stacks/merge-native.ts';
import { nativeSnapshot, type CodeObject, type NativeSnapshot } from '../../../stacks/native-snapshot.ts';
import { walkThreads } from '../../../stacks/native-walk.ts';
import { demangler } from '../../symbol-files/demangle.ts';
import type { ObjectStore } from '../../symbol-files/object-store.ts';
import type { ObjectSymbols } from '../../symbol-files/object-symbols.ts';
import { sourceLines } from '../../symbol-files/source-lines.ts';
import { DaemonError, type DaemonConnection } from '../protocol.ts';

const MAX_TABLES = 64 << 20;
/** A read of a process may hang, which tables of a slow line do not. */
const READ_MS = 8000;
/** Rounds in which objects are found; further ones are those of a hostile process. */
const MAX_ROUNDS = 16;
/** Reasons that are kept, and their length. */
const MAX_FAILED = 2000;
const MAX_REASON = 300;
const unpack = promisify(unzip);

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
    const found = new Map<CodeObject, ObjectSymbols>();
    const missing = new Set<string>();
    const objects = new Set(snapshot.code.map(({ object }) => object));
    const tableOf = (object: CodeObject) => found.get(object)?.unwind;
    // Objects that frames are in are known only while these are unwound: each round finds some more.
    let walks = walkThreads(snapshot, tableOf);
    const untilMs = performance.now() + timeoutMs;
    for (let round = 0; round < MAX_ROUNDS && performance.now() < untilMs; round++) {
      const wanted = new Set([...walks.values()].flatMap(({ frames }) => frames.flatMap(({ mapping }) => mapping?.object ?? []))); // prettier-ignore
      const fresh = [...wanted].filter((object) => objects.delete(object));
      if (fresh.length === 0) break;
      for (const object of fresh) {
        // The reply is awaited no longer.
        if (performance.now() >= untilMs) break;
        const symbols = await this.#symbolsOf(object, pid, timeoutMs, missing);
        if (symbols !== undefined) found.set(object, symbols);
      }
      walks = walkThreads(snapshot, tableOf);
    }
    const demangle = await demangler();
    const all = [...walks.values()].flatMap(({ frames }) => frames);
    const lines = await sourceLines(all.flatMap(({ mapping, address }) => {
      const file = mapping && found.get(mapping.object)?.debugFile;
      return file === undefined ? [] : [{ file, address }];
    })); // prettier-ignore
    const framesOf: NamesOf = ({ mapping, address, isGuessed, pc }) => {
      if (mapping === undefined) return [{ kind: 'native', name: undefined, address: BigInt(pc) }];
      const { object } = mapping;
      const symbols = found.get(object);
      const name = symbols?.symbols.at(address)?.name;
      const common = {
        kind: 'native',
        module: moduleName(object.path),
        address: BigInt(address),
        buildId: object.buildId,
        ...(isGuessed ? ({ guessed: true } as const) : {}),
      } as const;
      const places = symbols?.debugFile === undefined ? [] : (lines.get(`${symbols.debugFile} ${address}`) ?? []);
      if (places.length === 0) return [{ ...common, name: name && demangle(name) }];
      return places.map((place, index) => ({
        ...common,
        name: (index === places.length - 1 && name !== undefined ? demangle(name) : undefined) ?? place.name,
        file: place.file,
        line: place.line,
        ...(index < places.length - 1 ? ({ inlined: true } as const) : {}),
      }));
    };
    const known = new Map<string, ReturnType<NamesOf>>();
    const namesOf: NamesOf = (frame) => {
      const key = `${frame.pc} ${frame.address} ${frame.isGuessed}`;
      let frames = known.get(key);
      if (frames === undefined) known.set(key, (frames = framesOf(frame)));
      return frames;
    };
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
        const packed = textOf(
          fields(json(await this.#program.request(`tables ${pid} ${base} ${buildId}`, timeoutMs)))['elf'],
        );
        if (packed === undefined) return undefined;
        return await unpack(Buffer.from(packed, 'base64'), { maxOutputLength: MAX_TABLES });
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

const moduleName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/ \(deleted\)$/, '');

function withNote(reply: string, note: string): string {
  const body = fields(json(reply));
  const notes = Array.isArray(body['notes']) ? body['notes'] : [];
  return JSON.stringify({ ...body, notes: [...notes, note] });
}
