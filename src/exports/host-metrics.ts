import type { Session, StandingFinding } from '../collect/session.ts';
import { shownAt } from '../figures/find-figures.ts';
import { plain } from '../lib/plain.ts';
import { NONE } from '../lib/units.ts';
import type { AnyPane, TableSection, Unit } from '../panes/pane.ts';
import { explainer } from '../subsystems/index.ts';
import { makeTheme, type Severity } from '../theme.ts';
import { cellText } from '../ui/table.ts';
import { ordered } from '../ui/table-order.ts';
import { plainTableView } from '../ui/table-view.ts';
import { snakeCase } from './column-name.ts';
import { inBaseUnit, metricName } from './metric-name.ts';
import type { MetricFamily, MetricSample } from './open-metrics.ts';

/** Rows of a table, in the order of the screen: of thousands of processes the busiest. */
const MOST_ROWS = 200;

const theme = makeTheme({ colour: false, ascii: false });

export interface MetricsOptions {
  /** Redacts and masks the text of a label. */
  readonly clean: (text: string) => string;
  /** Version of crashcart. */
  readonly version: string;
}

type Labels = Readonly<Record<string, string>>;
type Head = Omit<MetricFamily, 'samples'>;

/** Families by name, each with the labels of a sample once. */
class Families {
  readonly #byName = new Map<string, { readonly head: Head; readonly samples: Map<string, MetricSample> }>();
  readonly #common: Labels;

  constructor(common: Labels) {
    this.#common = common;
  }

  /** Adds a figure; false where it is there already. An unknown one is left out. */
  add(head: Head, labels: Labels, value: number | undefined): boolean {
    if (value === undefined || !Number.isFinite(value)) return true;
    const family = this.#byName.get(head.name) ?? { head, samples: new Map<string, MetricSample>() };
    this.#byName.set(head.name, family);
    const key = JSON.stringify(labels);
    if (family.samples.has(key)) return false;
    family.samples.set(key, { labels: { ...this.#common, ...labels }, value });
    return true;
  }

  all(): readonly MetricFamily[] {
    return [...this.#byName.values()].map(({ head, samples }) => ({ ...head, samples: [...samples.values()] }));
  }
}

/** Figures of all panes that are present, incidents, and the state of the readings, at a time. */
export function hostMetrics(
  panes: readonly AnyPane[],
  { session, atMs }: { readonly session: Session; readonly atMs: number },
  { clean, version }: MetricsOptions,
): readonly MetricFamily[] {
  const families = new Families({ host: clean(plain(session.host.name)) });
  families.add({ name: 'crashcart_build', type: 'info', help: 'Version of crashcart.' }, { version }, 1);
  addState(families, session, atMs);
  addIncidents(families, session, atMs, clean);
  for (const pane of panes) {
    const { sections, figures } = shownAt(pane, session.timeline.moment(pane.needs, atMs));
    for (const section of sections) addTable(families, pane, section, clean);
    for (const { section, object, title, unit, value } of figures) {
      const head = headOf(`${pane.id}_${section.id}`, { id: title, title, unit }, `${pane.title}: ${section.title}, ${title}`); // prettier-ignore
      families.add(head, object === undefined ? {} : { object: clean(plain(object)) }, value === undefined ? undefined : inBaseUnit(value, unit)); // prettier-ignore
    }
  }
  return families.all();
}

const headOf = (
  place: string,
  figure: { readonly id: string; readonly title: string; readonly unit: Unit },
  help: string,
): Head => ({ ...metricName(`crashcart_${snakeCase(place)}`, figure), type: 'gauge', help });

function addTable(families: Families, pane: AnyPane, section: TableSection, clean: MetricsOptions['clean']): void {
  const columns = section.columns.flatMap((column) =>
    column.measure === undefined || column.unit === undefined ? [] : [{ ...column, unit: column.unit }],
  );
  if (columns.length === 0) return;
  const { rows } = ordered(section, plainTableView, theme);
  const naming = section.columns.find(({ unit, vocabulary }) => unit === undefined && vocabulary !== 'fixed');
  let leftOut = Math.max(0, rows.length - MOST_ROWS);
  for (const row of rows.slice(0, MOST_ROWS)) {
    const labels = {
      ...(naming && { object: clean(cellText(naming, row, NONE)) }),
      row: clean(plain(section.key(row))),
    };
    const added = columns.map((column) => {
      const value = column.value(row);
      const figure = typeof value === 'number' ? inBaseUnit(value, column.unit) : undefined;
      return families.add(headOf(`${pane.id}_${section.id}`, column, column.about), labels, figure);
    });
    if (added.includes(false)) leftOut++;
  }
  families.add(
    { name: 'crashcart_rows_left_out', type: 'gauge', help: `Rows of a table beyond ${MOST_ROWS}, or with the name of another row.` },
    { table: `${pane.id}.${section.id}` },
    leftOut,
  ); // prettier-ignore
}

function addState(families: Families, session: Session, atMs: number): void {
  const { link, sources } = session.status();
  if (session.live)
    families.add(
      { name: 'crashcart_link_up', type: 'gauge', help: 'Whether the connection to the host responds.' },
      {},
      link.state === 'live' ? 1 : 0,
    );
  for (const { id } of sources) {
    const entry = session.timeline.latest(id);
    const ofSource = { source: id };
    families.add(
      { name: 'crashcart_source_age_seconds', type: 'gauge', unit: 'seconds', help: 'Age of the last reading of a source.' },
      ofSource,
      entry && Math.max(0, atMs - entry.wallMs) / 1000,
    ); // prettier-ignore
    families.add(
      { name: 'crashcart_source_missing', type: 'gauge', help: 'Reads of a source that are not present or not readable.' },
      ofSource,
      entry && Object.keys(entry.missing).length,
    ); // prettier-ignore
  }
}

/** Incident of the export: its culprit. */
export interface PresentIncident {
  readonly severity: Severity;
  readonly root: StandingFinding;
}

/** Incidents at a time that are not over, culprit first. */
export const presentIncidents = (session: Session, atMs: number): readonly PresentIncident[] =>
  explainer
    .rows(session.findings(), (needs) => session.timeline.moment(needs, atMs), atMs)
    .flatMap(({ incident: { severity }, root }) => (root.past ? [] : [{ severity, root }]));

function addIncidents(families: Families, session: Session, atMs: number, clean: MetricsOptions['clean']): void {
  if (session.timeline.startMs === undefined) return;
  const incidents = presentIncidents(session, atMs);
  for (const severity of ['crit', 'warn', 'info'] as const)
    families.add(
      { name: 'crashcart_incidents', type: 'gauge', help: 'Incidents that are present.' },
      { severity },
      incidents.filter((one) => one.severity === severity).length,
    );
  for (const { severity, root } of incidents) {
    const { rule, subject, condition, onset, seenMs, sinceMs } = root;
    const labels = {
      severity,
      rule,
      object: clean(plain(subject)),
      ...(condition !== undefined && { condition: clean(plain(condition)) }),
    };
    families.add(
      { name: 'crashcart_incident', type: 'gauge', help: 'Incident that is present, by its culprit.' },
      labels,
      1,
    );
    families.add(
      { name: 'crashcart_incident_start_time_seconds', type: 'gauge', unit: 'seconds', help: 'Start of an incident, since 1970; where it began before the first reading, that one.' },
      labels,
      (onset ? seenMs - onset.secondsAgo * 1000 : sinceMs) / 1000,
    ); // prettier-ignore
  }
}
