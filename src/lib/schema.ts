import { sanitize, sanitizeLines } from './plain.ts';

/**
 * Decoders of untrusted JSON: types built from them hold values of the declared type alone, with sanitised texts of limited length and
 * without other fields.
 */
export type Decoder<Value> = (value: unknown) => Value | Invalid;

declare const invalid: unique symbol;
export interface Invalid {
  readonly [invalid]: true;
}
/** Result for a value of another type. */
export const INVALID = Object.freeze({}) as Invalid;

export const isInvalid = (value: unknown): value is Invalid => value === INVALID;

/** Any text as it is: input of parsers and of the terminal filter. */
export const rawText: Decoder<string> = (value) => (typeof value === 'string' ? value : INVALID);

/** Text of one line without control and hidden characters. */
export const textOf =
  (mostCharacters: number): Decoder<string> =>
  (value) =>
    typeof value === 'string' ? sanitize(cut(value, mostCharacters)) : INVALID;

/** The same with line ends and tabs. */
export const linesOf =
  (mostCharacters: number): Decoder<string> =>
  (value) =>
    typeof value === 'string' ? sanitizeLines(cut(value, mostCharacters)) : INVALID;

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most)}…`);

export const numberFrom =
  (least: number, most: number): Decoder<number> =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most ? value : INVALID;

export const integerFrom =
  (least: number, most: number): Decoder<number> =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : INVALID;

export const flag: Decoder<boolean> = (value) => (typeof value === 'boolean' ? value : INVALID);

export const oneOf =
  <Word extends string | number | boolean>(...words: readonly Word[]): Decoder<Word> =>
  (value) =>
    words.find((word) => word === value) ?? INVALID;

/** Undefined for an absent or invalid value. */
export const optional =
  <Value>(decode: Decoder<Value>): Decoder<Value | undefined> =>
  (value) => {
    const decoded = decode(value);
    return isInvalid(decoded) ? undefined : decoded;
  };

export const withDefault =
  <Value>(decode: Decoder<Value>, missing: Value): Decoder<Value> =>
  (value) => {
    const decoded = decode(value);
    return isInvalid(decoded) ? missing : decoded;
  };

export const listOf =
  <Value>(decode: Decoder<Value>, most: number): Decoder<readonly Value[]> =>
  (value) => {
    if (!Array.isArray(value) || value.length > most) return INVALID;
    const out: Value[] = [];
    for (const entry of value as readonly unknown[]) {
      const decoded = decode(entry);
      if (isInvalid(decoded)) return INVALID;
      out.push(decoded);
    }
    return out;
  };

export type Schema<Value> = { readonly [Key in keyof Value]-?: Decoder<Value[Key]> };

/** Object with the fields of a schema; others are dropped. */
export function objectOf<Value extends object>(schema: Schema<Value>): Decoder<Value> {
  const decoders = Object.entries<Decoder<unknown>>(schema);
  return (value) => {
    if (!isObject(value)) return INVALID;
    const out: Record<string, unknown> = {};
    for (const [name, decode] of decoders) {
      const decoded = decode(Object.hasOwn(value, name) ? value[name] : undefined);
      if (isInvalid(decoded)) return INVALID;
      if (decoded !== undefined) out[name] = decoded;
    }
    // Each field is the result of its decoder in the schema.
    return out as Value;
  };
}

/** Object of one of several kinds, by a field with its name. */
export const variantOf =
  <Value>(field: string, kinds: Readonly<Record<string, Decoder<Value>>>): Decoder<Value> =>
  (value) => {
    const kind = isObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
    return typeof kind === 'string' && Object.hasOwn(kinds, kind) ? (kinds[kind]?.(value) ?? INVALID) : INVALID;
  };

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
