const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Values that an event takes besides those of its text. */
const EVENT_VALUES = 10;

export interface JsonSize {
  /** Number of values and keys. */
  readonly values: number;
  readonly depth: number;
}

/** Size of a JSON text, counted without parsing it. */
export function sizeOf(json: Buffer): JsonSize {
  let values = EVENT_VALUES;
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) {
      for (at++; at < json.length && json[at] !== QUOTE; at++) if (json[at] === BACKSLASH) at++;
    } else if (byte === COMMA || byte === COLON) values++;
    else if (byte === LIST || byte === OBJECT) {
      values++;
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (byte === LIST_END || byte === OBJECT_END) depth--;
  }
  return { values, depth: deepest };
}
