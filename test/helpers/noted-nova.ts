import { StackNotes } from '../../src/notes/noted-stacks.ts';
import type { NotedStacks } from '../../src/notes/case-notes.ts';
import type { Round } from '../../src/recording/replay-entries.ts';
import { novaStacks, stacksReply } from './stacks.ts';

/** Round of a recording with the stacks of one reading. */
export function stacksRound(
  reading: number,
  t = 1_700_000_000_000 + reading * 250,
  text = stacksReply(novaStacks(reading)),
): Round {
  const read = { kind: 'talk', dialect: 'stacks', to: 'stacks:processes', request: 'read 1200 7', as: 'root' } as const;
  const value = { ok: true, value: text, at: t / 1000, tookMs: 1 } as const;
  return {
    source: 'process-user-stacks',
    t,
    took: 1,
    readings: [{ name: 'stacks', read, key: 'stacks 1200', reading: value }],
  };
}

/** A sampling of nova-compute as case notes have it. */
export function notedNova(): NotedStacks {
  const notes = new StackNotes();
  for (let reading = 0; reading < 40; reading++) notes.take(stacksRound(reading));
  const [only] = notes.noted();
  if (!only) throw new Error('no sampling');
  return only;
}
