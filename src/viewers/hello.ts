import { randomInt, timingSafeEqual } from 'node:crypto';
import { fields, json } from '../lib/json.ts';
import { sanitize } from '../lib/plain.ts';

/** Longest first line of a viewer. */
export const MAX_HELLO_BYTES = 512;
const MAX_NAME = 32;

/** First line of a viewer: its name, which it chose itself, and its ticket. */
export interface Hello {
  readonly name: string;
  readonly ticket: string | undefined;
}

export const helloMessage = ({ name, ticket }: Hello): string =>
  `${JSON.stringify({ crashcart: 'viewer', name, ticket })}\n`;

/** Hello of a line from a stranger; undefined for any other text, as a request of a browser. */
export function takeHello(line: string): Hello | undefined {
  const { crashcart, name, ticket } = fields(json(line));
  if (crashcart !== 'viewer' || typeof name !== 'string') return undefined;
  return {
    name: sanitize(name).trim().slice(0, MAX_NAME) || 'unnamed',
    ticket: typeof ticket === 'string' ? ticket : undefined,
  };
}

/** Letters that are in no identifier by form (hexadecimal ids, addresses) and no word. */
const LETTERS = 'bcdfghjkmnpqrstvwxz';
const TICKET_LETTERS = 28;

/** One-time tickets, of 118 bits each: each admits one viewer. */
export class Tickets {
  readonly #left = new Set<string>();

  constructor(count: number) {
    while (this.#left.size < count)
      this.#left.add(Array.from({ length: TICKET_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join(''));
  }

  get left(): readonly string[] {
    return [...this.#left];
  }

  /** Whether a ticket is one of those left; it is then used. */
  take(ticket: string | undefined): boolean {
    const given = Buffer.from(ticket ?? '');
    const found = this.left.find((one) => one.length === given.length && timingSafeEqual(Buffer.from(one), given));
    return found !== undefined && this.#left.delete(found);
  }
}
