import { countOf, fields, flagOf, items, json, textOf } from '../../lib/json.ts';

/** Events of a daemon's stream so far: the newest few hundred, oldest first. */
export interface EventStream<Event> {
  /** False while the stream is refused or lost; undefined before the first request. */
  readonly listening: boolean | undefined;
  /** Reason that it is not. */
  readonly why: string | undefined;
  /** Number of events dropped because they came too fast. */
  readonly lost: number | undefined;
  readonly events: readonly Event[];
}

/**
 * Parser of the replies to an `EVENTS` request, of any number of daemons (`place` is the key of each):
 *
 *     {"sinceMs":1795452343000,"listening":true,"lost":0,"events":[{…},…]}
 *
 * A reply is the same text until an event occurs, and overlaps the last one afterwards: samples share equal events, so
 * that 15 minutes of samples are not as many copies. The result depends on the text alone.
 */
export function eventStreamParser<Event>(
  eventOf: (value: unknown) => Event | undefined,
): (text: string | undefined, place?: string) => EventStream<Event> {
  const latest = new Map<string, { readonly text: string | undefined; readonly sample: EventStream<Event> }>();
  return (text, place = '') => {
    const known = latest.get(place);
    if (known && known.text === text) return known.sample;
    const shared = new Map(known?.sample.events.map((event) => [JSON.stringify(event), event]));
    const answer = fields(json(text));
    const sample: EventStream<Event> = {
      listening: flagOf(answer['listening']),
      why: textOf(answer['why']),
      lost: countOf(answer['lost']),
      events: unique(
        items(answer['events']).flatMap((value) => eventOf(typeof value === 'string' ? json(value) : value) ?? []),
        shared,
      ),
    };
    latest.set(place, { text, sample });
    return sample;
  };
}

/** Events without duplicates: after a reconnect a daemon repeats earlier ones. */
function unique<Event>(events: readonly Event[], shared: ReadonlyMap<string, Event>): readonly Event[] {
  const seen = new Map<string, Event>();
  for (const event of events) {
    const text = JSON.stringify(event);
    if (!seen.has(text)) seen.set(text, shared.get(text) ?? event);
  }
  return [...seen.values()];
}
