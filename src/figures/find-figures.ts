import { objectName } from '../correlate/object-name.ts';
import type { EntityRef } from '../findings/entity-ref.ts';
import { unredacted } from '../lib/plain.ts';
import { NONE } from '../lib/units.ts';
import type { AnyPane, Column, Measure, PaneFigure, ProcessRef, Section, TableSection } from '../panes/pane.ts';
import type { Moment, Needs, Seen } from '../timeline/moment.ts';
import { cellText } from '../ui/table.ts';
import { meant } from './condition.ts';

/** Figure at a moment: a measured column of a row, or a figure of a section of lines. */
export interface Figure {
  /** Stable over time: pane, section, row, column. */
  readonly id: string;
  readonly pane: string;
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

/** Words for all rows of a table: `osd`, `osds`, `disk`. */
const groupNames = (section: Pick<Section, 'id' | 'title'>, kind: string | undefined): readonly string[] =>
  [...new Set([section.id, section.title, kind ?? ''].flatMap((name) => [words(name), words(name).replace(/s$/, '')]))].filter((name) => name !== ''); // prettier-ignore

/** Names of a row's object: its key, its id, what its naming columns show, `pid 123`. */
function rowNames(section: TableSection, row: unknown): readonly string[] {
  const { columns, key, entity, name, process } = section;
  const of = process?.(row);
  const shown = columns
    .filter((column, i) => i === 0 || column.grow === true)
    .map((column) => cellText(column, row, NONE));
  return [
    key(row),
    objectName({ section, row }, undefined),
    ...shown,
    ...shown.map((text) => text.split(' ')[0] ?? ''),
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

/** Sections and figures of lines of a pane at a moment; of one that is not present, or fails, none. */
interface Shown {
  readonly sections: readonly TableSection[];
  readonly figures: readonly PaneFigure[];
}

function shownAt(pane: AnyPane, moment: Moment<Needs>): Shown {
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
    const names = new Set([...groups, ...rowNames(section, row)]);
    return columns.flatMap(({ column, objects }) => {
      const left = objects.flatMap((object) => [object, ...without(object, groups)]);
      if (!left.some((object) => names.has(object))) return [];
      const value = column.value(row);
      return {
        id: `${pane.id} ${section.id} ${section.key(row)} ${column.id}`,
        pane: pane.id,
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

/** Columns and figures that a pane has before the first reading; some depend on the host and are not among them. */
const fieldsKnown = new WeakMap<AnyPane, readonly Field[]>();

function fieldsOf(pane: AnyPane): readonly Field[] {
  const known = fieldsKnown.get(pane);
  if (known) return known;
  const moment: Record<string, Seen<never>> = {};
  for (const need of Object.keys(pane.needs as object)) moment[need] = NOTHING;
  let fields: readonly Field[] = [];
  try {
    fields = [
      ...pane.sections(pane.model(moment)).flatMap((section) => (section.kind === 'table' ? measured(section) : [])),
      ...(pane.figures?.(moment) ?? []),
    ];
  } catch {
    // A pane that needs a reading: its columns are unknown before one.
  }
  fieldsKnown.set(pane, fields);
  return fields;
}

/**
 * Panes that may have a figure: the one that the path begins with, else those with a column by its last words, else all.
 * Only they are evaluated, and only their sources read, for it.
 */
export function panesFor(path: string, panes: readonly AnyPane[]): readonly AnyPane[] {
  const named = panes.filter((pane) => paneNames(pane).some((name) => words(path).startsWith(`${name} `)));
  if (named.length > 0) return named;
  const withField = panes.filter((pane) => fieldsOf(pane).some((field) => isFieldOf(path, field)));
  return withField.length > 0 ? withField : panes;
}

const isFieldOf = (path: string, field: Field): boolean =>
  EXACTNESS.some((exactness) => objectsFor(path, field, exactness).length > 0);

/** Rows of a table whose names are compared for a hint. */
const MOST_NAMES = 2000;

/** Sentence for a path that names no figure at a moment, with the nearest names; undefined where it does. */
export function figureProblem(
  path: string,
  panes: readonly AnyPane[],
  momentOf: (pane: AnyPane) => Moment<Needs>,
): string | undefined {
  const has = (pane: AnyPane) => figuresOf(path, pane, momentOf(pane)).length > 0;
  if (panesFor(path, panes).some(has)) return undefined;
  const other = panes.find(has);
  if (other) return `it is a figure of the pane ${other.title}: write "${other.id} ${path}"`;
  const fields = new Map<string, Field>();
  const columnsOf = new Map<string, readonly string[]>();
  unredacted(() => {
    for (const pane of panes) {
      const { sections, figures } = shownAt(pane, momentOf(pane));
      for (const field of [...figures, ...fieldsOf(pane)]) fields.set(field.title, field);
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
    return `${object} has ${columnsOf.get(object)?.join(', ')}`;
  const last = words(path).split(' ').at(-1) ?? '';
  if (!isKnown) return `no figure "${last}" in any pane${meant(last, [...fields.values()].flatMap(fieldNames))}`;
  const near = objects.map((one) => meant(one, [...columnsOf.keys()])).find((text) => text !== '');
  return `no object "${objects.at(-1) ?? ''}" with this figure on this host${near ?? ''}`;
}
