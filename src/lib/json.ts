/**
 * JSON that a host sent, without trusting it: each helper takes any value and gives what was asked for or undefined, so
 * that a parser is total however the other program's answer is made. Fields of it are all optional.
 */
export type Fields = Readonly<Record<string, unknown>>;

/** The value of a JSON text; undefined when it is none. */
export function json(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const NO_FIELDS: Fields = {};

/** Fields of an object; none of anything else, so that chains need no question marks. */
export const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NO_FIELDS;

/** Items of an array; none of anything else. */
export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A text that says something. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A finite number. */
export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** A number that counts something: not below 0. */
export const countOf = (value: unknown): number | undefined => {
  const number = numberOf(value);
  return number !== undefined && number >= 0 ? number : undefined;
};

export const flagOf = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** The fields of an object that are texts: labels, configuration keys. */
export function textsOf(value: unknown): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, text] of Object.entries(fields(value))) if (typeof text === 'string') texts.set(name, text);
  return texts;
}
