import { maskSecrets } from './secrets.ts';

/**
 * Hostile text to harmless text. Everything that a host said (names, command lines, log lines, errors, banners) goes
 * through here before it may be drawn: control characters become visible pictures, so that no escape sequence, bidi
 * override or zero-width trick reaches the engineer's terminal, and every character left is as wide as the layout thinks.
 * Secrets are masked, whoever looks.
 */
export const plain = (text: string): string => drawable(cover ? cover(text, 'said') : maskSecrets(text));

/** The same for words of ours, in which something that a host said may stand: a word that is also a name stays a word. */
export const label = (text: string): string => drawable(cover ? cover(text, 'ours') : maskSecrets(text));

const drawable = (text: string): string =>
  HARMLESS.test(text) ? text : text.normalize('NFC').replace(HOSTILE, picture);

/** Takes identifiers out, while the screen is redacted; it masks secrets too. Whose words they are decides what a word is. */
export type Redact = (text: string, whose: 'said' | 'ours') => string;

let cover: Redact | undefined;
let version = 0;

/** One for the whole program, so that nothing that is drawn can forget it. */
export function setRedact(next: Redact | undefined): void {
  cover = next;
  version++;
}

/** Changes with what `plain` makes of a text: whoever keeps what was made with it keeps this beside it. */
export const redactVersion = (): number => version;

/** With names as they are: for what is judged, recorded or sent, and covered when it is drawn. */
export function unredacted<Result>(task: () => Result): Result {
  const before = cover;
  cover = undefined;
  try {
    return task();
  } finally {
    cover = before;
  }
}

/** What is drawn already, once more: undefined while nothing is covered. */
export const currentRedact = (): Redact | undefined => cover;

/** Printable ASCII needs no second look; most text is that. */
const HARMLESS = /^[\u0020-\u007E]*$/;

/**
 * Controls (C0, DEL, C1), formatting characters (soft hyphen, zero-width, bidi, tags, byte order mark), line and
 * paragraph separators, combining marks (they change the width of what is before them), unpaired surrogates, private
 * use, unassigned, invisible Hangul fillers; and pictographs, on whose width terminals do not agree.
 */
const HOSTILE =
  /[\p{Cc}\p{Cf}\p{M}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u115F\u1160\u3164\uFFA0]/gu;

/** Control and format characters (bidi, zero-width, tags), line and paragraph separators, unpaired surrogates. */
export const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const EACH_HIDDEN = new RegExp(HIDDEN.source, 'gu');
const EACH_HIDDEN_IN_LINES = new RegExp(`(?![\\n\\t])${HIDDEN.source}`, 'gu');

/** Last gate of what leaves the program as text: pictures in the place of hidden characters; all that is drawn stays. */
export const sanitize = (text: string): string => (HARMLESS.test(text) ? text : text.replace(EACH_HIDDEN, picture));

/** The same for a text of many lines. */
export const sanitizeLines = (text: string): string => text.replace(EACH_HIDDEN_IN_LINES, picture);

/** U+2400–U+2421 show C0 controls and DEL by name; everything else is one replacement mark. */
function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x24_00 + code);
  if (code === 0x7f) return '\u2421';
  return code === 0xa9 || code === 0xae ? character : '\uFFFD';
}
