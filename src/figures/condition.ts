import { didYouMean } from '../lib/did-you-mean.ts';

/**
 * Conditions on figures, as `crashcart wait`, `:wait` and rules of the config file write them:
 *
 *     osd.1 commit > 200 ms for 3 s        pid 123 cpu >= 90%        disk util > 95 for 1m
 *
 * `parseCondition(text)` gives a `Condition`, or a `ConditionProblem` with one sentence. `new ConditionWatch(condition,
 * panes)` (condition-watch.ts) answers at any time of a timeline where it holds, since when, and with which value;
 * `figureProblem` (find-figures.ts) has the sentence for a figure that is not there, with the nearest names.
 */
export interface Condition {
  /** As written, with single spaces. */
  readonly text: string;
  /** Words of the figure: object and column, as on the screen. */
  readonly figure: string;
  readonly operator: Operator;
  readonly value: number;
  /** As written; '' without a unit. */
  readonly unit: string;
  /** Time for which it must hold; 0: in one reading. */
  readonly forSeconds: number;
}

export type Operator = '>' | '>=' | '<' | '<=' | '=' | '!=';

/** Sentence that states what of a condition cannot be read. */
export interface ConditionProblem {
  readonly problem: string;
}

/** Kinds of quantities; a unit has a factor for each kind that it can measure. */
export type Kind = 'time' | 'size' | 'share' | 'number';

const KIB = 1024;
const decimals = (names: readonly string[], kind: Kind, step: number, first = step) =>
  names.map((name, i) => [name, { [kind]: first * step ** i }] as const);

/** Factors of units, to seconds, bytes, percent and pieces. K, M, G, T are binary of bytes and decimal of pieces, as on screen. */
const UNITS: ReadonlyMap<string, Partial<Record<Kind, number>>> = new Map<string, Partial<Record<Kind, number>>>([
  ['', { number: 1, share: 1 }],
  ['%', { share: 1 }],
  ['ns', { time: 1e-9 }],
  ['us', { time: 1e-6 }],
  ['µs', { time: 1e-6 }],
  ['ms', { time: 1e-3 }],
  ['s', { time: 1 }],
  ['min', { time: 60 }],
  ['h', { time: 3600 }],
  ['B', { size: 1 }],
  ['k', { number: 1000 }],
  ...['K', 'M', 'G', 'T'].map((name, i) => [name, { size: KIB ** (i + 1), number: 1000 ** (i + 1) }] as const),
  ...decimals(['KiB', 'MiB', 'GiB', 'TiB'], 'size', KIB),
  ...decimals(['kB', 'MB', 'GB', 'TB'], 'size', 1000),
]);

const OPERATORS: Readonly<Record<string, Operator>> = {
  '>': '>',
  '>=': '>=',
  '≥': '>=',
  '<': '<',
  '<=': '<=',
  '≤': '<=',
  '=': '=',
  '==': '=',
  '!=': '!=',
};

/** Longest text of a condition. */
const LONGEST = 200;
/** Longest time of a condition: readings stay at their full rate for 15 minutes. */
const LONGEST_SECONDS = 900;

/** Condition of a text as a person writes it. */
export function parseCondition(written: string): Condition | ConditionProblem {
  const text = written.trim().replaceAll(/\s+/g, ' ');
  if (text.length > LONGEST) return { problem: `a condition has up to ${LONGEST} characters` };
  const parts = /^(.*?) ?(>=|<=|==|!=|[><=≥≤]) ?(.*)$/u.exec(text);
  if (!parts)
    return { problem: `no operator (>, >=, <, <=, =, !=) after the figure: write "osd.1 commit > 200 ms for 3 s"` };
  const [, figure = '', sign = '', rest = ''] = parts;
  const operator = OPERATORS[sign];
  if (figure === '' || operator === undefined) return { problem: `no figure before "${sign}": write "osd.1 commit"` };
  const limit = /^([+-]?\d+(?:\.\d+)?) ?(.*?)(?: ?\bfor\b ?(.*))?$/.exec(rest);
  if (!limit) return { problem: `no number after "${sign}"` };
  const [, number = '', rate = '', time] = limit;
  const unit = rate.trim().replace(/\/s$/, '');
  const forSeconds = time === undefined ? 0 : parseDuration(time);
  if (!UNITS.has(unit)) return { problem: `unknown unit "${unit}"${didYouMean(unit, [...UNITS.keys()])}` };
  if (forSeconds === undefined) return { problem: `"for ${time}" is not a time: write "for 3 s" or "for 2 min"` };
  if (forSeconds > LONGEST_SECONDS) return { problem: `"for ${time}" is longer than 15 minutes` };
  return { text, figure, operator, value: Number(number), unit, forSeconds };
}

const SECONDS: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, sec: 1, m: 60, min: 60, h: 3600 };

/** Seconds of `3s`, `3 s`, `1m30s`, `2 min`; undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const compact = text.replaceAll(' ', '');
  if (!/^(?:\d+(?:\.\d+)?(?:ms|sec|s|min|m|h))+$/.test(compact)) return undefined;
  return [...compact.matchAll(/(\d+(?:\.\d+)?)([a-z]+)/g)].reduce(
    (total, [, number, unit]) => total + Number(number) * (SECONDS[unit ?? ''] ?? 0),
    0,
  );
}

const KIND_WORDS = { time: 'a time', size: 'a size', share: 'a percentage', number: 'a number' } as const;
const KIND_UNITS = { time: 'ms or s', size: 'B, KiB, MiB or GiB', share: '%', number: 'none, k or M' } as const;

/** Kind of the values that a format draws, and the factor of one. */
interface Quantity {
  readonly kind: Kind;
  readonly factor: number;
}

/**
 * Quantity of a figure by its own text of 1000, so that a column needs no unit beside its format: `1.0s` is of
 * milliseconds, `1000K` of KiB, `1.0k` of pieces.
 */
function quantityOf(format: (value: number) => string): Quantity {
  const [, number = '1000', unit = ''] = /^(\d+(?:\.\d+)?) ?(\S*)$/.exec(format(1000)) ?? [];
  const factors = UNITS.get(unit) ?? {};
  const kinds: readonly Kind[] = unit === '' ? ['number'] : ['time', 'size', 'share', 'number'];
  const kind = kinds.find((one) => factors[one] !== undefined) ?? 'number';
  return { kind, factor: (Number(number) * (factors[kind] ?? 1)) / 1000 };
}

/** Limit of a condition in the unit of a figure's values; a problem where the units do not fit. */
export function limitFor(
  { value, unit }: Pick<Condition, 'value' | 'unit'>,
  format: (value: number) => string,
): number | ConditionProblem {
  const { kind, factor } = quantityOf(format);
  const own = UNITS.get(unit)?.[kind];
  if (own !== undefined) return (value * own) / factor;
  const written = unit === '' ? 'the limit has no unit' : `"${unit}" does not fit`;
  return { problem: `the figure is ${KIND_WORDS[kind]} and ${written}: write ${KIND_UNITS[kind]}` };
}

/** Whether a value is beyond the limit of a condition. */
export function compares(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '=':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}
