import { KEPT_MS, type Session } from '../collect/session.ts';
import { parseCondition, type Condition } from '../figures/condition.ts';
import { metText } from '../figures/condition-text.ts';
import { ConditionWatch, isMet, type MetVerdict } from '../figures/condition-watch.ts';
import { processStacksDetail } from '../panes/processes/stacks.ts';
import type { Choice } from './choose.ts';
import { beginRecording } from './recording-flow.ts';
import type { Screen } from './screen.ts';

const POLL_MS = 500;

/** Condition that the screen waits for. */
export interface Waiting {
  readonly condition: Condition;
  readonly stop: () => void;
}

/** Choice of the palette for `wait CONDITION`, and for `wait` alone the one that ends a wait; undefined for other words. */
export function waitChoice(screen: Screen, query: string): Choice<() => void> | undefined {
  const [first, ...rest] = query.trim().split(/\s+/);
  const text = rest.join(' ');
  if (first !== 'wait' || !screen.watch?.session.keep) return undefined;
  if (text === '') {
    const { waiting } = screen;
    return waiting
      ? { value: waiting.stop, title: `stop waiting for ${waiting.condition.text}` }
      : { value: () => screen.notify(`wait: ${USE}`), title: 'wait CONDITION', about: USE };
  }
  const condition = parseCondition(text);
  if ('problem' in condition)
    return {
      value: () => screen.notify(`wait: ${condition.problem}`),
      title: `wait ${text}`,
      about: condition.problem,
    };
  return { value: () => startWaiting(screen, condition), title: `wait for ${condition.text}`, about: DOES };
}

const USE = 'write a condition on any figure: wait osd.1 commit > 200 ms for 3 s';
const DOES = 'then sets a marker, records (from a minute before) and reads the kernel stacks of its process';

/** Waits for a condition in the background, in the place of the one before. */
function startWaiting(screen: Screen, condition: Condition): void {
  const { watch } = screen;
  const session = watch?.session;
  if (!watch || !session?.keep) return;
  screen.waiting?.stop();
  const waiting = new ConditionWatch(condition, watch.panes);
  session.keep({ sources: waiting.sources, forMs: KEPT_MS });
  const timer = setInterval(() => {
    const verdict = waiting.at((needs, wallMs) => session.timeline.momentAt(needs, wallMs), screen.clock());
    if (verdict.problem !== undefined) {
      stop();
      screen.notify(`wait: ${verdict.problem}`);
    } else if (isMet(verdict)) {
      end();
      // A recording begins with what is kept; a wait that began meanwhile keeps its readings.
      void met(screen, session, condition, verdict).finally(() => {
        if (!screen.waiting) session.keep?.(undefined);
      });
    }
  }, POLL_MS);
  const end = () => {
    clearInterval(timer);
    screen.waiting = undefined;
    screen.changed();
  };
  const stop = () => {
    end();
    session.keep?.(undefined);
  };
  screen.waiting = { condition, stop };
  screen.notify(`waiting for ${condition.text}; :wait stops`);
}

async function met(screen: Screen, session: Session, condition: Condition, verdict: MetVerdict): Promise<void> {
  const text = metText(condition, verdict.holding);
  session.mark?.(text);
  try {
    if (!screen.recording) await beginRecording(screen);
    const [process] = verdict.holding.flatMap(({ figure }) => figure.process ?? []);
    if (process) await Promise.all(Object.values(processStacksDetail(process).sources).map(session.readDetail));
    const file = screen.recording?.state().path;
    screen.notify(file === undefined ? text : `${text}; recording to ${file}`);
  } catch (error) {
    screen.notify(`${text}; not recorded: ${error instanceof Error ? error.message : String(error)}`);
  }
}
