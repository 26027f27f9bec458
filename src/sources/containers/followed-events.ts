import { countOf, fields, flagOf, items, json, textOf } from '../../lib/json.ts';

/** What an event stream has brought by now: the newest few hundred, oldest first. */
export interface Followed<Event> {
  /** False while the daemon does not let us listen; undefined when not asked yet. */
  readonly listening: boolean | undefined;
  /** Why not. */
  readonly why: string | undefined;
  /** Events that came too fast to be kept. */
  readonly lost: number | undefined;
  readonly events: readonly Event[];
}

/**
 * Makes what understands the answers to an `EVENTS` question, of any number of daemons (`place` tells them apart):
 *
 *     {"sinceMs":1795452343000,"listening":true,"lost":0,"events":[{…},…]}
 *
 * An answer is the same text until something happens, and much of the same afterwards: samples share what they have in
 * common, so that a quarter of an hour of samples is not that many copies. What it says hangs on the text alone.
 */
export function followed<Event>(
  eventOf: (value: unknown) => Event | undefined,
): (text: string | undefined, place?: string) => Followed<Event> {
  const latest = new Map<string, { readonly text: string | undefined; readonly sample: Followed<Event> }>();
  return (text, place = '') => {
    const known = latest.get(place);
    if (known && known.text === text) return known.sample;
    const shared = new Map(known?.sample.events.map((event) => [JSON.stringify(event), event]));
    const answer = fields(json(text));
    const sample: Followed<Event> = {
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

/** After a loss a daemon tells again what it told before. */
function unique<Event>(events: readonly Event[], shared: ReadonlyMap<string, Event>): readonly Event[] {
  const seen = new Map<string, Event>();
  for (const event of events) {
    const text = JSON.stringify(event);
    if (!seen.has(text)) seen.set(text, shared.get(text) ?? event);
  }
  return [...seen.values()];
}
