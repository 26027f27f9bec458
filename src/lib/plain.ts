import { maskSecrets } from './secrets.ts';

/**
 * Drawable form of a host's text (names, command lines, log lines, errors, banners): control characters become visible pictures, so
 * that no escape sequence, bidi override or zero-width trick reaches the engineer's terminal, and every character has the width that
 * the layout expects. Secrets are masked, and identifiers redacted while the screen is.
 */
export const plain = (text: string): string => drawable(redact ? redact(text, 'host') : maskSecrets(text));

/** Drawable form of a text with a fixed vocabulary, which may quote the host: a common word that is also a name stays. */
export const label = (text: string): string => drawable(redact ? redact(text, 'fixed') : maskSecrets(text));

const drawable = (text: string): string =>
  PRINTABLE.test(text) ? text : text.normalize('NFC').replace(HOSTILE, picture);

/** Redacts identifiers and masks secrets. A common word is a name in the host's vocabulary, and a word in the fixed one. */
export type Redact = (text: string, vocabulary: 'host' | 'fixed') => string;

let redact: Redact | undefined;
let version = 0;

/** Sets the redaction of everything drawn: one for the whole program, so that no pane can bypass it. */
export function setRedact(next: Redact | undefined): void {
  redact = next;
  version++;
}

/** Version of the results of `plain`: a cache of such results holds it as a part of its key. */
export const redactVersion = (): number => version;

/** Runs a task with redaction off: for text that is judged, recorded or sent, and redacted when drawn. */
export function unredacted<Result>(task: () => Result): Result {
  const before = redact;
  redact = undefined;
  try {
    return task();
  } finally {
    redact = before;
  }
}

/** Redaction in force; undefined while the screen is not redacted. */
export const currentRedact = (): Redact | undefined => redact;

/** Printable ASCII, which is most text, needs no replacement. */
const PRINTABLE = /^[\u0020-\u007E]*$/;

/**
 * Controls (C0, DEL, C1), formatting characters (soft hyphen, zero-width, bidi, tags, byte order mark), line and
 * paragraph separators, combining marks (they change the width of the character before), unpaired surrogates, private
 * use, unassigned, invisible Hangul fillers; and pictographs, whose width differs between terminals.
 */
const HOSTILE =
  /[\p{Cc}\p{Cf}\p{M}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u115F\u1160\u3164\uFFA0]/gu;

/** Control and format characters (bidi, zero-width, tags), line and paragraph separators, unpaired surrogates. */
export const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const EACH_HIDDEN = new RegExp(HIDDEN.source, 'gu');
const EACH_HIDDEN_IN_LINES = new RegExp(`(?![\\n\\t])${HIDDEN.source}`, 'gu');

/** Last gate of text that leaves the program: hidden characters become pictures, drawn ones stay. */
export const sanitize = (text: string): string => (PRINTABLE.test(text) ? text : text.replace(EACH_HIDDEN, picture));

/** `sanitize` for a text of several lines. */
export const sanitizeLines = (text: string): string => text.replace(EACH_HIDDEN_IN_LINES, picture);

/** U+2400–U+2421 show C0 controls and DEL by name; every other character becomes a replacement mark. */
function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x24_00 + code);
  if (code === 0x7f) return '\u2421';
  return code === 0xa9 || code === 0xae ? character : '\uFFFD';
}
