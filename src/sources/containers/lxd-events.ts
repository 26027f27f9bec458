import { epochSeconds } from '../../lib/iso-time.ts';
import { fields, textOf } from '../../lib/json.ts';
import { eventStreamParser, type EventStream } from './event-stream.ts';
import { lxdPlaces, lxdReads, type LxdPlace } from './lxd-sockets.ts';
import { defineSource } from '../source.ts';

/**
 * Lifecycle events of instances, from LXD's event stream. Only `lifecycle`: `logging` would echo each of our requests.
 * https://documentation.ubuntu.com/lxd/latest/events/
 *
 *     {"type":"lifecycle","timestamp":"2026-…Z","metadata":{"action":"instance-paused","source":"/1.0/instances/lab-priv"},"project":"default"}
 */
export const lxdEvents = defineSource({
  id: 'lxd-events',
  title: 'LXD events',
  why: 'Shows at once that a container was started, stopped, frozen or restarted.',
  everySeconds: 2,
  reads: lxdReads('EVENTS-WS /1.0/events?type=lifecycle&all-projects=true'),
  parse: (values) => {
    const servers = new Map<LxdPlace, EventStream<LxdEvent>>();
    for (const place of lxdPlaces) {
      const text = values[place];
      if (text !== undefined) servers.set(place, parseEvents(text, place));
    }
    return { servers };
  },
});

export interface LxdEvent {
  /** `instance-started`, `instance-paused`, `instance-shutdown`, … */
  readonly action: string;
  readonly instance: string;
  readonly project: string;
  readonly epochSeconds: number;
}

const parseEvents = eventStreamParser(eventOf);

function eventOf(value: unknown): LxdEvent | undefined {
  const event = fields(value);
  if (event['type'] !== 'lifecycle') return undefined;
  const metadata = fields(event['metadata']);
  const action = textOf(metadata['action'])?.replace(/^(container|virtual-machine)-/, 'instance-');
  const [path = '', query = ''] = textOf(metadata['source'])?.split('?', 2) ?? [];
  const instance = /^\/1\.0\/(?:instances|containers|virtual-machines)\/([^/]+)/.exec(path)?.[1];
  const seconds = epochSeconds(textOf(event['timestamp']));
  if (action === undefined || instance === undefined || seconds === undefined) return undefined;
  return {
    action,
    instance,
    project: /(?:^|&)project=([^&]+)/.exec(query)?.[1] ?? textOf(event['project']) ?? 'default',
    epochSeconds: seconds,
  };
}
