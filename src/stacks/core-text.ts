import { plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { bytes, plural } from '../lib/units.ts';
import { isCrashed, signalText, type CoreDump } from './core-dump.ts';
import { frameName, framePlace } from './frame-name.ts';
import type { Stack, StackFrame } from './stack.ts';
import { stackGroups } from './stack-groups.ts';

/** Facts of a core dump, a line each: program, signal, package, file. */
export function coreFacts(core: CoreDump): readonly string[] {
  const { stacks, command, uid, packing, fileBytes, missingBytes, report } = core;
  const reported = ['Package', 'ExecutablePath', 'Date', 'DistroRelease', 'UnreportableReason'].flatMap((name) => {
    const value = report.get(name);
    return value === undefined ? [] : [`${name} ${maskSecrets(plain(value))}`];
  });
  return [
    `${plain(stacks.name)} (${stacks.pid}): ${signalText(core) ?? 'no signal in the core'}, ${plural(stacks.stacks.length, 'thread')}`,
    ...(command === undefined ? [] : [`command: ${maskSecrets(plain(command))}${uid === undefined ? '' : `, uid ${uid}`}`]),
    `core: ${fileBytes === undefined ? 'size not known' : bytes(fileBytes)}${packing === undefined ? '' : `, ${packing}`}${missingBytes > 0 ? `, cut off: ${bytes(missingBytes)} that were looked for are missing` : ''}`,
    ...(reported.length === 0 ? [] : [`apport: ${reported.join(' · ')}`]),
  ]; // prettier-ignore
}

/** Core dump as text: facts, notes, the thread that crashed or the first, then the others, equal ones once. */
export function coreText(core: CoreDump): string {
  const [first, ...others] = core.stacks.stacks;
  const groups = stackGroups(others);
  return `${[
    ...coreFacts(core),
    ...core.stacks.notes.map((note) => `note: ${plain(note)}`),
    ...(first === undefined
      ? []
      : ['', `${threadName(first)}${isCrashed(first) ? ', crashed' : ''}`, ...frameLines(first.frames, first)]),
    ...groups.flatMap(({ stacks, frames, cut }) => {
      const more = stacks.length > 8 ? `, and ${stacks.length - 8} more` : '';
      const which = stacks.slice(0, 8).map(({ tid, name }) => tid ?? plain(name)).join(', '); // prettier-ignore
      const [only, another] = stacks;
      return ['', only !== undefined && another === undefined ? threadName(only) : `${stacks.length} threads ${which}${more}`, ...frameLines(frames, { cut })]; // prettier-ignore
    }),
  ].join('\n')}\n`;
}

/** `thread 812`; the name of a goroutine that is on no thread. */
const threadName = ({ tid, name }: Stack): string => (tid === undefined ? plain(name) : `thread ${tid}`);

function frameLines(frames: readonly StackFrame[], { cut }: Pick<Stack, 'cut'>): readonly string[] {
  const lines = frames.map((frame, index) => {
    const place = framePlace(frame);
    const kind = frame.guessed ? ' [guess]' : frame.inlined ? ' [inlined]' : '';
    return plain(`  #${String(index).padEnd(3)} ${frameName(frame)}${kind}${place === undefined ? '' : ` (${place})`}`);
  });
  return cut === undefined ? lines : [...lines, `  ${plain(cut)}`];
}
