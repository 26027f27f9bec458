import { applied, type Edit } from '../lib/edits.ts';
import { secretEdits, suspicionIn } from '../lib/secrets.ts';

/** What is taken out of a text: secrets alone, or identifiers too. */
export interface Covering {
  readonly edits: (text: string) => readonly Edit[];
  /** Where something begins that the end of the text may have cut off; its length where nothing does. */
  readonly opensAt: (text: string) => number;
}

/** What is never seen, whether names are hidden or not. */
export const secretsOnly: Covering = { edits: secretEdits, opensAt: (text) => text.length };

/** A line that goes on for longer is told in pieces, so that what is held has a bound. */
const MOST_HELD = 32 << 10;
/** A sequence that is longer than this is none. */
const MOST_SEQUENCE = 4096;
/** Where the cursor went elsewhere on a line that does not end: what was told of it is let go. */
const MOST_BREAKS = 64;

/** CSI, then OSC and its like with what they carry, then two-character ones: ECMA-48, and xterm's ctlseqs. */
const SEQUENCE =
  /^(?:(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B[\]PX^_]([^\u0007\u001B]*)(?:\u0007|\u001B\\)|\u001B[ -/]*[0-OQ-WYZ\\`-~])/;
/** The beginning of one. */
const UNFINISHED = /^(?:(?:\u001B\[|\u009B)[0-?]*[ -/]*|\u001B[\]PX^_][^\u0007\u001B]*\u001B?|\u001B[ -/]*)$/;
/** The cursor goes elsewhere: what follows need not stand beside what was before. */
const MOVES = /[A-HJfade`]$/;
const PEM_BEGINS = /-----BEGIN [A-Z ]*PRIVATE KEY-----(?!.*-----END)/;
const PEM_ENDS = /^.*?-----END [A-Z ]*PRIVATE KEY-----/;
const PEM_BODY = /^[\w+/=:,. -]*$/;
const MASK = '********';

interface Mark {
  /** Before which character. */
  readonly at: number;
  readonly text: string;
}

/**
 * The bytes of a terminal without secrets (and identifiers), however they were cut into pieces and whatever sequences stand
 * between their letters. A word is held until its end has come, a line that may hold a secret until the line has ended; the
 * sequences around keep their order. Nothing is told late but what is held: a prompt ends with a blank.
 */
export class StreamCover {
  readonly #covering: Covering;
  #columns: number;
  /** Of the line so far, without sequences. */
  #line = '';
  #marks: Mark[] = [];
  /** Where the cursor went elsewhere. */
  #breaks: number[] = [];
  /** How much of the line has been told. */
  #told = 0;
  /** Where the row of the terminal begins. */
  #row = 0;
  #sequence = '';
  #inKey = false;
  /** Within a word that was too long to be held. */
  #skipping = false;
  #out = '';

  constructor(covering: Covering, columns: number) {
    this.#covering = covering;
    this.#columns = columns;
  }

  /** A line that fills its row may go on in the next one. */
  resize(columns: number): void {
    this.#columns = columns;
  }

  push(data: string): string {
    let rest = this.#sequence + data;
    this.#sequence = '';
    while (rest !== '') rest = this.#take(rest);
    this.#tell(this.#settled());
    return this.#taken();
  }

  /** After a while in which nothing came: all but what may still become an identifier or a secret. */
  idle(): string {
    if (!this.#inKey && suspicionIn(this.#line) === undefined && !FORM.test(this.#line))
      this.#tell(this.#covering.opensAt(this.#line));
    return this.#taken();
  }

  /** Nothing follows. */
  end(): string {
    this.#tell(this.#line.length);
    const rest = this.#sequence;
    this.#sequence = '';
    return this.#taken() + rest;
  }

  #taken(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  /** Takes a piece from the left and gives what is left. */
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
      if (rest.length < MOST_SEQUENCE && UNFINISHED.test(rest)) {
        this.#sequence = rest;
        return '';
      }
    }
    // Readline goes to the next row with a blank that it takes back.
    if (first === '\r' && this.#isFull(1) && this.#line.endsWith(' ')) {
      // It may have been told, while nothing came.
      const isTold = this.#told === this.#line.length;
      this.#line = this.#line.slice(0, -1);
      this.#told = Math.min(this.#told, this.#line.length);
      this.#mark(isTold ? '\r' : ' \r', true);
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
    let said = text;
    if (this.#skipping) {
      const blank = said.search(/\s/);
      if (blank < 0) return;
      this.#skipping = false;
      said = said.slice(blank);
    }
    this.#line += said;
    if (this.#line.length - this.#told > MOST_HELD) this.#shorten();
  }

  #sequenceOf(sequence: string, carried: string | undefined): void {
    // A title or a link is text as well.
    if (carried !== undefined && carried !== '')
      this.#mark(
        sequence.replace(carried, () => applied(carried, this.#covering.edits(carried))),
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
    this.#tell(this.#line.length);
    if (this.#inKey) this.#inKey = !PEM_ENDS.test(this.#line) && PEM_BODY.test(this.#line);
    else this.#inKey = PEM_BEGINS.test(this.#line);
    this.#out += end;
    this.#begin('');
  }

  /** What was told before may be part of what comes: it is kept, without the letter that was taken back. */
  #backspace(): void {
    this.#tell(this.#line.length);
    this.#out += '\b';
    this.#begin(this.#line.slice(0, -1));
  }

  #begin(line: string, told = line.length): void {
    const gone = this.#line.length - line.length;
    this.#marks = this.#marks.flatMap(({ at, text }) => (at >= gone && told === 0 ? [{ at: at - gone, text }] : []));
    this.#breaks = this.#breaks.flatMap((at) => (at >= gone && told === 0 ? [at - gone] : []));
    this.#line = line;
    this.#told = told;
    this.#row = Math.max(0, this.#row - gone);
  }

  #shorten(): void {
    const word = wordStart(this.#line, this.#line.length);
    if (word > this.#told) {
      this.#tell(word);
      this.#begin(this.#line.slice(word), 0);
      return;
    }
    this.#tell(this.#told);
    this.#out += `[a word of more than ${MOST_HELD} characters is left out]`;
    this.#begin('');
    this.#skipping = true;
  }

  /** Up to where nothing that follows can change what was made of the line. */
  #settled(): number {
    if (this.#inKey) return this.#told;
    const secret = suspicionIn(this.#line);
    return Math.min(
      wordStart(this.#line, this.#line.length),
      this.#covering.opensAt(this.#line),
      secret === undefined ? Infinity : wordStart(this.#line, secret),
    );
  }

  /** Of the line up to a place where a word ends: of half a word it would be asked in vain, and stand-ins be used up. */
  #edits(until: number): readonly Edit[] {
    const line = this.#line.slice(0, until);
    if (this.#inKey && (PEM_ENDS.test(line) || PEM_BODY.test(line))) {
      const to = PEM_ENDS.exec(line)?.[0].length ?? line.length;
      return line === '' ? [] : [{ from: 0, to, text: MASK }];
    }
    const whole = this.#covering.edits(line);
    const breaks = this.#breaks.filter((place) => place > 0 && place < until);
    if (breaks.length === 0) return whole;
    // What stands in one place may be a name although, read on, it is part of a longer word; and the other way round.
    const edges = [0, ...breaks, until];
    const parts = edges.slice(0, -1).flatMap((from, place) => {
      const to = edges[place + 1] ?? until;
      return [line.slice(from, to), ...(place === 0 ? [] : [line.slice(from)])].flatMap((part) =>
        this.#covering.edits(part).map((edit) => shifted(edit, from)),
      );
    });
    return united([...whole, ...parts]);
  }

  /** The line up to a place, with the sequences that stand there. */
  #tell(until: number): void {
    if (until < this.#told || (until === this.#told && this.#marks.length === 0)) return;
    let at = this.#told;
    let mark = 0;
    const marksUpTo = (place: number) => {
      for (let next = this.#marks[mark]; next && next.at <= place; next = this.#marks[++mark]) {
        if (next.at > at) this.#out += this.#line.slice(at, next.at);
        at = Math.max(at, next.at);
        this.#out += next.text;
      }
    };
    for (const { from, to, text } of until > this.#told ? this.#edits(until) : []) {
      if (to <= this.#told) continue;
      marksUpTo(Math.max(from, this.#told));
      if (from > at) this.#out += this.#line.slice(at, from);
      this.#out += text;
      at = to;
      // Sequences within it stand behind it.
      for (let next = this.#marks[mark]; next && next.at < to; next = this.#marks[++mark]) this.#out += next.text;
    }
    marksUpTo(until);
    if (until > at) this.#out += this.#line.slice(at, until);
    this.#marks = this.#marks.slice(mark);
    this.#told = until;
    if (this.#breaks.length > MOST_BREAKS) this.#begin(this.#line.slice(until), 0);
  }
}

/** Where the word begins that reaches to a place: by hand, for a regular expression would begin at every letter of it. */
function wordStart(text: string, at: number): number {
  let from = at;
  while (from > 0 && !/\s/.test(text.charAt(from - 1))) from--;
  return from;
}

/** An address or an id may go on. */
const FORM = /(?:^|[^\w])(?:[0-9a-f][0-9a-f:._-]*|:[0-9a-f:]*|[\w.+%-]+@\S*|\S*\/(?:home|Users)\/\S*)$/i;

const shifted = ({ from, to, text }: Edit, by: number): Edit => ({ from: from + by, to: to + by, text });

/** From left to right; of two that lie over each other the first one takes both places. */
export function united(edits: readonly Edit[]): readonly Edit[] {
  const out: { from: number; to: number; text: string }[] = [];
  for (const edit of edits.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    const last = out.at(-1);
    if (last && edit.from < last.to) last.to = Math.max(last.to, edit.to);
    else if (!last || edit.from !== last.from || edit.to !== last.to) out.push({ ...edit });
  }
  return out;
}
