import { tools } from '../debugger/tools.ts';
import { entityOf, entityText, type EntityRef } from '../findings/entity-ref.ts';
import { commandText, type GoStep, type NextStep } from '../findings/next-step.ts';
import { plain } from '../lib/plain.ts';
import { tracerOf } from '../tracers/index.ts';
import type { ProcessRef } from '../panes/pane.ts';
import { processes } from '../sources/processes/processes.ts';
import { choose, type Choice } from './choose.ts';
import { showMessage } from './dialogs.ts';
import { rowOfStep } from './entity-row.ts';
import { clock } from './header.ts';
import { guardRow, ROW_GONE } from './row-guard.ts';
import type { Screen } from './screen.ts';
import { selectedFinding } from './selected-finding.ts';
import { stepsOf, stepTitle } from './step-titles.ts';
import { selectKey } from './surface-actions.ts';
import { runTool } from './tools-flow.ts';
import { runTracer } from './tracer-flow.ts';
import type { Watch } from './watch.ts';

/** Lists the next steps of the selected finding and runs the chosen one. */
export async function openSteps(screen: Screen): Promise<void> {
  const { watch } = screen;
  const finding = selectedFinding(screen);
  if (!watch || !finding) return;
  const isSame = guardRow(screen);
  const choices = stepsOf(finding).flatMap((step) => choiceOf(step, watch) ?? []);
  const step = await choose(
    screen.layers,
    { title: `Next steps: ${finding.subject}`, choices, numbered: true },
    screen.changed,
  );
  if (!step) return;
  switch (step.kind) {
    case 'go':
      return go(screen, step);
    case 'command':
      return copyCommand(screen, commandText(step));
    case 'note':
      return showMessage(screen.layers, { title: 'Next step', lines: [step.text] });
    case 'tracer':
      return runTracer(screen, step.tracer);
    case 'tool': {
      const process = processOf(watch, step.on);
      if (!process) return screen.notify('process gone');
      if (!watch.session.live || watch.session.live.readOnly) return screen.notify(toolRefusal(watch) ?? '');
      const refused = () => (isSame() ? undefined : ROW_GONE);
      await runTool(screen, { process, tool: step.tool, refused });
      return undefined;
    }
  }
}

const toolRefusal = ({ session: { live } }: Watch): string | undefined =>
  live === undefined ? 'needs a live host' : live.readOnly ? 'this session is read-only' : undefined;

/** A step as an entry of the list; none for a tool whose process is gone. */
function choiceOf(step: NextStep, watch: Watch): Choice<NextStep> | undefined {
  const title = stepTitle(step, watch.panes);
  switch (step.kind) {
    case 'go':
      return {
        value: step,
        title,
        about:
          step.atMs === undefined ? 'opens the pane' : `opens the pane at ${clock(step.atMs)} UTC, when it happened`,
      };
    case 'command':
      return { value: step, title, about: step.shows };
    case 'note':
      return { value: step, title, about: step.text };
    case 'tracer': {
      const tracer = tracerOf(step.tracer);
      return tracer && { value: step, title, about: toolRefusal(watch) ?? `${tracer.seconds} s; ${tracer.cost}` };
    }
    case 'tool': {
      const process = processOf(watch, step.on);
      const tool = tools.find(({ id }) => id === step.tool);
      if (!process || !tool) return undefined;
      const refused = toolRefusal(watch);
      return {
        value: step,
        title: `tool  ${tool.title}: ${process.name}[${process.pid}]`,
        about: refused ?? `${tool.shows}; ${tool.cost}`,
      };
    }
  }
}

/** Opens the pane of a step at its row or section, and at its time where the history has it. */
async function go(screen: Screen, step: GoStep): Promise<void> {
  const { watch, layers } = screen;
  if (!watch) return;
  for (let page = layers.page; page; page = layers.page) layers.remove(page);
  if (step.atMs !== undefined && step.atMs >= (watch.time.startMs ?? Infinity)) {
    watch.session.replay?.pause();
    await watch.time.go(step.atMs);
  }
  watch.open(step.pane);
  const { surface } = watch;
  const key = rowOfStep(surface.sections(), step);
  if (key !== undefined) selectKey(surface, key, screen.theme);
  else if (step.section !== undefined) surface.view = { ...surface.view, focus: step.section };
  else if (step.label !== undefined) screen.notify(`${step.label}: not in the list`);
  screen.changed();
}

/** Copies a command as it is drawn: with redaction on, with redacted names. */
function copyCommand(screen: Screen, text: string): void {
  const shown = plain(text);
  screen.terminal.copy(shown);
  screen.notify(`copied: ${shown}${screen.redaction.on ? ' (names redacted)' : ''}`);
}

/** Process of an object at the cursor: itself, or what it runs as. */
function processOf(watch: Watch, ref: EntityRef): ProcessRef | undefined {
  const { timeline } = watch.session;
  const nowMs = watch.time.atMs;
  const id = ref.kind === 'process' ? ref.id : runsAs(watch, ref);
  const pid = Number(id?.split('@', 1)[0]);
  const process = timeline.moment({ processes }, nowMs).processes.now?.processes.get(pid);
  const isSame = process !== undefined && id === `${pid}@${process.startTicks ?? 'unknown'}`;
  return isSame ? { pid, startTicks: process.startTicks, name: process.command } : undefined;
}

function runsAs(watch: Watch, ref: EntityRef): string | undefined {
  const causes = watch.graph().causesOf(entityText(ref));
  const process = causes.flatMap(({ via, entity }) => (via === 'runs-as' ? (entityOf(entity) ?? []) : []));
  return process.find(({ kind }) => kind === 'process')?.id;
}
