import { parseStacks } from '../../stacks/parse-stacks.ts';
import { defineDetail } from '../source.ts';

interface StacksTarget {
  readonly pid: number;
  /** Start time of its stat, so that a PID that is used again is refused. */
  readonly startTicks?: number | undefined;
}

const EXAMPLE: StacksTarget = { pid: 1 };

/**
 * Stacks of a process: kernel frames and those of its runtime, of all threads, from memory, without stopping it. proc_pid_mem(5),
 * proc_pid_task(5); the reply is described at `parseStacks`.
 */
export const processUserStacks = defineDetail({
  id: 'process-user-stacks',
  title: 'Stacks of a process',
  why: 'Shows functions, files and lines in which the threads and goroutines of a process are, when the engineer opens them, without stopping it. Reads its memory; frames leave the host, no other memory.',
  example: EXAMPLE,
  reads: ({ pid, startTicks }: StacksTarget) => ({
    stacks: {
      kind: 'talk',
      dialect: 'stacks',
      to: 'stacks:processes',
      request: `read ${pid} ${startTicks ?? '-'}`,
      as: 'root',
    },
  }),
  parse: ({ stacks }) => parseStacks(stacks),
});
