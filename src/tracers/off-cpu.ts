import type { TraceResult, TraceTable } from './tracer.ts';

/** Frames of the tracer itself, and of the switch that every stack ends in. */
const SWITCH = /^(?:bpf_|__bpf_|__traceiter_|__schedule$|schedule$|finish_task_switch|__perf_event_task_sched_out)/;

/** Lines between frames: the border of kernel and user, and what the tool could not resolve. */
const NO_FRAME = /^(?:\[|-+$|failed to get syms|Could not open |Tracing off-CPU)/;

/** Stacks that are shown: a trace of a busy host has thousands. */
const MAX_STACKS = 500;

const FRAMES = 12;

/** Columns of time off the CPU. */
export const OFF_CPU = {
  stack: { title: 'STACK', about: 'Functions in which the thread left the CPU, innermost first.' },
  command: { title: 'COMMAND', about: 'Command of the thread.' },
  time: { title: 'OFF CPU', unit: 'us', about: 'Time off the CPU in this stack, of all threads.' },
} as const satisfies Record<string, TraceTable['columns'][number]>;

/** Functions of a stack without those of the switch itself, innermost first. */
export const offCpuText = (frames: readonly string[]): string =>
  frames
    .map((frame) => frame.trim().replace(/\+(?:0x)?[0-9a-f]+$/, ''))
    .filter((frame) => frame !== '' && !SWITCH.test(frame))
    .slice(0, FRAMES)
    .join(' < ');

/**
 * Stacks of offcputime, of bcc and of libbpf-tools: frames, innermost first, the command behind `-`, then microseconds.
 * https://github.com/iovisor/bcc/blob/master/tools/offcputime_example.txt
 */
export function offCpu(output: string): TraceResult {
  const sums = new Map<string, { readonly cells: readonly [string, string]; us: number }>();
  let frames: string[] = [];
  let command: string | undefined;
  for (const line of output.split('\n')) {
    const text = line.trim();
    const [, name] = /^-\s+(.*) \(\d+\)$/.exec(text) ?? [];
    if (name !== undefined) command = name;
    else if (command !== undefined && /^\d+$/.test(text)) {
      const stack = offCpuText(frames);
      const key = `${stack}\0${command}`;
      const known = sums.get(key);
      if (known) known.us += Number(text);
      else sums.set(key, { cells: [stack, command], us: Number(text) });
      [frames, command] = [[], undefined];
    } else if (text === '') frames = [];
    else if (!NO_FRAME.test(text)) frames.push(text.replace(/^#\d+\s+0x[0-9a-f]+\s+/, ''));
  }
  const rows = [...sums.values()].toSorted((a, b) => b.us - a.us).slice(0, MAX_STACKS);
  return {
    histograms: [],
    tables:
      rows.length === 0
        ? []
        : [
            {
              title: 'Off CPU by stack',
              columns: [OFF_CPU.stack, OFF_CPU.command, OFF_CPU.time],
              sort: 2,
              rows: rows.map(({ cells, us }) => [...cells, us]),
            },
          ],
  };
}
