import { promisify } from 'node:util';
import { unzip } from 'node:zlib';
import { fields, json, textOf } from '../../../lib/json.ts';
import type { NamesOf } from '../../../stacks/merge-native.ts';
import type { CodeObject, NativeSnapshot } from '../../../stacks/native-snapshot.ts';
import { walkThreads, type NativeWalk } from '../../../stacks/native-walk.ts';
import { demangler } from '../../symbol-files/demangle.ts';
import type { ObjectSymbols } from '../../symbol-files/object-symbols.ts';
import { sourceLines } from '../../symbol-files/source-lines.ts';

/** Rounds in which objects are found; further ones are those of a hostile process. */
const MAX_ROUNDS = 16;
const MAX_TABLES = 64 << 20;
const unpack = promisify(unzip);

/** Tables of an object by the host's reply; undefined where it has none. */
export async function unpackedTables(reply: string): Promise<Uint8Array | undefined> {
  const packed = textOf(fields(json(reply))['elf']);
  return packed === undefined ? undefined : unpack(Buffer.from(packed, 'base64'), { maxOutputLength: MAX_TABLES });
}

export interface NamedWalks {
  readonly walks: ReadonlyMap<number, NativeWalk>;
  readonly namesOf: NamesOf;
}

/** Frames of each thread of a snapshot with their names, until `performance.now()` is `untilMs`; objects are asked for as frames lead to them. */
export async function namedWalks(
  snapshot: NativeSnapshot,
  symbolsOf: (object: CodeObject) => Promise<ObjectSymbols | undefined>,
  untilMs: number,
): Promise<NamedWalks> {
  const found = new Map<CodeObject, ObjectSymbols>();
  const objects = new Set(snapshot.code.map(({ object }) => object));
  const tableOf = (object: CodeObject) => found.get(object)?.unwind;
  // Objects that frames are in are known only while these are unwound: each round finds some more.
  let walks = walkThreads(snapshot, tableOf);
  for (let round = 0; round < MAX_ROUNDS && performance.now() < untilMs; round++) {
    const wanted = new Set([...walks.values()].flatMap(({ frames }) => frames.flatMap(({ mapping }) => mapping?.object ?? []))); // prettier-ignore
    const fresh = [...wanted].filter((object) => objects.delete(object));
    if (fresh.length === 0) break;
    for (const object of fresh) {
      // The reply is awaited no longer.
      if (performance.now() >= untilMs) break;
      const symbols = await symbolsOf(object);
      if (symbols !== undefined) found.set(object, symbols);
    }
    walks = walkThreads(snapshot, tableOf);
  }
  return { walks, namesOf: await namer(walks, found) };
}

/** Names of frames by the symbols of their objects, and by lines of debug files of this machine. */
async function namer(
  walks: ReadonlyMap<number, NativeWalk>,
  found: ReadonlyMap<CodeObject, ObjectSymbols>,
): Promise<NamesOf> {
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
  return (frame) => {
    const key = `${frame.pc} ${frame.address} ${frame.isGuessed}`;
    let frames = known.get(key);
    if (frames === undefined) known.set(key, (frames = framesOf(frame)));
    return frames;
  };
}

const moduleName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/ \(deleted\)$/, '');
