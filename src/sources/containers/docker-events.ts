import { fields, numberOf, textOf } from '../../lib/json.ts';
import { DOCKER_SOCKET } from './docker.ts';
import { eventStreamParser, type EventStream } from './event-stream.ts';
import { defineSource } from '../source.ts';

/** Filter of the stream: without it each health check adds three exec events every few seconds. */
const WANTED = {
  type: ['container'],
  event: ['create', 'destroy', 'die', 'health_status', 'oom', 'pause', 'rename', 'start', 'unpause'],
};

/**
 * Container events of dockerd, from its event stream: following it costs the daemon nothing. With `since` the stream starts
 * with the last of the 256 events that dockerd keeps.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/System/operation/SystemEvents
 *
 *     {"Type":"container","Action":"die","Actor":{"ID":"ec0c…","Attributes":{"exitCode":"3","name":"lab-loop"}},"timeNano":…}
 */
export const dockerEvents = defineSource({
  id: 'docker-events',
  title: 'Docker events',
  why: 'Shows at once that a container exited, was OOM-killed, is in a restart loop or is unhealthy.',
  everySeconds: 2,
  reads: {
    events: {
      kind: 'talk',
      dialect: 'http',
      to: DOCKER_SOCKET,
      request: `EVENTS /events?since=1&filters=${encodeURIComponent(JSON.stringify(WANTED))}`,
      as: 'root',
    },
  },
  parse: ({ events }) => parseEvents(events),
});

export interface DockerEvent {
  readonly id: string;
  /** create, start, die, oom, pause, unpause, rename, destroy, health_status. */
  readonly action: string;
  /** Rest of the action: `unhealthy` of `health_status: unhealthy`. */
  readonly detail: string | undefined;
  readonly name: string | undefined;
  readonly exitCode: number | undefined;
  /** By the clock of the host. */
  readonly epochSeconds: number;
}

const parseEvents = eventStreamParser(eventOf);

export type DockerEvents = EventStream<DockerEvent>;

function eventOf(value: unknown): DockerEvent | undefined {
  const event = fields(value);
  if (event['Type'] !== 'container') return undefined;
  const actor = fields(event['Actor']);
  const attributes = fields(actor['Attributes']);
  const id = textOf(actor['ID']);
  const [action, detail] = textOf(event['Action'])?.split(': ', 2) ?? [];
  const nanoseconds = numberOf(event['timeNano']);
  const seconds = nanoseconds === undefined ? numberOf(event['time']) : nanoseconds / 1e9;
  if (id === undefined || action === undefined || seconds === undefined) return undefined;
  const exit = textOf(attributes['exitCode']);
  return {
    id,
    action,
    detail,
    name: textOf(attributes['name']),
    exitCode: exit !== undefined && /^\d{1,3}$/.test(exit) ? Number(exit) : undefined,
    epochSeconds: seconds,
  };
}
