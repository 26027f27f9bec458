import { applied, type Edit } from '../lib/edits.ts';
import { secretEdits, suspicionIn } from '../lib/secrets.ts';

/** Redaction of a stream: secrets alone, or identifiers too. */
export interface Redaction {
  readonly edits: (text: string) => readonly Edit[];
  /** Index of an identifier that may be cut off at the end of the text; the text's length without one. */
  readonly opensAt: (text: string) => number;
  /** Called with each complete line of a stream, to learn names from it. */
  readonly lineEnds?: (line: string) => void;
  /** True where any word may become an identifier, and is held until its end even after a pause. */
  readonly holdsWords?: boolean;
}

/** Redaction of secrets alone, in force also without `--redact`. */
export const secretsOnly: Redaction = { edits: secretEdits, opensAt: (text) => text.length };

/** Held characters of a line above which it is released in pieces. */
const MAX_HELD = 32 << 10;
/** Length limit of an escape sequence. */
const MAX_SEQUENCE = 4096;
/** Cursor moves on a line without an end, above which its released part is dropped. */
const MAX_BREAKS = 64;

/** CSI; OSC, DCS and others with their payload; two-character sequences: ECMA-48, and xterm's ctlseqs. */
const SEQUENCE =
  /^(?:(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B[\]PX^_]([^\u0007\u001B]*)(?:\u0007|\u001B\\)|\u001B[ -/]*[0-OQ-WYZ\\`-~])/;
/** Beginning of a sequence. */
const UNFINISHED = /^(?:(?:\u001B\[|\u009B)[0-?]*[ -/]*|\u001B[\]PX^_][^\u0007\u001B]*\u001B?|\u001B[ -/]*)$/;
/** Final byte of a cursor move: the text after it need not be beside the text before it. */
const MOVES = /[A-HJfade`]$/;
const PEM_BEGINS = /-----BEGIN [A-Z ]*PRIVATE KEY-----(?!.*-----END)/;
const PEM_ENDS = /^.*?-----END [A-Z ]*PRIVATE KEY-----/;
const PEM_BODY = /^[\w+/=:,. -]*$/;
const MASK = '********';

interface Mark {
  /** Index of the character behind it. */
  readonly at: number;
  readonly text: string;
}

/**
 * Redactor of a terminal's byte stream, independent of how it is cut and of escape sequences between letters. A word is held until its
 * end, a line with a possible secret until the end of the line; sequences keep their order. All other output is released at once: a
 * prompt ends with a blank.
 */
export class StreamRedactor {
  readonly #redaction: Redaction;
  #columns: number;
  /** Current line without sequences. */
  #line = '';
  #marks: Mark[] = [];
  /** Indices of cursor moves. */
  #breaks: number[] = [];
  /** Length of the released part of the line. */
  #released = 0;
  /** Index at which the terminal's row begins. */
  #row = 0;
  #sequence = '';
  #inKey = false;
  /** True within a word above the limit. */
  #skipping = false;
  #out = '';

  constructor(redaction: Redaction, columns: number) {
    this.#redaction = redaction;
    this.#columns = columns;
  }

  /** Sets the width: a line that fills its row may continue in the next one. */
  resize(columns: number): void {
    this.#columns = columns;
  }

  push(data: string): string {
    let rest = this.#sequence + data;
    this.#sequence = '';
    while (rest !== '') rest = this.#take(rest);
    this.#release(this.#settled());
    return this.#taken();
  }

  /** Output to release after a pause: all but a possible beginning of an identifier or a secret. */
  idle(): string {
    if (!this.#inKey && suspicionIn(this.#line) === undefined && !FORM.test(this.#line))
      this.#release(
        Math.min(
          this.#redaction.opensAt(this.#line),
          this.#redaction.holdsWords && HALF.test(this.#line) ? wordStart(this.#line, this.#line.length) : Infinity,
        ),
      );
    return this.#taken();
  }

  /** Output to release at the end of the stream. */
  end(): string {
    this.#release(this.#line.length);
    const rest = this.#sequence;
    this.#sequence = '';
    return this.#taken() + rest;
  }

  #taken(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  /** Consumes a piece from the left and returns the rest. */
  #take(rest: string): string {
    const [text] = /^[^\u0000-\u001F\u007F-\u009F]+/.exec(rest) ?? [];
    if (text !== undefined) {
      this.#text(text);
      return rest.slice(text.length);
    }
    const [first = ''] = rest;
    if (first === '\u001B' || first === '\u009B') {
      const found = SEQUENCE.exec(rest);
      if (found) {
        this.#sequenceOf(found[0], found[1]);
        return rest.slice(found[0].length);
      }
      if (rest.length < MAX_SEQUENCE && UNFINISHED.test(rest)) {
        this.#sequence = rest;
        return '';
      }
    }
    // Readline continues in the next row by a blank and a carriage return.
    if (first === '\r' && this.#isFull(1) && this.#line.endsWith(' ')) {
      // `idle` may have released the blank.
      const isReleased = this.#released === this.#line.length;
      this.#line = this.#line.slice(0, -1);
      this.#released = Math.min(this.#released, this.#line.length);
      this.#mark(isReleased ? '\r' : ' \r', true);
      return rest.slice(1);
    }
    if (first === '\r' && rest.length === 1 && !this.#skipping) {
      this.#sequence = '\r';
      return '';
    }
    const end = rest.startsWith('\r\n') ? '\r\n' : first;
    if ((end === '\r\n' || end === '\n') && this.#isFull(0)) this.#mark(end, true);
    else if (end === '\r\n' || end === '\n' || end === '\r') this.#endLine(end);
    else if (end === '\b') this.#backspace();
    else if (end === '\t') this.#text(end);
    else this.#mark(end, false);
    return rest.slice(end.length);
  }

  #text(text: string): void {
    let rest = text;
    if (this.#skipping) {
      const blank = rest.search(/\s/);
      if (blank < 0) return;
      this.#skipping = false;
      rest = rest.slice(blank);
    }
    this.#line += rest;
    if (this.#line.length - this.#released > MAX_HELD) this.#shorten();
  }

  #sequenceOf(sequence: string, payload: string | undefined): void {
    // A title or a link is redacted like text.
    if (payload !== undefined && payload !== '')
      this.#mark(
        sequence.replace(payload, () => applied(payload, this.#redaction.edits(payload))),
        false,
      );
    else this.#mark(sequence, MOVES.test(sequence) && /^(?:\u001B\[|\u009B)/.test(sequence));
  }

  #mark(text: string, isBreak: boolean): void {
    this.#marks.push({ at: this.#line.length, text });
    if (!isBreak) return;
    this.#breaks.push(this.#line.length);
    this.#row = this.#line.length;
  }

  #isFull(more: number): boolean {
    const cells = this.#line.length - this.#row - more;
    return cells > 0 && cells % this.#columns === 0;
  }

  #endLine(end: string): void {
    this.#skipping = false;
    this.#redaction.lineEnds?.(this.#line);
    this.#release(this.#line.length);
    if (this.#inKey) this.#inKey = !PEM_ENDS.test(this.#line) && PEM_BODY.test(this.#line);
    else this.#inKey = PEM_BEGINS.test(this.#line);
    this.#out += end;
    this.#begin('');
  }

  /** Keeps the released text without its last letter, since it may be part of a longer identifier. */
  #backspace(): void {
    this.#release(this.#line.length);
    this.#out += '\b';
    this.#begin(this.#line.slice(0, -1));
  }

  #begin(line: string, released = line.length): void {
    const gone = this.#line.length - line.length;
    this.#marks = this.#marks.flatMap(({ at, text }) =>
      at >= gone && released === 0 ? [{ at: at - gone, text }] : [],
    );
    this.#breaks = this.#breaks.flatMap((at) => (at >= gone && released === 0 ? [at - gone] : []));
    this.#line = line;
    this.#released = released;
    this.#row = Math.max(0, this.#row - gone);
  }

  #shorten(): void {
    const word = wordStart(this.#line, this.#line.length);
    if (word > this.#released) {
      this.#release(word);
      this.#begin(this.#line.slice(word), 0);
      return;
    }
    this.#release(this.#released);
    this.#out += `[word of more than ${MAX_HELD} characters left out]`;
    this.#begin('');
    this.#skipping = true;
  }

  /** Length of the line's part that further input cannot change. */
  #settled(): number {
    if (this.#inKey) return this.#released;
    const secret = suspicionIn(this.#line);
    return Math.min(
      wordStart(this.#line, this.#line.length),
      this.#redaction.opensAt(this.#line),
      secret === undefined ? Infinity : wordStart(this.#line, secret),
    );
  }

  /** Edits of the line up to the end of a word: half a word would use up pseudonyms. */
  #edits(until: number): readonly Edit[] {
    const line = this.#line.slice(0, until);
    if (this.#inKey && (PEM_ENDS.test(line) || PEM_BODY.test(line))) {
      const to = PEM_ENDS.exec(line)?.[0].length ?? line.length;
      return line === '' ? [] : [{ from: 0, to, text: MASK }];
    }
    const whole = this.#redaction.edits(line);
    const breaks = this.#breaks.filter((place) => place > 0 && place < until);
    if (breaks.length === 0) return whole;
    // A part between two cursor moves may be a name although it is part of a longer word when joined, and the other way round.
    const edges = [0, ...breaks, until];
    const parts = edges.slice(0, -1).flatMap((from, place) => {
      const to = edges[place + 1] ?? until;
      return [line.slice(from, to), ...(place === 0 ? [] : [line.slice(from)])].flatMap((part) =>
        this.#redaction.edits(part).map((edit) => shifted(edit, from)),
      );
    });
    return united([...whole, ...parts]);
  }

  /** Releases the line up to an index, with the sequences there. */
  #release(until: number): void {
    if (until < this.#released || (until === this.#released && this.#marks.length === 0)) return;
    let at = this.#released;
    let mark = 0;
    const marksUpTo = (place: number) => {
      for (let next = this.#marks[mark]; next && next.at <= place; next = this.#marks[++mark]) {
        if (next.at > at) this.#out += this.#line.slice(at, next.at);
        at = Math.max(at, next.at);
        this.#out += next.text;
      }
    };
    for (const { from, to, text } of until > this.#released ? this.#edits(until) : []) {
      if (to <= this.#released) continue;
      marksUpTo(Math.max(from, this.#released));
      if (from > at) this.#out += this.#line.slice(at, from);
      this.#out += text;
      at = to;
      // Sequences within an edit follow it.
      for (let next = this.#marks[mark]; next && next.at < to; next = this.#marks[++mark]) this.#out += next.text;
    }
    marksUpTo(until);
    if (until > at) this.#out += this.#line.slice(at, until);
    this.#marks = this.#marks.slice(mark);
    this.#released = until;
    if (this.#breaks.length > MAX_BREAKS) this.#begin(this.#line.slice(until), 0);
  }
}

/** Start of the word that ends at an index: a loop, since a regular expression would start at each of its letters. */
function wordStart(text: string, at: number): number {
  let from = at;
  while (from > 0 && !/\s/.test(text.charAt(from - 1))) from--;
  return from;
}

/** End of a text that may be the beginning of an address or an id. */
const FORM = /(?:^|[^\w])(?:[0-9a-f][0-9a-f:._-]*|:[0-9a-f:]*|[\w.+%-]+@\S*|\S*\/(?:home|Users)\/\S*)$/i;

/** End of a text within a word; a prompt ends with another character. */
const HALF = /[\p{L}\p{N}_.@/=+-]$/u;

const shifted = ({ from, to, text }: Edit, by: number): Edit => ({ from: from + by, to: to + by, text });

/** Edits in order; of two overlapping ones the first takes the place of both. */
export function united(edits: readonly Edit[]): readonly Edit[] {
  const out: { from: number; to: number; text: string }[] = [];
  for (const edit of edits.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    const last = out.at(-1);
    if (last && edit.from < last.to) last.to = Math.max(last.to, edit.to);
    else if (!last || edit.from !== last.from || edit.to !== last.to) out.push({ ...edit });
  }
  return out;
}
