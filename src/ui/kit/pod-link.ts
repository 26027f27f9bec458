import type { LinkedPod } from '../../entities/kubernetes/pod-volumes.ts';
import { plain } from '../../lib/plain.ts';
import type { Link } from '../../panes/pane.ts';

/** Links to pods. */
export const podLinks = (pods: readonly LinkedPod[] | undefined): readonly Link[] =>
  (pods ?? []).map(({ key, name }) => ({ label: `pod ${plain(name)}`, pane: 'kubernetes', row: key }));
