import type { Missing } from '../../host/host.ts';
import { label, plain } from '../../lib/plain.ts';
import { NONE } from '../../lib/units.ts';
import { processStacks, type ThreadStack } from '../../sources/processes/stacks.ts';
import { bindDetail } from '../../sources/source.ts';
import { nothingWords, stateOfDetail, type NothingWords } from '../../timeline/reading-state.ts';
import type { Column, Detail, ProcessRef, TableSection } from '../pane.ts';
import { numberColumn } from '../../ui/kit/columns.ts';

/** Threads with the same state, syscall and kernel stack; texts are sanitised. */
export interface StackGroup {
  readonly key: string;
  readonly threads: readonly { readonly tid: number; readonly name: string }[];
  readonly state: string;
  readonly call: string | undefined;
  readonly wchan: string | undefined;
  /** Innermost first; undefined when not readable. */
  readonly frames: readonly string[] | undefined;
}

/** Kernel stacks of a process: read each second while they are open, without stopping it. */
export const processStacksDetail = (process: ProcessRef): Detail => ({
  id: 'process-stacks',
  title: `kernel stacks of ${plain(process.name)} (${process.pid})`,
  sources: { stacks: bindDetail(processStacks, process) },
  everySeconds: 1,
  process,
  sections: ({ stacks }, { stacks: missing }) => {
    // bindDetail gave the sample of processStacks, or there is none yet.
    const sample = stacks as { readonly threads: readonly ThreadStack[] } | undefined;
    const groups = groupsOf(sample?.threads ?? []);
    return [table(groups, nothingWords('none', stateOfDetail(sample, missing)))];
  },
});

/** Stacks of all threads as text, a group of equal ones with its frames below it; else why they were not read. */
export function stackLines(threads: readonly ThreadStack[], missing: readonly Missing[]): readonly string[] {
  return [
    ...groupsOf(threads).flatMap(({ threads: [first, ...others], state, call, wchan, frames = [] }) => [
      `  ${first ? `${first.name} ${first.tid}` : NONE}${others.length > 0 ? ` and ${others.length} more` : ''}: ` +
        `state ${state}, syscall ${call ?? NONE}, wchan ${wchan ?? NONE}`,
      ...frames.map((frame) => `    ${frame}`),
    ]),
    ...missing.map(({ detail }) => `  not readable: ${plain(detail)}`),
  ];
}

/** Groups: blocked first, then running, then by size. */
export function groupsOf(threads: readonly ThreadStack[]): readonly StackGroup[] {
  const groups = new Map<string, StackGroup & { threads: { tid: number; name: string }[] }>();
  for (const { tid, name, state, call, wchan, frames } of threads) {
    const key = JSON.stringify([state, call, wchan, frames]);
    const group = groups.get(key) ?? {
      key,
      threads: [],
      state: label(state),
      call: call && plain(call),
      wchan: wchan && plain(wchan),
      frames: frames?.map(plain),
    };
    group.threads.push({ tid, name: plain(name) });
    groups.set(key, group);
  }
  const order = 'DRTt';
  const rank = ({ state }: StackGroup): number => (order.includes(state) ? order.indexOf(state) : order.length);
  return [...groups.values()].toSorted((a, b) => rank(a) - rank(b) || b.threads.length - a.threads.length);
}

const columns: readonly Column<StackGroup>[] = [
  numberColumn({
    id: 'threads',
    title: 'THR',
    about: 'Threads with this stack.',
    width: 4,
    value: ({ threads }) => threads.length,
    rank: 0,
  }),
  {
    id: 'state',
    title: 'S',
    about: 'R running, S sleeping, D blocked on disk or lock (unkillable), T stopped, t traced.',
    vocabulary: 'fixed',
    width: 1,
    value: ({ state }) => state,
    role: ({ state }) => (state === 'D' ? 'crit' : state === 'R' ? 'accent' : 'text'),
    rank: 0,
  },
  {
    id: 'call',
    title: 'SYSCALL',
    about: 'Current system call; none in user code.',
    width: 16,
    value: ({ call }) => call,
    rank: 1,
  },
  {
    id: 'wchan',
    title: 'WCHAN',
    about: 'Kernel function in which it sleeps (/proc/PID/task/TID/wchan).',
    width: 24,
    value: ({ wchan }) => wchan,
    rank: 2,
  },
  {
    id: 'stack',
    title: 'KERNEL STACK',
    about: 'Innermost function first (/proc/PID/task/TID/stack).',
    width: 30,
    grow: true,
    value: ({ frames }) => (frames && frames.length > 0 ? frames.join(' < ') : undefined),
    rank: 0,
  },
  {
    id: 'who',
    title: 'THREAD',
    about: 'Name and TID of the first of them.',
    width: 22,
    value: ({ threads: [first] }) => (first ? `${first.name} ${first.tid}` : NONE),
    rank: 1,
  },
];

const threadsNote = (count: number): string => `${count} ${count === 1 ? 'thread' : 'threads'}, not stopped`;

const table = (rows: readonly StackGroup[], empty: NothingWords): TableSection<StackGroup> => ({
  kind: 'table',
  id: 'process-stacks',
  title: 'Kernel stacks',
  note: threadsNote(rows.reduce((sum, { threads }) => sum + threads.length, 0)),
  sources: ['process-stacks'],
  columns,
  rows,
  key: ({ key }) => key,
  sort: { column: 'threads', descending: true },
  first: ({ state }) => state === 'D',
  searchText: ({ threads }) => threads.map(({ tid, name }) => `${name} ${tid}`).join(' '),
  empty,
});
