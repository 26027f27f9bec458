import { objectName } from '../correlate/object-name.ts';
import type { EntityRef } from '../findings/entity-ref.ts';
import { didYouMean } from '../lib/did-you-mean.ts';
import { unredacted } from '../lib/plain.ts';
import { NONE } from '../lib/units.ts';
import type { AnyPane, Column, Measure, PaneFigure, ProcessRef, Section, TableSection } from '../panes/pane.ts';
import type { Moment, Needs, Seen } from '../timeline/moment.ts';
import { cellText } from '../ui/table.ts';

/** Figure at a moment: a measured column of a row, or a figure of a section of lines. */
export interface Figure {
  /** Stable over time: pane, section, row, column. */
  readonly id: string;
  readonly pane: string;
  /** Titles of pane and section: `Ceph: OSDs`. */
  readonly place: string;
  /** Ids of the sources of its section. */
  readonly sources: readonly string[];
  /** Object's name as displayed, not redacted. */
  readonly object: string;
  /** Present for a row about an object that findings know. */
  readonly entity: EntityRef | undefined;
  /** Process of the row, for tools. */
  readonly process: ProcessRef | undefined;
  /** Key of the row in its pane; undefined for a figure of the host. */
  readonly row: string | undefined;
  /** Head of the column: `commit`, `%util`. */
  readonly title: string;
  readonly measure: Measure;
  readonly value: number | undefined;
}

/** Places where a path splits into object and column; the exact name of a column goes before a word of one. */
interface Split {
  readonly object: string;
  readonly field: string;
}

const words = (text: string): string => text.toLowerCase().trim().replaceAll(/\s+/g, ' ');

function splitsOf(path: string): readonly Split[] {
  const parts = words(path).split(' ');
  return parts.map((_, i) => ({ object: parts.slice(0, i).join(' '), field: parts.slice(i).join(' ') }));
}

/** Column, or figure of a section of lines. */
export interface Field {
  readonly id: string;
  readonly title: string;
}

/** Names of a column: `util`, `%util`; `rx`, `rxb/s`, `rxb`; `cpu`, `cpu%`. */
const fieldNames = ({ id, title }: Field): readonly string[] =>
  [id, title, title.replace(/\/s$/i, ''), title.replaceAll('%', '')].map(words).filter((name) => name !== '');

/** Words of a column's names: `await` is one of `r_await`. */
const fieldWords = (column: Field): ReadonlySet<string> =>
  new Set(fieldNames(column).flatMap((name) => name.split(/[^\p{L}\p{N}]+/u)));

/** The whole name of a column, or a word of it: the first that names a figure of a pane is taken. */
const EXACTNESS = ['exact', 'word'] as const;
type Exactness = (typeof EXACTNESS)[number];

/** Objects that a path may name if its last words are a column's name. */
const objectsFor = (path: string, column: Field, exactness: Exactness): readonly string[] =>
  splitsOf(path).flatMap(({ object, field }) =>
    (exactness === 'exact' ? fieldNames(column).includes(field) : fieldWords(column).has(field)) ? [object] : [],
  );

/** Words for all rows of a table: `osd`, `osds`, `disk`, `process`; `pid` for processes. */
const groupNames = ({ id, title }: Pick<Section, 'id' | 'title'>, kind = ''): readonly string[] => {
  const named = [id, title, kind].map(words).filter((name) => name !== '');
  const singular = named.flatMap((name) => [name.replace(/s$/, ''), name.replace(/es$/, '')]);
  return [...new Set([...named, ...singular, ...(id === 'processes' ? ['pid'] : [])])];
};

/** Names of a row's object: its key, its id, `pid 123`, what its naming columns show; of a process not its command line. */
function rowNames(section: TableSection, row: unknown): readonly string[] {
  const { id, columns, key, entity, name, process } = section;
  const of = process?.(row);
  const naming = id === 'processes' && of ? [] : columns.filter((column, i) => i === 0 || column.grow === true);
  const shown = naming.map((column) => cellText(column, row, NONE));
  return [
    key(row),
    ...shown,
    ...shown.map((text) => text.split(' ')[0] ?? ''),
    ...(shown.length > 1 ? [shown.join(' ')] : []),
    ...(name ? [name(row)] : []),
    ...(entity?.(row) ? [entity(row)?.id ?? ''] : []),
    ...(of ? [`pid ${of.pid}`, of.name, `${of.name}[${of.pid}]`] : []),
  ]
    .map(words)
    .filter((text) => text !== '' && text !== NONE);
}

/** What stays of the words of an object without the name of the pane, and then of the table, before it. */
function without(object: string, prefixes: readonly string[]): readonly string[] {
  const cut = prefixes.flatMap((prefix) =>
    object === prefix ? [''] : object.startsWith(`${prefix} `) ? [object.slice(prefix.length + 1)] : [],
  );
  return [object, ...cut];
}

const paneNames = ({ id, title }: AnyPane): readonly string[] => [words(id), words(title)];

/** Tables and figures of lines of a pane at a moment. */
export interface Shown {
  readonly sections: readonly TableSection[];
  readonly figures: readonly PaneFigure[];
}

/** What a pane shows at a moment; of one that is not present, or fails, nothing. */
export function shownAt(pane: AnyPane, moment: Moment<Needs>): Shown {
  try {
    // A pane's functions fit each other by construction in definePane.
    const model: unknown = pane.model(moment);
    if (pane.presence(model) !== 'present') return { sections: [], figures: [] };
    return {
      sections: pane.sections(model).filter((section) => section.kind === 'table'),
      figures: pane.figures?.(moment) ?? [],
    };
  } catch {
    // Its tab shows the error.
    return { sections: [], figures: [] };
  }
}

/** Figures of a pane that a path names at a moment, by the names that the screen shows without redaction. Pure. */
export function figuresOf(path: string, pane: AnyPane, moment: Moment<Needs>): readonly Figure[] {
  return unredacted(() => {
    const shown = shownAt(pane, moment);
    const exact = matches(path, pane, shown, 'exact');
    return exact.length > 0 ? exact : matches(path, pane, shown, 'word');
  });
}

function matches(path: string, pane: AnyPane, { sections, figures }: Shown, exactness: Exactness): readonly Figure[] {
  return [
    ...sections.flatMap((section) => tableMatches(path, pane, section, exactness)),
    ...figures.flatMap((figure) => {
      const { section, object, title, id, value, format, least } = figure;
      const left = objectsFor(path, figure, exactness)
        .flatMap((words) => without(words, paneNames(pane)))
        .flatMap((words) => without(words, groupNames(section, undefined)));
      if (!left.some((one) => one === '' || one === words(object ?? ''))) return [];
      return {
        id: `${pane.id} ${section.id} ${id}`,
        pane: pane.id,
        place: `${pane.title}: ${section.title}`,
        sources: section.sources,
        object: objectName(undefined, object),
        entity: undefined,
        process: undefined,
        row: undefined,
        title,
        measure: { format, least },
        value,
      };
    }),
  ];
}

const measured = ({ columns }: TableSection): readonly (Column<unknown> & { readonly measure: Measure })[] =>
  columns.filter((column): column is Column<unknown> & { measure: Measure } => column.measure !== undefined);

function tableMatches(path: string, pane: AnyPane, section: TableSection, exactness: Exactness): readonly Figure[] {
  const columns = measured(section).flatMap((column) => {
    const objects = objectsFor(path, column, exactness).flatMap((object) => without(object, paneNames(pane)));
    return objects.some((object) => object !== '') ? [{ column, objects }] : [];
  });
  if (columns.length === 0) return [];
  return section.rows.flatMap((row) => {
    const entity = section.entity?.(row);
    const groups = groupNames(section, entity?.kind);
    // The names of a row cost the texts of its cells: a word for the whole table needs none.
    let names: readonly string[] | undefined;
    return columns.flatMap(({ column, objects }) => {
      const left = objects.flatMap((object) => without(object, groups));
      const isNamed = left.includes('') || left.some((object) => (names ??= rowNames(section, row)).includes(object));
      if (!isNamed) return [];
      const value = column.value(row);
      return {
        id: `${pane.id} ${section.id} ${section.key(row)} ${column.id}`,
        pane: pane.id,
        place: `${pane.title}: ${section.title}`,
        sources: section.sources,
        object: objectName({ section, row }, undefined),
        entity,
        process: section.process?.(row),
        row: section.key(row),
        title: column.title,
        measure: column.measure,
        value: typeof value === 'number' ? value : undefined,
      };
    });
  });
}

const NOTHING: Seen<never> = {
  now: undefined,
  before: undefined,
  seconds: undefined,
  ageMs: undefined,
  tookMs: undefined,
  missing: {},
  history: [],
  older: () => [],
};

/** Moment of a pane before the first reading. */
const unread = (pane: AnyPane): Moment<Needs> =>
  Object.fromEntries(Object.keys(pane.needs as object).map((name) => [name, NOTHING]));

/** Sections of a pane before the first reading; some depend on the host and are not among them. */
export function unreadSections(pane: AnyPane): readonly Section[] {
  try {
    // A pane's functions fit each other by construction in definePane.
    const model: unknown = pane.model(unread(pane));
    return pane.sections(model);
  } catch {
    // A pane that needs a reading: its sections are unknown before one.
    return [];
  }
}

/** Columns, figures and words for whole tables that a pane has before the first reading. */
interface Known {
  readonly fields: readonly Field[];
  readonly groups: readonly string[];
}

const knownOf = new WeakMap<AnyPane, Known>();

function known(pane: AnyPane): Known {
  const before = knownOf.get(pane);
  if (before) return before;
  const tables = unreadSections(pane).filter((section) => section.kind === 'table');
  const made = {
    fields: [...tables.flatMap(measured), ...figuresUnread(pane)],
    groups: tables.flatMap((table) => groupNames(table)),
  };
  knownOf.set(pane, made);
  return made;
}

function figuresUnread(pane: AnyPane): readonly PaneFigure[] {
  try {
    return pane.figures?.(unread(pane)) ?? [];
  } catch {
    return [];
  }
}

/**
 * Panes that may have a figure: the one that the path begins with, else those with a column by its last words, of them
 * those with a table by its first ones, else all. Only they are evaluated, and only their sources read, for it.
 */
export function panesFor(path: string, panes: readonly AnyPane[]): readonly AnyPane[] {
  const begins = (name: string) => words(path).startsWith(`${name} `);
  const named = panes.filter((pane) => paneNames(pane).some(begins));
  if (named.length > 0) return named;
  const withField = panes.filter((pane) => known(pane).fields.some((field) => isFieldOf(path, field)));
  const withTable = withField.filter((pane) => known(pane).groups.some(begins));
  return [withTable, withField, panes].find((some) => some.length > 0) ?? panes;
}

const isFieldOf = (path: string, field: Field): boolean =>
  EXACTNESS.some((exactness) => objectsFor(path, field, exactness).length > 0);

/** Rows of a table whose names are compared for a hint. */
const MOST_NAMES = 2000;

/** Sentence about a path that names no figure. */
export interface FigureProblem {
  readonly sentence: string;
  /** It has a name that may be meant: a slip, and not an object that this host does not have. */
  readonly suggests: boolean;
}

/** Problem of a path that names no figure at a moment, with the nearest names; undefined where it does. */
export function figureProblem(
  path: string,
  panes: readonly AnyPane[],
  momentOf: (pane: AnyPane) => Moment<Needs>,
): FigureProblem | undefined {
  const has = (pane: AnyPane) => figuresOf(path, pane, momentOf(pane)).length > 0;
  if (panesFor(path, panes).some(has)) return undefined;
  const other = panes.find(has);
  if (other)
    return { sentence: `it is a figure of the pane ${other.title}: write "${other.id} ${path}"`, suggests: true };
  const fields = new Map<string, Field>();
  const columnsOf = new Map<string, readonly string[]>();
  unredacted(() => {
    for (const pane of panes) {
      const { sections, figures } = shownAt(pane, momentOf(pane));
      for (const field of [...figures, ...known(pane).fields]) fields.set(field.title, field);
      for (const section of sections) {
        const columns = measured(section);
        for (const field of columns) fields.set(field.title, field);
        for (const row of columns.length === 0 ? [] : section.rows.slice(0, MOST_NAMES))
          for (const name of rowNames(section, row)) columnsOf.set(name, columns.map(({ title }) => title)); // prettier-ignore
      }
    }
  });
  const objects = splitsOf(path).flatMap(({ object }) => object || []);
  const isKnown = [...fields.values()].some((field) => isFieldOf(path, field));
  const object = objects.findLast((one) => columnsOf.has(one));
  if (object !== undefined && (!isKnown || object !== objects.at(-1)))
    return { sentence: `${object} has ${columnsOf.get(object)?.join(', ')}`, suggests: true };
  const last = words(path).split(' ').at(-1) ?? '';
  const near = isKnown
    ? objects.map((one) => didYouMean(one, [...columnsOf.keys()])).find((text) => text !== '')
    : didYouMean(last, [...fields.values()].flatMap(fieldNames));
  const sentence = isKnown
    ? `no object "${objects.at(-1) ?? ''}" with this figure on this host`
    : `no figure "${last}" in any pane`;
  return { sentence: `${sentence}${near ?? ''}`, suggests: near !== undefined && near !== '' };
}
