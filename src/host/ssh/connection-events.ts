import type { Transport } from '../transport.ts';

/** Loss and silence of a connection; a late listener is called at once with the present state. */
export interface ConnectionEvents extends Pick<Transport, 'onLost' | 'onSilence'> {
  /** Reason of the loss; undefined while connected. */
  readonly lostWhy: () => string | undefined;
  /** Marks the connection as lost, once. */
  readonly lose: (why: string) => void;
  /** Reports the time without data; undefined once data arrives again. */
  readonly silence: (quietMs: number | undefined) => void;
}

export function connectionEvents(): ConnectionEvents {
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
