import type { AttachmentEnd, AttachmentPulse, AttachRequest } from './host.ts';
import type { Head } from './collector/frames.ts';
import { plain } from '../lib/plain.ts';

const MAX_SENTENCES = 20;

/** Measured figure; undefined for any other value. */
const figure = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

export const pulseOf = (head: Head): AttachmentPulse => ({
  stoppedMs: figure(head['stoppedMs']) ?? 0,
  longestStopMs: figure(head['longestStopMs']) ?? 0,
  totalStopMs: figure(head['totalStopMs']) ?? 0,
  droppedLines: figure(head['droppedLines']) ?? 0,
});

/** End of an attachment from the guard's last frame, whose texts are hostile. */
export function endOf(head: Head, request: AttachRequest): AttachmentEnd {
  const exitCode = figure(head['exit']);
  const state = head['state'];
  const sentences: readonly unknown[] = Array.isArray(head['guard']) ? head['guard'] : [];
  const tool = toolName(request.argv);
  const measured = request.target !== undefined;
  return {
    exitCode,
    longestStopMs: measured ? figure(head['longestStopMs']) : undefined,
    totalStopMs: measured ? figure(head['totalStopMs']) : undefined,
    resolutionMs: measured ? figure(head['resolutionMs']) : undefined,
    droppedLines: figure(head['droppedLines']),
    targetState: measured && typeof state === 'string' ? plain(state.slice(0, 8)) : undefined,
    guard: sentences
      .filter((sentence) => typeof sentence === 'string')
      .slice(0, MAX_SENTENCES)
      .map((sentence) => plain(sentence.slice(0, 400))),
    detail: exitCode === undefined ? `${tool} was killed` : `${tool} ended with exit code ${exitCode}`,
  };
}

/** Name of the tool in a command: not that of timeout(1), which only limits its time. */
export function toolName(argv: readonly string[]): string {
  const [first = 'tool', ...rest] = argv;
  if (first !== 'timeout') return first;
  const duration = rest.findIndex((word, i) => !word.startsWith('-') && !WITH_VALUE.has(rest[i - 1] ?? ''));
  return rest[duration + 1] ?? first;
}

/** Options of timeout(1) whose value is the next word. */
const WITH_VALUE: ReadonlySet<string> = new Set(['-s', '--signal', '-k', '--kill-after']);
