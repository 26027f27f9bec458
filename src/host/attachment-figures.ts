import type { AttachmentEnd, AttachmentPulse, AttachRequest } from './host.ts';
import type { Head } from './collector/frames.ts';
import { plain } from '../lib/plain.ts';

const MAX_SENTENCES = 20;

/** A measured figure; anything that is not one is unknown. */
const figure = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

export const pulseOf = (head: Head): AttachmentPulse => ({
  stoppedMs: figure(head['stoppedMs']) ?? 0,
  longestStopMs: figure(head['longestStopMs']) ?? 0,
  totalStopMs: figure(head['totalStopMs']) ?? 0,
  droppedLines: figure(head['droppedLines']) ?? 0,
});

/** The guard's last frame, in our terms; its words are hostile text until here. */
export function endOf(head: Head, request: AttachRequest): AttachmentEnd {
  const exitCode = figure(head['exit']);
  const state = head['state'];
  const said: readonly unknown[] = Array.isArray(head['guard']) ? head['guard'] : [];
  const tool = request.argv[0] ?? 'the tool';
  const measured = request.target !== undefined;
  return {
    exitCode,
    longestStopMs: measured ? figure(head['longestStopMs']) : undefined,
    totalStopMs: measured ? figure(head['totalStopMs']) : undefined,
    resolutionMs: measured ? figure(head['resolutionMs']) : undefined,
    droppedLines: figure(head['droppedLines']),
    targetState: measured && typeof state === 'string' ? plain(state.slice(0, 8)) : undefined,
    guard: said
      .filter((sentence) => typeof sentence === 'string')
      .slice(0, MAX_SENTENCES)
      .map((sentence) => plain(sentence.slice(0, 400))),
    detail: exitCode === undefined ? `${tool} was ended` : `${tool} ended with exit code ${exitCode}`,
  };
}
