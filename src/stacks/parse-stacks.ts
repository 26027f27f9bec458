import { countOf, fields, items, json, numberOf, textOf } from '../lib/json.ts';
import { GUESSED, INLINED, MAX_TEXT } from './merge-native.ts';
import type { ProcessStacks, Stack, StackFrame } from './stack.ts';

/** Limits of a reply, above those of the program on the host. */
const MAX_FRAMES = 512;
const MAX_KNOWN_FRAMES = 200_000;
const MAX_STACKS = 20_000;
const MAX_NOTES = 40;

const KINDS: readonly StackFrame['kind'][] = ['native', 'kernel', 'python', 'go', 'java', 'javascript'];

/**
 * Stacks of a reply of `crashcart_stacks`, undefined for any other text. Distinct frames (`[kind, function, file, line]`, of a native one
 * `[kind, function, module, address, build-id, file, line, flags]`) and traces (indexes of frames, innermost first) stand once; a stack is
 * `[tid, name, state, wchan, wait, trace, cut, mark]`.
 *
 *     {"pid":712,"name":"nova-compute","at":1764000000000,"cost":1820,"runtime":"CPython 3.11","frames":[["kernel","do_epoll_wait",null,null],
 *      ["python","Hub.wait","/usr/lib/python3/dist-packages/eventlet/hubs/poll.py",80]],"traces":[[0,1]],
 *      "stacks":[[712,"nova-compute","S","do_epoll_wait",null,0,null,"hub of eventlet"]],"notes":[]}
 */
export function parseStacks(text: string | undefined): ProcessStacks | undefined {
  const reply = fields(json(text));
  const pid = countOf(reply['pid']);
  if (pid === undefined) return undefined;
  const frames = items(reply['frames']).slice(0, MAX_KNOWN_FRAMES).map(frameOf);
  const traces = items(reply['traces'])
    .slice(0, MAX_STACKS)
    .map((trace) =>
      items(trace)
        .slice(0, MAX_FRAMES)
        .flatMap((index) => frames[countOf(index) ?? -1] ?? []),
    );
  return {
    pid,
    name: short(reply['name']) ?? '',
    runtime: short(reply['runtime']),
    atMs: countOf(reply['at']) ?? 0,
    costUs: countOf(reply['cost']) ?? 0,
    stacks: items(reply['stacks'])
      .slice(0, MAX_STACKS)
      .map((stack) => stackOf(items(stack), traces)),
    notes: items(reply['notes'])
      .slice(0, MAX_NOTES)
      .flatMap((note) => short(note) ?? []),
  };
}

const short = (value: unknown): string | undefined => textOf(value)?.slice(0, MAX_TEXT);

function frameOf(value: unknown): StackFrame | undefined {
  const [word, name, file, line, buildId, source, sourceLine, flags] = items(value);
  const kind = KINDS.find((one) => one === word);
  if (kind === undefined) return undefined;
  const number = numberOf(line);
  if (kind === 'native')
    return {
      kind,
      name: short(name),
      module: short(file),
      address: addressOf(number),
      buildId: short(buildId),
      file: short(source),
      line: countOf(sourceLine),
      ...((countOf(flags) ?? 0) & GUESSED ? { guessed: true } : {}),
      ...((countOf(flags) ?? 0) & INLINED ? { inlined: true } : {}),
    };
  return { kind, name: short(name), file: short(file), line: number };
}

const addressOf = (number: number | undefined): bigint | undefined =>
  number !== undefined && Number.isSafeInteger(number) ? BigInt(number) : undefined;

function stackOf(
  [tid, name, state, wchan, wait, trace, cut, mark]: readonly unknown[],
  traces: readonly (readonly StackFrame[])[],
): Stack {
  return {
    tid: countOf(tid),
    name: short(name) ?? '',
    state: short(state) ?? '?',
    wchan: short(wchan),
    waitS: countOf(wait),
    frames: traces[countOf(trace) ?? -1] ?? [],
    cut: short(cut),
    mark: short(mark),
  };
}
