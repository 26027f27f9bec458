/**
 * Fields of untrusted JSON. Each helper takes any value and returns the wanted type or undefined, so that a parser is total. All fields
 * are optional.
 */
export type Fields = Readonly<Record<string, unknown>>;

/** Value of a JSON text; undefined for other texts. */
export function json(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const NO_FIELDS: Fields = {};

/** Fields of an object; none of other values, so that chains need no question marks. */
export const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NO_FIELDS;

/** Items of an array; none of other values. */
export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Text, not empty. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Finite number. */
export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** Number not below 0. */
export const countOf = (value: unknown): number | undefined => {
  const number = numberOf(value);
  return number !== undefined && number >= 0 ? number : undefined;
};

export const flagOf = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** Text fields of an object: labels, configuration keys. */
export function textsOf(value: unknown): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, text] of Object.entries(fields(value))) if (typeof text === 'string') texts.set(name, text);
  return texts;
}
