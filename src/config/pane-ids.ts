import { didYouMean } from '../lib/did-you-mean.ts';
import { paneKeys } from '../pane-keys.ts';

export const PANE_IDS: readonly string[] = paneKeys.map(({ pane }) => pane);

/** Sentence about an id that no pane has; undefined for one of a pane. */
export const paneProblem = (id: string): string | undefined =>
  PANE_IDS.includes(id)
    ? undefined
    : `unknown pane "${id}"${didYouMean(id, PANE_IDS) || `; valid: ${PANE_IDS.join(', ')}`}`;
