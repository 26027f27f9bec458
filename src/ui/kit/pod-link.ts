import type { TiedPod } from '../../entities/kubernetes/pod-volumes.ts';
import { plain } from '../../lib/plain.ts';
import type { Tie } from '../../panes/pane.ts';

/** To the pods that something of the host serves. */
export const podTies = (pods: readonly TiedPod[] | undefined): readonly Tie[] =>
  (pods ?? []).map(({ key, name }) => ({ label: `pod ${plain(name)}`, pane: 'kubernetes', row: key }));
