import type { StandingFinding } from '../collect/session.ts';
import { tools } from '../debugger/tools.ts';
import { commandText, type NextStep } from '../findings/next-step.ts';
import { nextSteps } from '../findings/next-steps.ts';
import type { AnyPane } from '../panes/pane.ts';
import { steps } from '../subsystems/index.ts';
import { tracerOf } from '../tracers/index.ts';

/** Steps after a finding. */
export const stepsOf = (finding: StandingFinding): readonly NextStep[] => nextSteps(finding, steps);

/** A step in one line: verb, then pane, command or tool. */
export function stepTitle(step: NextStep, panes: readonly Pick<AnyPane, 'id' | 'title'>[]): string {
  switch (step.kind) {
    case 'go': {
      const title = panes.find(({ id }) => id === step.pane)?.title ?? step.pane;
      return `go    ${title}${step.label === undefined ? '' : `, ${step.label}`}`;
    }
    case 'command':
      return `copy  ${commandText(step)}`;
    case 'tool':
      return `tool  ${tools.find(({ id }) => id === step.tool)?.title ?? step.tool}`;
    case 'tracer':
      return `trace ${step.tracer}: ${tracerOf(step.tracer)?.question ?? ''}`;
    case 'note':
      return step.text;
  }
}
