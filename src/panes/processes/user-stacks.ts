import { cut } from '../../lib/text-width.ts';
import { label, plain } from '../../lib/plain.ts';
import { count, NONE } from '../../lib/units.ts';
import { processUserStacks } from '../../sources/processes/user-stacks.ts';
import { bindDetail } from '../../sources/source.ts';
import { stackGroups, type StackGroup } from '../../stacks/stack-groups.ts';
import type { ProcessStacks, StackFrame } from '../../stacks/stack.ts';
import { nothingWords, ownWords, stateOfDetail, type NothingWords } from '../../timeline/reading-state.ts';
import { ageColumn, numberColumn, textColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, LinesSection, ProcessRef, TableSection } from '../pane.ts';

/** Stacks of a process, kernel and runtime frames: read every 2 s while they are open, without stopping it. */
export const userStacksDetail = (process: ProcessRef): Detail => ({
  id: 'process-user-stacks',
  title: `stacks of ${plain(process.name)} (${process.pid})`,
  sources: { stacks: bindDetail(processUserStacks, process) },
  everySeconds: 2,
  process,
  sections: ({ stacks }, { stacks: missing }) => {
    // A sample of processUserStacks by bindDetail, or undefined before the first read.
    const sample = stacks as ProcessStacks | undefined;
    const empty = nothingWords('none', stateOfDetail(sample, missing));
    return [groupsSection(sample, empty), ...(sample === undefined ? [] : [readingSection(sample)])];
  },
});

/** `read_file storage.py:12`, with what is known of it; sanitised. */
export function frameText({ name, module, address, file, line }: StackFrame): string {
  const where = file === undefined ? undefined : `${fileName(file)}${line === undefined ? '' : `:${line}`}`;
  const unnamed = `${module ?? '?'}+0x${(address ?? 0n).toString(16)}`;
  return plain([name ?? unnamed, where].filter((part) => part !== undefined).join(' '));
}

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** `(*Cond).Wait:70`: of a function of Go without the path of its package. */
function shortText(frame: StackFrame): string {
  const { kind, name, line } = frame;
  if (name === undefined) return frameText(frame);
  const short = kind === 'go' ? name.slice(name.lastIndexOf('/') + 1) : name;
  return plain(line === undefined ? short : `${short}:${line}`);
}

const isUser = ({ kind }: StackFrame): boolean => kind !== 'kernel';
/** Parking and scheduling, which the state of the goroutine has in words. */
const isGoRuntime = ({ kind, name }: StackFrame): boolean => kind === 'go' && (name?.startsWith('runtime.') ?? false);

/** User frames, innermost first, without those of Go's runtime where others are; the kernel's where there are none. */
function framesShown({ frames }: StackGroup): readonly StackFrame[] {
  const user = frames.filter(isUser);
  const own = user.filter((frame) => !isGoRuntime(frame));
  return own.length > 0 ? own : user.length > 0 ? user : frames;
}

function firstText({ stacks: [first], marks }: StackGroup): string {
  if (first === undefined) return NONE;
  const name = `${plain(first.name)}${first.tid === undefined ? '' : ` ${first.tid}`}`;
  return [name, ...marks.map((mark) => plain(mark))].join(', ');
}

const columns: readonly Column<StackGroup>[] = [
  numberColumn({ id: 'count', title: 'N', about: 'Threads, goroutines or tasks with this stack.', width: 4, rank: 0, value: ({ stacks }) => stacks.length }),
  {
    id: 'state',
    title: 'STATE',
    about: 'R running, S sleeping, D blocked on disk or lock (unkillable), T stopped, t traced; of a goroutine its wait reason.',
    vocabulary: 'fixed',
    width: 5,
    widest: 15,
    rank: 0,
    value: ({ state }) => label(state),
    role: ({ state }) => (state === 'D' ? 'crit' : state === 'R' ? 'accent' : 'text'),
  },
  ageColumn({ id: 'wait', title: 'WAIT', about: 'Longest wait of them, where the runtime keeps it (Go: since the first garbage collection of the wait).', width: 6, rank: 1, value: ({ waitS }) => waitS }),
  textColumn({ id: 'wchan', title: 'WCHAN', about: 'Kernel function in which it sleeps (/proc/PID/task/TID/wchan).', width: 18, rank: 2, value: ({ wchan }) => wchan && plain(wchan) }),
  textColumn({ id: 'stack', title: 'STACK', about: 'Functions of the program with their lines, innermost first; of the kernel where no others are known. ↵ lists all frames with their files.', width: 30, grow: true, rank: 0, value: (group) => framesShown(group).map(shortText).join(' < ') }),
  textColumn({ id: 'who', title: 'THREAD', about: 'Name and TID of the first of them, and what the runtime knows of it.', width: 18, widest: 30, rank: 1, value: firstText }),
]; // prettier-ignore

const groupsSection = (sample: ProcessStacks | undefined, empty: NothingWords): TableSection<StackGroup> => ({
  kind: 'table',
  id: 'user-stacks',
  title: 'Stacks',
  note: sample === undefined ? '' : `${count(sample.stacks.length)}, read without a stop`,
  sources: ['process-user-stacks'],
  columns,
  rows: stackGroups(sample?.stacks ?? []),
  key: ({ key }) => key,
  sort: { column: 'count', descending: true },
  first: ({ state }) => state === 'D',
  searchText: ({ stacks, frames }) =>
    [...stacks.map(({ tid, name }) => `${plain(name)} ${tid ?? ''}`), ...frames.map(frameText)].join(' '),
  detail: framesDetail,
  empty,
});

/** Runtime, cost and notes of the reading. */
function readingSection({ runtime, costUs, notes }: ProcessStacks): LinesSection {
  const head = `${runtime === undefined ? 'native code' : plain(runtime)} · ${(costUs / 1000).toFixed(1)} ms of CPU per reading`;
  const lines = [head, ...notes.map((note) => label(note))];
  return {
    kind: 'lines',
    id: 'reading',
    title: 'Reading',
    sources: ['process-user-stacks'],
    wantRows: () => lines.length,
    draw: (width, rows, theme) =>
      lines.slice(0, rows).map((line, index) => theme.paint(index === 0 ? 'text' : 'dim', cut(line, width))),
  };
}

interface FrameRow {
  readonly index: number;
  readonly frame: StackFrame;
}

const frameColumns: readonly Column<FrameRow>[] = [
  numberColumn({ id: 'index', title: '#', about: 'Depth; 0 is the innermost function.', width: 3, rank: 0, value: ({ index }) => index }),
  textColumn({ id: 'kind', title: 'KIND', about: 'kernel, native (code of the machine), inline (native, inlined into the next), guess (native, a word of the stack that looks like a return address), or the runtime whose function it is.', vocabulary: 'fixed', width: 6, rank: 1, value: ({ frame }) => (frame.guessed ? 'guess' : frame.inlined ? 'inline' : frame.kind) }),
  textColumn({ id: 'function', title: 'FUNCTION', about: 'Function; of one without a name the object and the address in it.', width: 34, grow: true, rank: 0, value: ({ frame }) => frameText({ ...frame, file: undefined }) }),
  textColumn({ id: 'file', title: 'FILE', about: 'Source file and line.', width: 40, grow: true, rank: 0, value: ({ frame: { file, line } }) => file && plain(`${file}${line === undefined ? '' : `:${line}`}`) }),
]; // prettier-ignore

/** All frames of a group, as of the reading at which it was opened, and whose they are. */
const framesDetail = (group: StackGroup): Detail => ({
  id: 'stack-frames',
  title: `stack of ${firstText(group)}${group.stacks.length > 1 ? ` and ${group.stacks.length - 1} more` : ''}`,
  sources: {},
  everySeconds: 60,
  sections: () => [
    {
      kind: 'table',
      id: 'frames',
      title: 'Frames',
      note: group.cut === undefined ? '' : plain(group.cut),
      sources: ['process-user-stacks'],
      columns: frameColumns,
      rows: group.frames.map((frame, index) => ({ index, frame })),
      key: ({ index }: FrameRow) => String(index),
      sort: { column: 'index', descending: false },
      empty: ownWords('no frames'),
    },
    {
      kind: 'table',
      id: 'stack-threads',
      title: 'Threads',
      note: count(group.stacks.length),
      sources: ['process-user-stacks'],
      columns: threadColumns,
      rows: group.stacks,
      key: ({ tid, name }: StackGroup['stacks'][number]) => `${tid ?? ''} ${name}`,
      sort: { column: 'name', descending: false },
      empty: ownWords('none'),
    },
  ],
});

const threadColumns: readonly Column<StackGroup['stacks'][number]>[] = [
  numberColumn({ id: 'tid', title: 'TID', about: 'Thread ID; none for what no thread runs.', width: 7, rank: 0, value: ({ tid }) => tid }),
  textColumn({ id: 'name', title: 'NAME', about: 'Name of the thread, goroutine or task.', width: 20, grow: true, rank: 0, value: ({ name }) => plain(name) }),
  ageColumn({ id: 'wait', title: 'WAIT', about: 'How long it has waited, where the runtime keeps it.', width: 6, rank: 0, value: ({ waitS }) => waitS }),
  textColumn({ id: 'mark', title: 'NOTE', about: 'What the runtime knows of it: holder of the GIL, hub of eventlet.', width: 20, rank: 1, value: ({ mark }) => mark && plain(mark) }),
]; // prettier-ignore
