import type { StandingFinding } from '../collect/session.ts';
import { entityOf, entityText, type EntityRef } from '../findings/entity-ref.ts';
import { byRank } from '../findings/order.ts';
import type { EntityGraph, EntityKey } from '../incidents/entity-graph.ts';
import { neighboursOf, viaWords, type Neighbour } from '../incidents/neighbours.ts';
import type { Link } from '../panes/pane.ts';
import type { Severity } from '../theme.ts';
import { choose, type Choice } from './choose.ts';
import { EntityPlaces, nameOf, type Place } from './entity-places.ts';
import { LETTERS } from './finding-lines.ts';
import { enterSection } from './row-guard.ts';
import type { Screen } from './screen.ts';
import type { SelectedRow } from './surface.ts';
import type { Visit } from './trail.ts';
import { OVERVIEW, type Watch } from './watch.ts';

/** Destination of `f`: a row of a pane, or a pane. */
interface Destination {
  readonly pane: string;
  readonly section?: string | undefined;
  readonly row?: string | undefined;
  /** Words of the dependency, `stored on`; undefined for a link that no dependency gives. */
  readonly words?: string;
  readonly name: string;
  readonly worst?: StandingFinding | undefined;
}

/** Goes to a neighbour of the selected row's object, or to its own row in another pane; several open a list. */
export async function goTo(screen: Screen): Promise<void> {
  const { watch, surface, theme } = screen;
  if (!watch) return;
  const selected = surface?.selected(theme);
  if (!surface || !selected) {
    enterSection(screen, 'go to');
    return;
  }
  surface.pin(theme);
  const isPage = screen.layers.page !== undefined;
  const from: Visit = { tab: watch.tab, view: watch.surface.view, name: placeName(screen, watch), walked: true };
  const found = destinations(watch, selected, isPage);
  const [only] = found;
  if (!only) screen.notify('no links from this row');
  else if (found.length === 1) follow(screen, from, only);
  else {
    const { section, row } = selected;
    const title = section.entity?.(row) === undefined ? 'Go to' : `Go to: neighbours of ${nameOf(section, row)}`;
    const choices = found.map((one) => choiceOf(screen, one));
    const chosen = await choose(screen.layers, { title, choices }, screen.changed);
    if (chosen) follow(screen, from, chosen);
  }
}

/** Crumb of the tab's selected row; of the tab on the Overview and on rows without an entity. */
function placeName({ theme }: Screen, { surface }: Watch): string {
  const selected = surface.id === OVERVIEW ? undefined : surface.pointed(theme);
  return selected?.section.entity?.(selected.row) === undefined
    ? surface.title
    : nameOf(selected.section, selected.row);
}

/** Names along the walk by `f` that ends at the selected row; empty without one. */
export function crumbsOf(screen: Screen): readonly string[] {
  const { watch } = screen;
  const crumbs = watch?.trail.crumbs() ?? [];
  if (!watch || crumbs.length === 0) return screen.consoles?.crumbs() ?? [];
  return [...crumbs, placeName(screen, watch)];
}

/** Row of the entity where it stands elsewhere; else its neighbours, those with findings first, and other links of the row. */
function destinations(watch: Watch, { section, row, key }: SelectedRow, isPage: boolean): readonly Destination[] {
  const shown = watch.shownPanes();
  const links = (section.links?.(row) ?? []).flatMap(({ label, ...place }): Destination[] => {
    if (isShown(place, shown)) return [{ ...place, name: label }];
    // A page names resources that have no row (`open files`): their pane is what leads on.
    return isPage && isShown({ pane: place.pane }, shown) ? [{ pane: place.pane, name: label }] : [];
  });
  const ref = section.entity?.(row);
  if (!ref) return links;
  const entity = entityText(ref);
  const places = new EntityPlaces(shown);
  const graph = watch.graph();
  const isHere = (one: Destination) => !isPage && one.pane === watch.tab && one.row === key;
  const worst = worstByEntity(watch.session.findings());
  if (isPage || watch.tab === OVERVIEW) {
    const own = homesOf(entity, section.members?.(row) ?? [], graph, places);
    if (own.length > 0) return own.map((place) => ({ ...place, worst: worst.get(place.entity) }));
    if (section.enter === 'link') return links;
  }
  const neighbours = neighboursOf(graph, entity, {
    hasRow: (one) => places.has(one),
    // Of an object that is only a member of a finding the row of the finding's object is enough.
    matters: (one) => isAbout(worst.get(one), one) && (worst.get(one)?.pane ?? watch.tab) !== watch.tab,
  }).map((neighbour) => destinationOf(neighbour, places, worst));
  const known = new Map<string, Destination>();
  for (const one of [...neighbours, ...links]) {
    const id = `${one.pane} ${one.row ?? ''}`;
    // A pane as such adds nothing to a row of it.
    const isCovered = one.row === undefined && [...known.values()].some(({ pane }) => pane === one.pane);
    if (!isHere(one) && !isCovered && !known.has(id)) known.set(id, one);
  }
  return [...known.values()].toSorted((a, b) =>
    a.worst && b.worst ? byRank(a.worst, b.worst) : Number(b.worst !== undefined) - Number(a.worst !== undefined),
  );
}

/** Whether a link leads somewhere: a pane that is present, and a row in it. */
const isShown = ({ pane, row }: Pick<Link, 'pane' | 'row'>, shown: ReturnType<Watch['shownPanes']>): boolean =>
  shown.some(
    ({ id, sections }) =>
      id === pane &&
      (row === undefined ||
        sections.some((one) => one.kind === 'table' && one.rows.some((each: unknown) => one.key(each) === row))),
  );

/** Row of an entity; without one, rows of its members, or of the one process or container that a daemon or group is. */
function homesOf(
  entity: EntityKey,
  members: readonly EntityRef[],
  graph: EntityGraph,
  places: EntityPlaces,
): readonly (Place & { readonly entity: EntityKey })[] {
  const rowsOf = (entities: readonly EntityKey[]) =>
    entities.flatMap((one) => {
      const place = places.of(one);
      return place ? [{ ...place, entity: one }] : [];
    });
  const own = rowsOf([entity]);
  const several = own.length > 0 ? own : rowsOf(members.map(entityText));
  if (several.length > 0) return several;
  const same = graph.causesOf(entity).filter(({ via }) => via === 'runs-as' || via === 'member-of');
  const behind = rowsOf(same.map((edge) => edge.entity));
  return behind.length === 1 ? behind : [];
}

function destinationOf(
  neighbour: Neighbour,
  places: EntityPlaces,
  worstOf: ReadonlyMap<EntityKey, StandingFinding>,
): Destination {
  const worst = [neighbour.entity, ...neighbour.through]
    .flatMap((one) => worstOf.get(one) ?? [])
    .toSorted(byRank)
    .at(0);
  const place = places.of(neighbour.entity) ?? {
    pane: worst?.pane ?? OVERVIEW,
    name: worst?.subject ?? entityOf(neighbour.entity)?.id ?? neighbour.entity,
  };
  return { ...place, words: viaWords(neighbour), worst };
}

const isAbout = (finding: StandingFinding | undefined, entity: EntityKey): boolean =>
  finding !== undefined && entityText(finding.entity) === entity;

function worstByEntity(findings: readonly StandingFinding[]): ReadonlyMap<EntityKey, StandingFinding> {
  const worst = new Map<EntityKey, StandingFinding>();
  for (const finding of findings.toSorted(byRank))
    for (const ref of [finding.entity, ...(finding.members ?? [])]) {
      const key = entityText(ref);
      if (!worst.has(key)) worst.set(key, finding);
    }
  return worst;
}

function choiceOf({ watch, theme }: Screen, one: Destination): Choice<Destination> {
  const { worst } = one;
  const severity: Severity | undefined = worst?.past ? 'info' : worst?.severity;
  return {
    value: one,
    ...(one.words !== undefined && { lead: one.words }),
    title: one.name,
    ...(worst &&
      severity && {
        about: `${theme.glyphs.severity[severity]} ${LETTERS[severity]} ${worst.sentence}`,
        aboutRole: severity,
      }),
    hint: watch?.panes.find(({ id }) => id === one.pane)?.title,
  };
}

function follow(screen: Screen, from: Visit, { pane, section, row, name }: Destination): void {
  const { watch } = screen;
  if (!watch) return;
  for (let page = screen.layers.page; page; page = screen.layers.page) screen.layers.remove(page);
  if (!watch.walk(from, pane, section, row)) screen.notify(`${name}: not in the list`);
  screen.changed();
}
