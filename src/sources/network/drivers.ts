import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import { defineSource } from '../source.ts';
import { lossCounters } from './driver-counters.ts';

export interface CardDriver {
  readonly name: string;
  readonly driver: string | undefined;
  /** Descriptors of the receive and transmit ring, and the largest that the driver takes. */
  readonly rings: CardRings | undefined;
  readonly steering: CardSteering | undefined;
  /** Counters that mean loss, since the driver was loaded. */
  readonly losses: ReadonlyMap<string, number>;
}

export interface CardRings {
  readonly rx: number;
  readonly rxMost: number;
  readonly tx: number;
  readonly txMost: number;
}

/** Queues, those of which RPS or XPS spreads over CPUs. Documentation/networking/scaling.rst. */
export interface CardSteering {
  readonly rxQueues: number;
  readonly rps: number;
  readonly txQueues: number;
  readonly xps: number;
}

export interface Drivers {
  readonly cards: ReadonlyMap<string, CardDriver>;
  /** Cards of the host; the first 64 are read. */
  readonly all: number;
}

/**
 * Drivers of network cards: ethtool(8) -i, -g and -S by ioctl.
 *
 *     {"all":1,"cards":{"eth0":{"driver":"virtio_net","rings":[256,256,256,256],"steering":[1,0,1,0],"counters":{"rx_drops":0}}}}
 */
export const drivers = defineSource({
  id: 'drivers',
  title: 'Drivers of network cards',
  why: 'Shows packets that a card lost before the kernel saw them, and its ring sizes.',
  everySeconds: 5,
  reads: { drivers: { kind: 'talk', dialect: 'facts', to: 'facts:drivers', request: 'drivers' } },
  parse: ({ drivers: text }): Drivers | undefined => {
    if (text === undefined) return undefined;
    const reply = fields(json(text));
    const cards = Object.entries(fields(reply['cards'])).map(([name, value]) => cardOf(name, value));
    return { cards: new Map(cards.map((card) => [card.name, card])), all: countOf(reply['all']) ?? cards.length };
  },
});

function cardOf(name: string, value: unknown): CardDriver {
  const card = fields(value);
  const [rx, rxMost, tx, txMost] = items(card['rings']).map(countOf);
  const [rxQueues, rps, txQueues, xps] = items(card['steering']).map(countOf);
  const counters = Object.entries(fields(card['counters'])).flatMap(([counter, number]): [string, number][] => {
    const known = countOf(number);
    return known === undefined ? [] : [[counter, known]];
  });
  return {
    name,
    driver: textOf(card['driver']),
    rings: rx === undefined || rxMost === undefined || tx === undefined || txMost === undefined ? undefined : { rx, rxMost, tx, txMost }, // prettier-ignore
    steering: rxQueues === undefined || rps === undefined || txQueues === undefined || xps === undefined ? undefined : { rxQueues, rps, txQueues, xps }, // prettier-ignore
    losses: lossCounters(new Map(counters)),
  };
}
