/** Replacement of a part of a text. */
export interface Edit {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  readonly text: string;
}

/** Finder of edits in a text, in order and without overlaps. */
export type Pass = (text: string) => readonly Edit[];

/** Text with edits applied. */
export function applied(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  let out = '';
  let done = 0;
  for (const { from, to, text: made } of edits) {
    out += text.slice(done, from) + made;
    done = to;
  }
  return out + text.slice(done);
}

/** Pass by a regular expression; parts that the replacement keeps (`$1`) are outside the edits. */
export const byPattern =
  (pattern: RegExp, make: (found: RegExpMatchArray) => string): Pass =>
  (text) =>
    [...text.matchAll(pattern)].flatMap((found) => {
      const [whole] = found;
      const made = make(found);
      if (made === whole) return [];
      let head = 0;
      while (head < made.length && head < whole.length && made[head] === whole[head]) head++;
      let tail = 0;
      const most = Math.min(made.length, whole.length) - head;
      while (tail < most && made[made.length - 1 - tail] === whole[whole.length - 1 - tail]) tail++;
      const from = found.index + head;
      return [{ from, to: found.index + whole.length - tail, text: made.slice(head, made.length - tail) }];
    });

/** Edits of the first text for all passes, each over the result of the ones before it. */
export function edited(text: string, passes: readonly Pass[]): readonly Edit[] {
  let traced: Traced | undefined;
  for (const pass of passes) {
    const edits = pass(traced?.text ?? text);
    if (edits.length > 0) traced = (traced ?? new Traced(text)).with(edits);
  }
  return traced?.edits() ?? [];
}

/** Text with the origin of each character in the first text. */
class Traced {
  readonly text: string;
  readonly #from: readonly number[];
  readonly #to: readonly number[];
  readonly #made: readonly boolean[];

  constructor(
    text: string,
    from: readonly number[] = Array.from({ length: text.length }, (_, i) => i),
    to?: readonly number[],
    made?: readonly boolean[],
  ) {
    this.text = text;
    this.#from = from;
    this.#to = to ?? from.map((place) => place + 1);
    this.#made = made ?? from.map(() => false);
  }

  with(edits: readonly Edit[]): Traced {
    const from: number[] = [];
    const to: number[] = [];
    const made: boolean[] = [];
    const keep = (begin: number, end: number) => {
      for (let i = begin; i < end; i++) {
        from.push(this.#from[i] ?? 0);
        to.push(this.#to[i] ?? 0);
        made.push(this.#made[i] ?? false);
      }
    };
    let done = 0;
    for (const edit of edits) {
      keep(done, edit.from);
      const begin = this.#from[edit.from] ?? this.#to.at(-1) ?? 0;
      const end = edit.to > edit.from ? (this.#to[edit.to - 1] ?? 0) : begin;
      for (let i = 0; i < edit.text.length; i++) {
        from.push(begin);
        to.push(end);
        made.push(true);
      }
      done = edit.to;
    }
    keep(done, this.text.length);
    return new Traced(applied(this.text, edits), from, to, made);
  }

  edits(): readonly Edit[] {
    const out: { from: number; to: number; text: string }[] = [];
    for (let i = 0; i < this.text.length; i++) {
      if (!this.#made[i]) continue;
      const from = this.#from[i] ?? 0;
      const to = this.#to[i] ?? 0;
      const last = out.at(-1);
      // Part of the same edit, or of an overlapping one.
      if (last && (from < last.to || (from === last.from && to === last.to))) {
        last.text += this.text[i];
        last.to = Math.max(last.to, to);
      } else out.push({ from, to, text: this.text[i] ?? '' });
    }
    return out;
  }
}
