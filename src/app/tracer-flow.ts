import { readTracing, startTracer, type Tracing } from '../debugger/tracing.ts';
import type { LiveHost } from '../host/host.ts';
import { cut } from '../lib/text-width.ts';
import { plain } from '../lib/plain.ts';
import type { ProcessRef } from '../panes/pane.ts';
import { chooseProgram, type Chosen } from '../tracers/conditions.ts';
import { failureOf } from '../tracers/failure.ts';
import { tracerOf, tracers } from '../tracers/index.ts';
import { takesPid } from '../tracers/programs.ts';
import { traceText } from '../tracers/summary.ts';
import type { Tracer, TraceResult } from '../tracers/tracer.ts';
import { openTerminal } from '../ui/terminal/open-terminal.ts';
import { choose, type Choice } from './choose.ts';
import { askKeys, showMessage } from './dialogs.ts';
import { setMark } from './recording-flow.ts';
import type { Screen } from './screen.ts';
import { Surface } from './surface.ts';
import { enterTerminal } from './tools-flow.ts';
import { traceSections } from './tracer-page.ts';

/** Tracer and the process that it is limited to. */
interface Wanted {
  readonly tracer: Tracer;
  readonly process: ProcessRef | undefined;
}

/** Lists the tracers with their cost, or why they cannot run, and runs the chosen one. */
export async function openTracers(screen: Screen): Promise<void> {
  const live = tracedHost(screen);
  if (!live) return;
  screen.notify(`checking the tracers of ${live.name}`);
  const tracing = await readTracing(live);
  const process = screen.surface?.selectedProcess(screen.theme);
  const wanted = [
    ...tracers.map((tracer): Wanted => ({ tracer, process: undefined })),
    ...(process ? tracers.filter(takesPid).map((tracer): Wanted => ({ tracer, process })) : []),
  ];
  const one = await choose(
    screen.layers,
    { title: 'Tracers', choices: wanted.map((each) => choiceOf(each, tracing)) },
    screen.changed,
  );
  if (one) await run(screen, live, one, tracing);
}

/** Runs one tracer on the whole host, after its confirmation. */
export async function runTracer(screen: Screen, id: string): Promise<void> {
  const live = tracedHost(screen);
  const tracer = tracerOf(id);
  if (!live || !tracer) return;
  screen.notify(`checking the tracers of ${live.name}`);
  await run(screen, live, { tracer, process: undefined }, await readTracing(live));
}

/** Live host, which may be traced; else a notice why not. */
function tracedHost(screen: Screen): LiveHost | undefined {
  const live = screen.watch?.session.live;
  if (live && !live.readOnly) return live;
  screen.notify(live ? 'tracers: this session is read-only' : 'tracers: needs a live host');
  return undefined;
}

const onText = (process: ProcessRef | undefined): string => (process ? ` of ${process.name}[${process.pid}]` : '');

const chosenFor = ({ tracer, process }: Wanted, { facts }: Tracing): Chosen =>
  chooseProgram(tracer, facts, process?.pid);

function choiceOf(wanted: Wanted, tracing: Tracing): Choice<Wanted> {
  const { tracer, process } = wanted;
  const chosen = chosenFor(wanted, tracing);
  return {
    value: wanted,
    title: `${tracer.id}${onText(process)}`,
    about:
      'reason' in chosen ? `${tracer.question}; cannot run: ${chosen.reason}` : `${tracer.question}; ${tracer.cost}`,
  };
}

const LONG_SECONDS = 60;

async function run(screen: Screen, live: LiveHost, wanted: Wanted, tracing: Tracing): Promise<void> {
  const { tracer, process } = wanted;
  const title = `${tracer.id}${onText(process)}`;
  const chosen = chosenFor(wanted, tracing);
  if ('reason' in chosen)
    return showMessage(screen.layers, { title, lines: [tracer.question, `Cannot run: ${chosen.reason}.`] });
  const { program, path } = chosen;
  const seconds = await askKeys(screen.layers, {
    title,
    lines: [
      `Shows ${tracer.question}.`,
      `Runs ${path} (${program.family}) on ${plain(live.name)} as root. It changes the state of kernel tracing while it runs; it writes nothing to disk and installs nothing.`,
      `Cost: ${tracer.cost}. ${START_COST[program.family]}`,
    ],
    answers: [
      { key: 'y', title: `start, ${tracer.seconds} s`, value: tracer.seconds },
      { key: 'l', title: `longer, ${LONG_SECONDS} s`, value: LONG_SECONDS },
    ],
  });
  if (seconds === undefined) return;
  const size = screen.terminalSize();
  const tool = await startTracer(live, tracer, chosen, { pid: process?.pid, seconds, ...size });
  const session = openTerminal(tool, live.name, size);
  session.emulator.print(`Traces for ${seconds} s; Ctrl-C ends it earlier, with what it has until then.`);
  await enterTerminal(screen, session, () => {
    const output = tool.transcript.text().replaceAll('\r', '');
    const result = program.parse(output, tracing.names);
    openResult(screen, `${title}, ${seconds} s`, result, output);
    const why = isEmpty(result) ? failureOf(output) : undefined;
    setMark(screen, cut(plain(`${title}, ${seconds} s: ${why ?? traceText(result)}`), NOTE_CELLS, '…'));
    if (why !== undefined) screen.notify(`${tracer.id}: ${plain(why)}`);
  });
}

const NOTE_CELLS = 600;

/** What a start costs the host, by kind of program. */
const START_COST = {
  'libbpf-tools': 'Its start takes about 0.1 s of CPU.',
  bpftrace: 'Its start takes about 0.5 s of CPU and 100 MB of memory.',
  bcc: 'Its start compiles with LLVM: 1 to 3 s of CPU and 150 MB of memory.',
  perf: 'Its start takes about 0.2 s of CPU.',
} as const;

const isEmpty = ({ histograms, tables }: TraceResult): boolean => histograms.length === 0 && tables.length === 0;

function openResult(screen: Screen, title: string, result: TraceResult, output: string): void {
  const sections = traceSections(result, output);
  const surface = new Surface({ id: 'trace', title, sections: () => sections });
  screen.layers.push({ kind: 'page', surface, closesOnLeave: true });
}
