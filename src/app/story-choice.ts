import { storyDetail } from '../panes/openstack/story.ts';
import { STORY_ID } from '../sources/openstack/logs.ts';
import type { Choice } from './choose.ts';
import { openDetail } from './detail-page.ts';
import type { Screen } from './screen.ts';

/** Story of a typed id in the logs of OpenStack; undefined for any other text. */
export function storyChoice(screen: Screen, query: string): Choice<() => void> | undefined {
  const id = query.trim().toLowerCase();
  if (!STORY_ID.test(id)) return undefined;
  return {
    value: () => openDetail(screen, storyDetail(id, `story of ${id}`)),
    title: `story of ${id}`,
    about: 'Lines about this request, instance, port or volume in the logs of OpenStack services on the host.',
  };
}
