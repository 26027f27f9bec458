import { StringDecoder } from 'node:string_decoder';
import type { Background } from '../theme-palettes.ts';

/** Keyboard or mouse event. Cells are counted from 0. */
export type InputEvent =
  | { readonly kind: 'key'; readonly name: string; /** Typed text, '' for none. */ readonly text: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'click'; readonly x: number; readonly y: number }
  | { readonly kind: 'wheel'; readonly rows: -1 | 1; readonly x: number; readonly y: number };

/**
 * Reply of the terminal to a query, never a key: its background (OSC 11), or its attributes (DA1), which come last, since
 * every terminal has them.
 */
export type TerminalReply =
  | { readonly kind: 'background'; readonly background: Background }
  | { readonly kind: 'attributes' };

export type Input = InputEvent | TerminalReply;

export const isReply = (input: Input): input is TerminalReply =>
  input.kind === 'background' || input.kind === 'attributes';

const CSI_LETTERS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift-tab',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};

/** `CSI number ~`: VT220 editing and function keys; 1 and 4 by the Linux console, 7 and 8 by rxvt. */
const CSI_NUMBERS: Readonly<Record<string, string>> = {
  '1': 'home',
  '2': 'insert',
  '3': 'delete',
  '4': 'end',
  '5': 'pgup',
  '6': 'pgdn',
  '7': 'home',
  '8': 'end',
  ...Object.fromEntries([11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24].map((code, i) => [code, `f${i + 1}`])),
};

const PASTE_START = '\u001B[200~';
const PASTE_END = '\u001B[201~';
const MODIFIERS: Readonly<Record<string, string>> = { '2': 'shift-', '3': 'alt-', '5': 'ctrl-' };

/** Parser of terminal input: xterm's keys (ctlseqs), SGR mouse reports (mode 1006), bracketed paste (mode 2004). */
export class KeyParser {
  readonly #decoder = new StringDecoder('utf8');
  #pending = '';

  feed(bytes: Buffer): Input[] {
    this.#pending += this.#decoder.write(bytes);
    return this.#take(false);
  }

  /** Ends an incomplete sequence: its escape byte was the escape key. */
  flush(): Input[] {
    return this.#take(true);
  }

  get waiting(): boolean {
    return this.#pending !== '';
  }

  #take(all: boolean): Input[] {
    const events: Input[] = [];
    while (this.#pending !== '') {
      const found = next(this.#pending, all);
      if (!found) break;
      this.#pending = this.#pending.slice(found.length);
      if (found.event) events.push(found.event);
    }
    return events;
  }
}

interface Found {
  readonly length: number;
  /** Undefined for an unknown sequence. */
  readonly event?: Input | undefined;
}

const key = (length: number, name: string, text = ''): Found => ({ length, event: { kind: 'key', name, text } });

/** First event of a text; undefined for an incomplete sequence. */
function next(text: string, all: boolean): Found | undefined {
  if (!text.startsWith('\u001B')) return plainKey(text);
  if (text.startsWith(PASTE_START)) {
    const end = text.indexOf(PASTE_END);
    if (end < 0) return all && text.length > 1_000_000 ? { length: text.length } : undefined;
    return { length: end + PASTE_END.length, event: { kind: 'paste', text: text.slice(PASTE_START.length, end) } };
  }
  const report = BACKGROUND.exec(text);
  if (report) return { length: report[0].length, event: backgroundEvent(report) };
  // The rest of a report may come late: its digits are no keys.
  if (PARTIAL_BACKGROUND.test(text)) return undefined;
  const torn = TORN_BACKGROUND.exec(text);
  if (torn) return { length: torn[0].length };
  const sequence = /^\u001B(?:\[([<?]?[0-9;:]*)([~A-Za-z^$])|O([A-Za-z]))/.exec(text);
  if (sequence) return { length: sequence[0].length, event: sequenceEvent(sequence) };
  if (/^\u001B(?:\[[<?]?[0-9;:]*|O|\])?$/.test(text)) {
    if (!all) return undefined;
    return key(text.length, text.length === 1 ? 'esc' : `alt-${text[1]}`);
  }
  const letter = String.fromCodePoint(text.codePointAt(1) ?? 0);
  if (letter === '\u001B' || letter === '[') return key(1, 'esc');
  return key(1 + letter.length, /^[!-~]$/.test(letter) ? `alt-${letter}` : 'esc');
}

/** OSC 11 report: `ESC ] 11 ; rgb:RRRR/GGGG/BBBB` (1 to 4 digits each) and BEL or ST; XParseColor(3). */
const BACKGROUND =
  /^\u001B\]11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})(?:\/[0-9a-f]{1,4})?(?:\u0007|\u001B\\)/i;
const PARTIAL_BACKGROUND = /^\u001B\]11?(?:;[rgba]{0,4}(?::[0-9a-f/]{0,19}\u001B?)?)?$/i;
const TORN_BACKGROUND = /^\u001B\]11;[rgba]{0,4}(?::[0-9a-f/]{0,19})?/i;

function backgroundEvent([, ...parts]: RegExpExecArray): TerminalReply {
  const [red = 0, green = 0, blue = 0] = parts.map((part) => Number.parseInt(part, 16) / (16 ** part.length - 1));
  // Luma of ITU-R BT.601, as good as any for a choice of two.
  return { kind: 'background', background: 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 ? 'light' : 'dark' };
}

function sequenceEvent([, parameters = '', final = '', application]: RegExpExecArray): Input | undefined {
  if (application !== undefined) return named(CSI_LETTERS[application], '');
  if (parameters.startsWith('<')) return mouseEvent(parameters.slice(1), final);
  if (parameters.startsWith('?')) return final === 'c' ? { kind: 'attributes' } : undefined;
  const [first = '', modifier = ''] = parameters.split(';');
  const name = final === '~' ? CSI_NUMBERS[first] : CSI_LETTERS[final];
  return named(name, MODIFIERS[modifier] ?? '');
}

const named = (name: string | undefined, modifier: string): InputEvent | undefined =>
  name === undefined ? undefined : { kind: 'key', name: modifier + name, text: '' };

function mouseEvent(parameters: string, final: string): InputEvent | undefined {
  const [button = -1, column = 0, row = 0] = parameters.split(';').map(Number);
  const cell = { x: column - 1, y: row - 1 };
  if (final !== 'M' || cell.x < 0 || cell.y < 0) return undefined;
  if (button === 64 || button === 65) return { kind: 'wheel', rows: button === 64 ? -1 : 1, ...cell };
  return button === 0 ? { kind: 'click', ...cell } : undefined;
}

function plainKey(text: string): Found {
  const code = text.codePointAt(0) ?? 0;
  if (code === 0x0d || code === 0x0a) return key(1, 'enter');
  if (code === 0x09) return key(1, 'tab');
  if (code === 0x7f || code === 0x08) return key(1, 'backspace');
  if (code === 0x20) return key(1, 'space', ' ');
  if (code > 0 && code <= 0x1a) return key(1, `ctrl-${String.fromCodePoint(code + 0x60)}`);
  if (code === 0x1d) return key(1, 'ctrl-]');
  if (code < 0x20 || (code >= 0x80 && code < 0xa0)) return { length: 1 };
  const character = String.fromCodePoint(code);
  return key(character.length, character, character);
}
