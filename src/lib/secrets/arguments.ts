import type { Edit } from '../edits.ts';
import { PROGRAM_RULES, type ProgramRule } from './options.ts';
import { isHarmless, MASK, valueAt, type Span } from './value.ts';

/** Word of a command line, without quotes. */
export interface Word extends Span {
  readonly text: string;
}

const list = (words: string | undefined): readonly string[] => words?.split(' ') ?? [];

interface Rule extends ProgramRule {
  readonly optionList: readonly string[];
  readonly wordSet: ReadonlySet<string>;
}

const RULES: readonly Rule[] = PROGRAM_RULES.map((rule) => ({
  ...rule,
  optionList: list(rule.options),
  wordSet: new Set(list(rule.words)),
}));
const namesOf = (rules: readonly Rule[]): string =>
  [...new Set(rules.flatMap(({ programs }) => list(programs)))]
    .map((name) => name.replaceAll('*', '[\\w-]{0,24}'))
    .toSorted()
    .join('|');
/** Name of a program, alone or behind its folder, at the end of a word. */
const PROGRAM = new RegExp(
  `(?:(?:(?<![\\w./-])|(?<=bin/))(?:${namesOf(RULES.filter(({ isCommon }) => isCommon !== true))})|` +
    `(?<=^|[|;&(\\n"'\\x60][ \\t]*|bin/|sudo[ \\t]+)(?:${namesOf(RULES.filter(({ isCommon }) => isCommon === true))}))` +
    `(?=\\s|\\0|\\\\*["']|$)`,
  'g',
);
const PROGRAM_NAMES = namesOf(RULES);
/** Cheap first check. */
const HINT = new RegExp(`(?:${PROGRAM_NAMES})(?=\\s|\\0|\\\\*["']|$)`);
const ONLY_PROGRAM = new RegExp(`^(?:.*/)?(${PROGRAM_NAMES})$`);

const rulesOf = new Map<string, readonly Rule[]>();
/** Rules of a program. */
function rulesFor(program: string): readonly Rule[] {
  const known = rulesOf.get(program);
  if (known) return known;
  const found = RULES.filter(({ programs }) =>
    list(programs).some((name) => (name.endsWith('*') ? program.startsWith(name.slice(0, -1)) : name === program)),
  );
  if (rulesOf.size < 1000) rulesOf.set(program, found);
  return found;
}

/** Rules of the program that a word names; undefined for any other word. */
export function programIn(word: string): readonly Rule[] | undefined {
  const name = word.length < 200 ? ONLY_PROGRAM.exec(word)?.[1] : undefined;
  return name === undefined ? undefined : rulesFor(name);
}

interface State {
  readonly rule: Rule;
  isActive: boolean;
  operands: number;
}

/** Command takes the words of one command line and finds the secrets among them. */
export class Command {
  /** Index of the first word that a secret follows or is in. */
  triggeredAt: number | undefined;
  readonly #states: readonly State[];
  #awaited: Rule | undefined;
  #last: Word | undefined;

  constructor(rules: readonly Rule[]) {
    this.#states = rules.map((rule) => ({ rule, isActive: rule.words === undefined, operands: 0 }));
  }

  /** Secret in the next word. */
  take(word: Word): Span | undefined {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    if (awaited) return part(awaited, word, 0);
    let isValue = true;
    for (const state of this.#states) {
      const { rule } = state;
      if (rule.wordSet.has(word.text)) {
        state.isActive = true;
        state.operands = 0;
        if (rule.operand !== undefined) this.#trigger(word);
        isValue = false;
      } else if (state.isActive) {
        const found = this.#option(rule, word);
        if (found) return found;
        if (this.#awaited) return undefined;
        if (rule.operand !== undefined && !word.text.startsWith('-') && ++state.operands === rule.operand)
          return part(rule, word, 0);
      }
    }
    this.#last = isValue && !word.text.startsWith('-') ? word : undefined;
    return undefined;
  }

  /** Secret in the last word, where a rule names the last one. */
  end(): Span | undefined {
    const state = this.#states.find(({ rule, isActive, operands }) => rule.operand === -1 && isActive && operands > 0);
    return state && this.#last ? part(state.rule, this.#last, 0) : undefined;
  }

  #option(rule: Rule, word: Word): Span | undefined {
    for (const option of rule.optionList) {
      if (word.text === option || (rule.behind !== undefined && isCluster(word.text, option))) {
        this.#trigger(word);
        if (rule.isAttached !== true) this.#awaited = rule;
        return undefined;
      }
      if (rule.isSeparate === true || !word.text.startsWith(option)) continue;
      const isShort = option.length === 2;
      if (!isShort && !/[=:]/.test(word.text.charAt(option.length))) continue;
      this.#trigger(word);
      return part(rule, word, option.length + (isShort || (rule.behind === ':' && option.startsWith('/')) ? 0 : 1));
    }
    return undefined;
  }

  #trigger(word: Word): void {
    this.triggeredAt ??= word.from;
  }
}

/** Short options in one word, of which the last is the option: `-sSu`. */
const isCluster = (word: string, option: string): boolean =>
  option.length === 2 && /^-[A-Za-z]{2,6}$/.test(word) && word.endsWith(option.charAt(1));

/** Part of a word that is the secret. */
function part(rule: Rule, word: Word, skip: number): Span | undefined {
  const at = rule.behind === undefined ? skip : word.text.indexOf(rule.behind, skip) + 1;
  if (rule.behind !== undefined && at === 0) return undefined;
  let [from, to] = [word.from + at, word.to];
  const inner = word.text.slice(at);
  if (/^(["']).+\1$/s.test(inner)) [from, to] = [from + 1, to - 1];
  const secret = word.text.slice(from - word.from, to - word.from);
  // A published port behind `-p`.
  return from >= to || isHarmless(secret) || /^[\d.]*:?\d+:\d+/.test(secret) ? undefined : { from, to };
}

const BLANK = /[ \t\0]+/y;
const PIECES = /(?:"(?:\\[^\n]|[^"\\\n])*"?|'[^'\n]*'?|\\[^"'\n]|[^\s\0"'\\])+/y;
const ESCAPED_QUOTE = /\\+["']/y;
/** Next text of a list, or of the arguments of `type=EXECVE` in an audit log. */
const NEXT_ITEM = /\\*["'](?:\s*,\s*|[ \t]+a\d+=)(?=\\*["'])/y;
const SEPARATOR = /^(?:[|;&]+|\|\||&&)$/;

/** Visits each word of each command, until a visit returns true. */
function walk(text: string, visit: (command: Command, secret: Span | undefined) => boolean): void {
  if (!HINT.test(text)) return;
  PROGRAM.lastIndex = 0;
  let found = PROGRAM.exec(text);
  while (found) {
    const begin = found.index + found[0].length;
    const command = new Command(rulesFor(found[0]));
    const next = PROGRAM.exec(text);
    const limit = next?.index ?? text.length;
    for (const word of wordsOf(text, begin, limit)) if (visit(command, command.take(word))) return;
    if (visit(command, command.end())) return;
    found = next;
  }
}

/** Words behind a program's name, up to the end of its command: of a shell's line, or of a list of quoted texts. */
function* wordsOf(text: string, begin: number, limit: number): Generator<Word> {
  let at = begin;
  const isItem = /["']/.test(text.charAt(begin)) || (text[begin] === '\\' && /["']/.test(text.charAt(begin + 1)));
  while (at < limit) {
    if (isItem) {
      NEXT_ITEM.lastIndex = at;
      if (!NEXT_ITEM.test(text)) return;
      const span = valueAt(text, NEXT_ITEM.lastIndex);
      if (span === undefined) return;
      yield { ...span, text: text.slice(span.from, span.to) };
      at = span.to;
      continue;
    }
    BLANK.lastIndex = at;
    if (BLANK.test(text)) at = BLANK.lastIndex;
    PIECES.lastIndex = at;
    if (PIECES.test(text)) {
      const to = PIECES.lastIndex;
      const word = wordAt(text, at, to);
      if (SEPARATOR.test(word.text)) return;
      yield word;
      if (text[to - 1] === ';') return;
      at = to;
      continue;
    }
    ESCAPED_QUOTE.lastIndex = at;
    if (!ESCAPED_QUOTE.test(text)) return;
    at = ESCAPED_QUOTE.lastIndex;
  }
}

/** Word without quotes around the whole of it. */
function wordAt(text: string, from: number, to: number): Word {
  const first = text.charAt(from);
  const isQuoted = (first === '"' || first === "'") && text[to - 1] === first && to - from > 1;
  const span = isQuoted ? { from: from + 1, to: to - 1 } : { from, to };
  return { ...span, text: text.slice(span.from, span.to) };
}

/** Secrets among the arguments of known programs. */
export function argumentEdits(text: string): readonly Edit[] {
  const edits: Edit[] = [];
  walk(text, (_, secret) => {
    if (secret && secret.from >= (edits.at(-1)?.to ?? 0)) edits.push({ ...secret, text: MASK });
    return false;
  });
  return edits;
}

/** Index of the first option or word behind which a secret may come. */
export function argumentHint(text: string): number | undefined {
  let first: number | undefined;
  walk(text, ({ triggeredAt }) => (first = triggeredAt) !== undefined);
  return first;
}
