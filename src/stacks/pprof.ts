import { plain } from '../lib/plain.ts';
import { frameKey, frameName, functionKey } from './frame-name.ts';
import { intervalMs, type StackProfile } from './profile.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import type { StackFrame } from './stack.ts';
import { waitStates } from './wait-state.ts';

/**
 * Profile of pprof (https://github.com/google/pprof/blob/main/proto/profile.proto), before gzip. Each sample has the number of readings,
 * the time as a multiple of their mean distance, and the label `state`.
 */
export function pprofBytes(profile: StackProfile): Uint8Array {
  const out = new ProtobufWriter();
  const tables = new Tables();
  const eachNs = Math.round((intervalMs(profile) ?? 0) * 1e6);
  const type = (name: string, unit: string) => (writer: ProtobufWriter) =>
    writer.number(1, tables.text(name)).number(2, tables.text(unit));
  out.message(1, type('samples', 'count'));
  out.message(1, type('wall', 'nanoseconds'));
  for (const { state, frames, samples } of profile.stacks)
    out.message(2, (sample) =>
      sample
        .numbers(
          1,
          frames.toReversed().map((frame) => tables.location(frame)),
        )
        .numbers(2, [samples, samples * eachNs])
        .message(3, (label) => label.number(1, tables.text('state')).number(2, tables.text(waitStates[state]))),
    );
  const period = type('wall', 'nanoseconds');
  const comment = tables.text(`${plain(profile.name)} (${profile.pid}), ${profile.readings} readings by crashcart`);
  tables.write(out);
  return out
    .number(9, BigInt(Math.round(profile.startMs)) * 1_000_000n)
    .number(10, BigInt(Math.max(0, Math.round(profile.endMs - profile.startMs))) * 1_000_000n)
    .message(11, period)
    .number(12, eachNs)
    .number(13, comment)
    .bytes();
}

/** Tables of texts, objects, functions and places; their ids begin at 1, that of the empty text is 0. */
class Tables {
  readonly #texts = new Map([['', 0]]);
  readonly #mappings = new Map<string, { readonly id: number; readonly file: number; readonly buildId: number }>();
  readonly #functions = new Map<string, { readonly id: number; readonly name: number; readonly file: number }>();
  readonly #locations = new Map<
    string,
    { readonly id: number; readonly frame: StackFrame; readonly mapping: number; readonly function: number }
  >();

  text(text: string): number {
    return numberOf(this.#texts, text, (size) => size);
  }

  location(frame: StackFrame): number {
    const key = `${frameKey(frame)}\u0000${frame.address ?? ''}`;
    return numberOf(this.#locations, key, (size) => ({
      id: size + 1,
      frame,
      mapping: this.#mapping(frame),
      function: this.#function(frame),
    }));
  }

  /** All tables; texts last, since the others add to them. */
  write(out: ProtobufWriter): void {
    for (const { id, file, buildId } of this.#mappings.values())
      // Functions are resolved here, and pprof must not look for symbols of an address.
      out.message(3, (writer) => writer.number(1, id).number(5, file).number(6, buildId).number(7, 1));
    for (const { id, frame, mapping, function: called } of this.#locations.values())
      out.message(4, (writer) =>
        writer
          .number(1, id)
          .number(2, mapping)
          .number(3, frame.address ?? 0)
          .message(4, (line) => line.number(1, called).number(2, frame.line ?? 0)),
      );
    for (const { id, name, file } of this.#functions.values())
      // Without a system name pprof takes the name as it is, and does not demangle `<module>` to nothing.
      out.message(5, (writer) => writer.number(1, id).number(2, name).number(4, file));
    for (const text of this.#texts.keys()) out.text(6, text);
  }

  #mapping({ kind, module, buildId }: StackFrame): number {
    const name = kind === 'kernel' ? (module ?? '[kernel]') : (module ?? `[${kind}]`);
    return numberOf(this.#mappings, `${name}\u0000${buildId ?? ''}`, (size) => ({
      id: size + 1,
      file: this.text(plain(name)),
      buildId: this.text(buildId === undefined ? '' : plain(buildId)),
    }));
  }

  #function(frame: StackFrame): number {
    return numberOf(this.#functions, functionKey(frame), (size) => ({
      id: size + 1,
      name: this.text(plain(frameName(frame))),
      file: this.text(frame.file === undefined ? '' : plain(frame.file)),
    }));
  }
}

/** Id of an entry of a table, which is added at its first use. */
function numberOf<Entry extends number | { readonly id: number }>(
  table: Map<string, Entry>,
  key: string,
  make: (size: number) => Entry,
): number {
  let entry = table.get(key);
  if (entry === undefined) {
    entry = make(table.size);
    table.set(key, entry);
  }
  return typeof entry === 'number' ? entry : entry.id;
}
