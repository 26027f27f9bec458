import { label, plain } from '../lib/plain.ts';
import { cut, fit, textWidth } from '../lib/text-width.ts';
import type { Role, Theme } from '../theme.ts';
import { isNear } from '../lib/did-you-mean.ts';
import { fuzzyScore } from '../ui/fuzzy.ts';
import { scrolled } from '../ui/table-view.ts';
import { boxColumns, boxed, wrap } from './box.ts';
import type { BoxLayer, Layers } from './layer.ts';
import { edited } from './text-field.ts';

export interface Choice<Value> {
  readonly value: Value;
  readonly title: string;
  /** Fixed words before the title, dim: `stored on`. */
  readonly lead?: string | undefined;
  /** Names: a query equal to one of them, or a prefix of one, ranks first. */
  readonly names?: readonly string[] | undefined;
  /** Further names, after those. */
  readonly aliases?: readonly string[] | undefined;
  /** Matched by its title only and ranked last: protects against a slip. */
  readonly guarded?: boolean | undefined;
  /** Explanation, dim behind the title; searched as well. */
  readonly about?: string | undefined;
  /** Role of the explanation behind the title. Default: dim. */
  readonly aboutRole?: Role | undefined;
  /** Drawn dim: it cannot be used now, for the reason in `about`. */
  readonly dim?: boolean | undefined;
  /** Key of the same action, at the right end. */
  readonly hint?: string | undefined;
}

/** Selection list filtered by typing; undefined when cancelled. */
export function choose<Value>(
  layers: Layers,
  question: {
    readonly title: string;
    readonly choices: readonly Choice<Value>[];
    readonly selected?: number;
    /** The first nine choices have a digit, which selects them at once. */
    readonly numbered?: boolean;
    /** Offers near names where nothing matches. */
    readonly guessing?: boolean;
    /** Choice made of the typed text, before all others. */
    readonly typed?: (query: string) => Choice<Value> | undefined;
  },
  changed: () => void,
): Promise<Value | undefined> {
  let query = '';
  let selected = question.selected ?? 0;
  let scroll = 0;
  let rows = 0;
  const guesses = () => (question.guessing ? guessed(question.choices, query) : []);
  const matches = () => {
    const typed = question.typed?.(query);
    if (typed) return [typed, ...narrowed(question.choices, query)];
    const found = narrowed(question.choices, query);
    return found.length > 0 ? found : guesses();
  };
  const digits = new Map(
    question.numbered ? question.choices.slice(0, 9).map((choice, i) => [choice, `${i + 1}`]) : [],
  );
  const numbered = (choice: Choice<Value>) =>
    question.numbered ? { ...choice, title: `${digits.get(choice) ?? ' '} ${choice.title}` } : choice;
  // The explanation of the selected choice, below the list in full: the cost of a tool must be readable before the choice.
  const explained = question.choices.some(({ about }) => about !== undefined);
  return new Promise((resolve) => {
    const answer = (choice: Choice<Value> | undefined) => {
      layers.remove(layer);
      resolve(choice?.value);
    };
    const layer: BoxLayer = {
      kind: 'box',
      draw: (screen, theme) => {
        const found = matches();
        const room = boxColumns(screen);
        rows = Math.max(
          1,
          Math.min(question.choices.length, screen.rows - 8 - (explained ? EXPLAINED_ROWS + 1 : 0), MOST_ROWS),
        );
        scroll = scrolled(scroll, selected, rows, found.length);
        const lines = found
          .slice(scroll, scroll + rows)
          .map((choice, i) => choiceLine(numbered(choice), scroll + i === selected, room, theme));
        while (lines.length < rows) lines.push(lines.length === 0 ? theme.paint('dim', 'no match') : '');
        const words = explained ? explanation(wordsOf(found[selected], room - (question.numbered ? 4 : 2)), room) : [];
        const isGuess = found.length > 0 && !question.typed?.(query) && narrowed(question.choices, query).length === 0;
        const prompt =
          theme.paint('key', '> ') +
          plain(query).slice(-(room - 4)) +
          theme.paint('selected', ' ') +
          theme.paint('dim', isGuess ? '  no match; did you mean' : '');
        return boxed(
          [prompt, ...lines, ...words.map((line) => theme.paint('label', line))],
          {
            title: question.title,
            footer: `${question.numbered ? '1-9 or enter' : 'enter'}: select, esc: cancel`,
            screen,
          },
          theme,
        );
      },
      key: (event) => {
        const found = matches();
        if (event.kind === 'wheel') selected += event.rows;
        else if (event.kind === 'key' && event.name === 'esc') return answer(undefined);
        else if (event.kind === 'key' && event.name === 'enter') {
          const choice = found[selected];
          if (choice) return answer(choice);
        } else if (event.kind === 'key' && event.name in STEPS) selected += STEPS[event.name] ?? 0;
        else {
          const picked =
            query === '' && event.kind === 'key'
              ? question.choices.find((choice) => digits.get(choice) === event.name)
              : undefined;
          if (picked) return answer(picked);
          const next = edited(query, event);
          if (next === undefined) return;
          query = next;
          selected = 0;
        }
        selected = Math.max(0, Math.min(selected, matches().length - 1));
        changed();
      },
      click: (line) => {
        // Frame and prompt lie above the first choice, the explanation below the last drawn one.
        const choice = matches()[scroll + line - 2];
        if (line >= 2 && line < rows + 2 && choice) answer(choice);
      },
      cancel: () => answer(undefined),
    };
    layers.push(layer);
  });
}

/** Explanation of a choice; with its title where the list cuts it. */
const wordsOf = <Value>(choice: Choice<Value> | undefined, room: number): string =>
  choice && textWidth(plain(choice.title)) > room
    ? `${choice.title.replaceAll(/ +/g, ' ')}: ${choice.about ?? ''}`
    : (choice?.about ?? '');

const EXPLAINED_ROWS = 3;

/** Explanation in a fixed number of rows: the box keeps its height. */
function explanation(words: string, columns: number): readonly string[] {
  const wrapped = wrap(words, columns);
  return ['', ...Array.from({ length: EXPLAINED_ROWS }, (_, i) => wrapped[i] ?? '')];
}

/** Most rows of a list; typing filters a longer one. */
const MOST_ROWS = 20;

const STEPS: Readonly<Record<string, number>> = { up: -1, down: 1, 'shift-tab': -1, tab: 1, pgup: -10, pgdn: 10 };

/**
 * Matching choices, best first: by name, prefix of a name, letters of the title, words of the explanation. Of equals those
 * that change the session come last; else the order of the list decides between names, the closer title between titles.
 */
export function narrowed<Value>(choices: readonly Choice<Value>[], query: string): readonly Choice<Value>[] {
  const wanted = wantedOf(query);
  if (wanted === '') return choices;
  return choices
    .flatMap((choice) => {
      const title = fuzzyScore(wanted, `${choice.lead ?? ''} ${choice.title}`.trim());
      const rank = rankOf(choice, wanted, title !== undefined);
      return rank === undefined ? [] : [{ choice, rank, score: rank < RANKS.prefix ? (title ?? 0) : 0 }];
    })
    .toSorted(
      (a, b) =>
        b.rank - a.rank || Number(a.choice.guarded ?? false) - Number(b.choice.guarded ?? false) || b.score - a.score,
    )
    .map(({ choice }) => choice);
}

/** Words of a query; a `/` before them only starts typing, as it does elsewhere. */
const wantedOf = (query: string): string => query.toLowerCase().trim().replace(/^\//, '');

const RANKS = { name: 4, alias: 3, prefix: 2, title: 1, about: 0 } as const;

/** Least length of a prefix: one letter is a prefix of too many names. */
const LEAST_PREFIX = 2;

function rankOf<Value>(choice: Choice<Value>, wanted: string, inTitle: boolean): number | undefined {
  const { names = [], aliases = [], about, guarded } = choice;
  if (names.some((name) => name.toLowerCase() === wanted)) return RANKS.name;
  if (aliases.includes(wanted)) return RANKS.alias;
  if (wanted.length >= LEAST_PREFIX && [...names, ...aliases].some((name) => name.toLowerCase().startsWith(wanted)))
    return RANKS.prefix;
  if (inTitle) return RANKS.title;
  return !guarded && about?.toLowerCase().includes(wanted) ? RANKS.about : undefined;
}

/** Choices of which a name is near to the query; none that changes the session. */
const guessed = <Value>(choices: readonly Choice<Value>[], query: string): readonly Choice<Value>[] =>
  choices.filter(
    ({ names = [], aliases = [], guarded }) =>
      !guarded && [...names, ...aliases].some((name) => isNear(wantedOf(query), name)),
  );

function choiceLine<Value>(choice: Choice<Value>, isSelected: boolean, room: number, theme: Theme): string {
  const { ellipsis, pointer } = theme.glyphs;
  const hint = choice.hint ?? '';
  const lead = choice.lead === undefined ? '' : `${label(choice.lead)} `;
  // A long name leaves room for the state beside it.
  const nameRoom = choice.aboutRole === undefined ? room - 2 : Math.floor(room / 2);
  const title = cut(plain(choice.title), Math.max(8, nameRoom - textWidth(lead)), ellipsis);
  const rest = room - 2 - textWidth(lead) - textWidth(title) - (hint ? textWidth(hint) + 1 : 0);
  const about =
    rest > 4
      ? fit(choice.about ? `  ${plain(choice.about)}` : '', rest, 'left', ellipsis)
      : ' '.repeat(Math.max(0, rest));
  const tail = hint ? ` ${hint}` : '';
  return isSelected
    ? theme.paint('selected', `${pointer} ${lead}${title}${about}${tail}`)
    : `  ${theme.paint('dim', lead)}${choice.dim ? theme.paint('dim', title) : title}${theme.paint(choice.aboutRole ?? 'dim', about)}${theme.paint('key', tail)}`;
}
