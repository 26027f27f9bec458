import { plain } from '../../lib/plain.ts';
import { cut } from '../../lib/text-width.ts';
import { count } from '../../lib/units.ts';
import { coreDump } from '../../sources/kernel/core-dump.ts';
import { bindDetail } from '../../sources/source.ts';
import { isCrashed, type CoreDump } from '../../stacks/core-dump.ts';
import { coreFacts } from '../../stacks/core-text.ts';
import { frameName, framePlace } from '../../stacks/frame-name.ts';
import { stackGroups, type StackGroup } from '../../stacks/stack-groups.ts';
import type { StackFrame } from '../../stacks/stack.ts';
import { nothingWords, ownWords, stateOfDetail, type NothingWords } from '../../timeline/reading-state.ts';
import { numberColumn, textColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, LinesSection, TableSection } from '../pane.ts';

/** Page of a core dump: facts, the stack of the thread that crashed, else of the first, the other threads; read when it is opened. */
export const coreDetail = (path: string): Detail => ({
  id: 'core-dump',
  title: `core dump ${plain(path)}`,
  sources: { core: bindDetail(coreDump, { path }) },
  everySeconds: 86_400,
  sections: ({ core }, { core: missing }) => {
    // A sample of coreDump by bindDetail, or undefined before the read.
    const dump = core as CoreDump | undefined;
    const first = dump?.stacks.stacks[0];
    const hasCrashed = first !== undefined && isCrashed(first);
    const empty = nothingWords('none', stateOfDetail(dump, missing));
    return [
      ...(dump === undefined ? [] : [factsSection(dump, hasCrashed ? 'Crash' : 'Core dump')]),
      framesSection('crashed', hasCrashed ? 'Thread that crashed' : 'First thread', first?.frames ?? [], first?.cut, empty),
      threadsSection(dump, empty),
    ]; // prettier-ignore
  },
});

function factsSection(dump: CoreDump, title: string): LinesSection {
  const lines = [...coreFacts(dump), ...dump.stacks.notes.map(plain)];
  return {
    kind: 'lines',
    id: 'core-facts',
    title,
    sources: ['core-dump'],
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
  textColumn({ id: 'kind', title: 'KIND', about: 'native (code of the machine), inline (native, inlined into the next), guess (native, a word of the stack that looks like a return address), or the runtime whose function it is.', vocabulary: 'fixed', width: 6, rank: 1, value: ({ frame }) => (frame.guessed ? 'guess' : frame.inlined ? 'inline' : frame.kind) }),
  textColumn({ id: 'function', title: 'FUNCTION', about: 'Function; of one without a name the object and the address in it.', width: 34, grow: true, rank: 0, value: ({ frame }) => plain(frameName(frame)) }),
  textColumn({ id: 'place', title: 'PLACE', about: 'Source file and line, else the object.', width: 24, grow: true, rank: 0, value: ({ frame }) => { const place = framePlace(frame); return place && plain(place); } }),
  textColumn({ id: 'build', title: 'BUILD-ID', about: 'Build-id of the object, by which debuginfod and packages have its symbols.', width: 12, widest: 40, rank: 3, value: ({ frame }) => frame.buildId && plain(frame.buildId) }),
]; // prettier-ignore

const framesSection = (
  id: string,
  title: string,
  frames: readonly StackFrame[],
  incomplete: string | undefined,
  empty: NothingWords,
): TableSection<FrameRow> => ({
  kind: 'table',
  id,
  title,
  note: incomplete === undefined ? '' : plain(incomplete),
  sources: ['core-dump'],
  columns: frameColumns,
  rows: frames.map((frame, index) => ({ index, frame })),
  key: ({ index }) => String(index),
  sort: { column: 'index', descending: false },
  empty,
  minRows: 8,
});

const threadColumns: readonly Column<StackGroup>[] = [
  numberColumn({ id: 'count', title: 'N', about: 'Threads or goroutines with this stack.', width: 4, rank: 0, value: ({ stacks }) => stacks.length }),
  textColumn({ id: 'who', title: 'THREAD', about: 'TID of the first of them, or the name of a goroutine.', width: 14, rank: 0, value: ({ stacks: [first] }) => first && plain(first.tid === undefined ? first.name : `${first.tid}`) }),
  textColumn({ id: 'stack', title: 'STACK', about: 'Functions, innermost first; ↵ lists all frames with files and lines.', width: 40, grow: true, rank: 0, value: ({ frames }) => frames.map((frame) => plain(frameName(frame))).join(' < ') }),
]; // prettier-ignore

/** Other threads, equal ones once. */
const threadsSection = (dump: CoreDump | undefined, empty: NothingWords): TableSection<StackGroup> => ({
  kind: 'table',
  id: 'core-threads',
  title: 'Other threads',
  note: dump === undefined ? '' : count(Math.max(0, dump.stacks.stacks.length - 1)),
  sources: ['core-dump'],
  columns: threadColumns,
  rows: stackGroups(dump?.stacks.stacks.slice(1) ?? []),
  key: ({ key }) => key,
  sort: { column: 'count', descending: true },
  detail: ({ stacks: [first], frames, cut: incomplete }): Detail => ({
    id: 'core-frames',
    title: `thread ${first?.tid ?? plain(first?.name ?? '')}`,
    sources: {},
    everySeconds: 86_400,
    sections: () => [framesSection('frames', 'Frames', frames, incomplete, ownWords('no frames'))],
  }),
  empty,
});
