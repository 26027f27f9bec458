import type { Transport } from '../transport.ts';

/** Who wants to know how the line is. A listener that comes late hears at once of what already happened. */
export interface LineEvents extends Pick<Transport, 'onLost' | 'onSilence'> {
  /** Why the line is gone; undefined while it stands. */
  readonly lostWhy: () => string | undefined;
  /** Tells all, the first time only. */
  readonly lose: (why: string) => void;
  /** Nothing was heard for so long; undefined: heard again. */
  readonly silence: (quietMs: number | undefined) => void;
}

export function lineEvents(): LineEvents {
  const onLost: ((why: string) => void)[] = [];
  const onSilence: ((quietMs: number | undefined) => void)[] = [];
  let lost: string | undefined;
  let silentMs: number | undefined;
  return {
    lostWhy: () => lost,
    lose: (why) => {
      if (lost !== undefined) return;
      lost = why;
      for (const listen of onLost) listen(why);
    },
    silence: (quietMs) => {
      if (lost !== undefined || silentMs === quietMs) return;
      silentMs = quietMs;
      for (const listen of onSilence) listen(quietMs);
    },
    onLost: (listen) => {
      if (lost === undefined) onLost.push(listen);
      else listen(lost);
    },
    onSilence: (listen) => {
      onSilence.push(listen);
      if (silentMs !== undefined) listen(silentMs);
    },
  };
}
