import type { Change } from '../changes/change.ts';
import { ChangeLog } from '../changes/change-log.ts';
import { changeLine, changesBefore } from '../changes/changes-before.ts';
import { onsetOrConnect } from '../collect/may-be-older.ts';
import type { Session } from '../collect/session.ts';
import { hiddenIn } from '../entities/processes/hidden-processes.ts';
import { redactVersion } from '../lib/plain.ts';
import type { AnyPane, Presence, Section } from '../panes/pane.ts';
import { cpuTopology } from '../sources/machine/cpu-topology.ts';
import { identity } from '../sources/machine/identity.ts';
import type { AnySource } from '../sources/source.ts';
import { users } from '../sources/processes/users.ts';
import type { ScreenRedaction } from '../redact/screen-redaction.ts';
import type { Theme } from '../theme.ts';
import { tableViewOf } from '../ui/pane-view.ts';
import { arranged, plainViewSettings, settingsOf, viewOf, type ViewSettings } from '../ui/view-settings.ts';
import type { HostFacts } from './header.ts';
import type { EntityGraph } from '../incidents/entity-graph.ts';
import type { Explainer } from '../incidents/explainer.ts';
import type { IncidentRow } from './incident-table.ts';
import type { ChangesInput } from './changes-page.ts';
import { overviewSections, type OverviewInput } from './overview.ts';
import { paneOfTile, type PaneTile } from './tile-sections.ts';
import { stepsOf, stepTitle } from './step-titles.ts';
import { ageMs, PaneModels, sourcesOf, staleAfterMs } from './pane-models.ts';
import { summarise } from './readings-summary.ts';
import { Surface } from './surface.ts';
import { selectKey } from './surface-actions.ts';
import { overviewTab, tabOf, type Tab } from './tabs.ts';
import { TimeTravel } from './time-travel.ts';
import { Trail, type Visit } from './trail.ts';
import { placeOfPane } from '../pane-keys.ts';

export const OVERVIEW = 'overview';

const headNeeds = { identity, topology: cpuTopology };

/** Tabs of one host with their views, independent of keys and terminal. */
export class Watch {
  readonly session: Session;
  readonly panes: readonly AnyPane[];
  readonly time: TimeTravel;
  readonly trail = new Trail();
  /** Small screen: the Overview has a list in place of tiles. */
  compact = false;
  /** Theme of the screen, whose glyphs the Overview has. */
  theme: Theme;
  readonly #clock: () => number;
  readonly #models: PaneModels;
  readonly #surfaces = new Map<string, Surface>();
  readonly #sources: readonly AnySource[];
  readonly #explainer: Explainer;
  readonly #changeLog: ChangeLog;
  #changed: { readonly basis: number; readonly list: readonly Change[] } | undefined;
  readonly #stepsKey: string;
  #views: ViewSettings;
  #explained: { readonly basis: readonly unknown[]; readonly rows: readonly IncidentRow[] } | undefined;
  #tab = OVERVIEW;
  #overview: { readonly basis: readonly unknown[]; readonly sections: readonly Section[] } | undefined;

  constructor(options: {
    readonly session: Session;
    readonly panes: readonly AnyPane[];
    readonly theme: Theme;
    readonly clock: () => number;
    readonly explainer: Explainer;
    /** Default: none. */
    readonly changeLog?: ChangeLog | undefined;
    readonly tab?: string | undefined;
    /** Default: as at the first start. */
    readonly views?: ViewSettings | undefined;
    /** Label of the key that lists next steps. */
    readonly stepsKey?: string;
  }) {
    this.session = options.session;
    this.panes = options.panes;
    this.#sources = [...new Set([identity, users, ...options.panes.flatMap(sourcesOf)])];
    this.theme = options.theme;
    this.#clock = options.clock;
    this.#explainer = options.explainer;
    this.#changeLog = options.changeLog ?? new ChangeLog([]);
    this.time = new TimeTravel(options.session, options.clock, () => this.#changes());
    this.#stepsKey = options.stepsKey ?? 'a';
    this.#views = options.views ?? plainViewSettings;
    const { panes } = this.#views;
    this.#models = new PaneModels(options.session);
    const overview = new Surface({
      id: OVERVIEW,
      title: 'Overview',
      view: viewOf(panes[OVERVIEW]),
      sections: () => this.#overviewSections(),
      onEnter: (sectionId) => {
        const pane = paneOfTile(sectionId);
        if (pane !== undefined) this.open(pane);
      },
    });
    this.#surfaces.set(OVERVIEW, overview);
    for (const pane of this.panes) {
      const sections = () => this.#models.of(pane, this.#clock()).sections;
      this.#surfaces.set(
        pane.id,
        new Surface({ id: pane.id, title: pane.title, sections, view: viewOf(panes[pane.id]) }),
      );
    }
    this.#select(options.tab !== undefined && this.#surfaces.has(options.tab) ? options.tab : OVERVIEW);
  }

  /** The Overview and every pane, in the order of the person, else in that of their keys. */
  tabs(): readonly Tab[] {
    const incidents = this.#incidents();
    const own = this.panes.map((pane) => ({
      ...tabOf(pane.id, pane.title, incidents),
      absent: typeof this.#presence(pane) === 'object',
    }));
    const all = [
      overviewTab(OVERVIEW, 'Overview', incidents),
      ...own.toSorted((a, b) => placeOfPane(a.id) - placeOfPane(b.id)),
    ];
    const { order, hidden } = this.#views;
    return arranged(all, order, new Set(), ({ id }) => id).map((tab) => ({ ...tab, hidden: hidden.includes(tab.id) }));
  }

  /** Tabs that are drawn: those that are not hidden, and the present one. */
  shownTabs(): readonly Tab[] {
    return this.tabs().filter(({ id, hidden }) => !hidden || id === this.#tab);
  }

  /** Orders and hides tabs. */
  arrange({ order, hidden }: Pick<ViewSettings, 'order' | 'hidden'>): void {
    this.#views = { ...this.#views, order, hidden };
  }

  /** Settings of all panes as they are now. */
  viewSettings(): ViewSettings {
    const { order, hidden, panes } = this.#views;
    const kept = { ...panes };
    for (const [id, { view }] of this.#surfaces) {
      const settings = settingsOf(view);
      if (settings) kept[id] = settings;
      else delete kept[id];
    }
    return { order, hidden, panes: kept };
  }

  /** Reason why a pane is not shown; undefined for one that is or may be present. */
  whyAbsent(id: string): string | undefined {
    const pane = this.panes.find((one) => one.id === id);
    const presence = pane && this.#presence(pane);
    if (typeof presence !== 'object') return undefined;
    return 'absent' in presence ? `not present: ${presence.absent}` : presence.hidden;
  }

  get tab(): string {
    return this.#tab;
  }

  get surface(): Surface {
    // The constructor adds a surface for every tab.
    return this.#surfaces.get(this.#tab) as Surface;
  }

  /** Opens a tab and remembers the present one for `back`; false for an unknown tab. */
  open(tab: string): boolean {
    if (!this.#surfaces.has(tab)) return false;
    if (tab !== this.#tab) this.trail.push({ tab: this.#tab, name: this.surface.title, walked: false });
    this.#select(tab);
    return true;
  }

  /** Opens a tab by its key and clears the way back; false for an unknown tab. */
  openDirectly(tab: string): boolean {
    if (!this.#surfaces.has(tab)) return false;
    this.trail.clear();
    this.#select(tab);
    return true;
  }

  /** Opens the next or previous tab that is present. */
  step(direction: -1 | 1): void {
    const tabs = this.shownTabs().filter(({ id, absent }) => !absent || id === this.#tab);
    const at = tabs.findIndex(({ id }) => id === this.#tab);
    const next = tabs[(at + direction + tabs.length) % tabs.length];
    if (next) this.openDirectly(next.id);
  }

  /** Opens a tab at a row, and remembers the row that was left for `back`; false when the row is not in its list. */
  walk(from: Visit, tab: string, section: string | undefined, row: string | undefined): boolean {
    if (!this.#surfaces.has(tab)) return false;
    this.trail.push(from);
    this.#select(tab);
    return row === undefined || selectKey(this.surface, row, this.theme, section);
  }

  /** Opens the tab, and selects the row, where `go` was pressed last; false without one. */
  back(): boolean {
    const visit = this.trail.pop();
    if (visit === undefined) return false;
    this.#select(visit.tab);
    if (visit.view) this.surface.view = visit.view;
    return true;
  }

  /** Sections of every pane that is present. */
  shownPanes(): readonly { readonly id: string; readonly sections: readonly Section[] }[] {
    return this.panes.flatMap((pane) => {
      if (typeof this.#presence(pane) === 'object') return [];
      const surface = this.#surfaces.get(pane.id);
      return surface ? [{ id: pane.id, sections: surface.sections() }] : [];
    });
  }

  /** Dependencies between entities at the cursor. */
  graph(): EntityGraph {
    const { timeline } = this.session;
    const nowMs = timeline.cursorMs ?? this.#clock();
    return this.#explainer.graph((needs) => timeline.moment(needs, nowMs));
  }

  /** Ids of the sources of the current tab. */
  sourceIds(): readonly string[] {
    const pane = this.#pane();
    const shown = pane ? sourcesOf(pane) : this.panes.flatMap(sourcesOf);
    return [...new Set(shown.map(({ id }) => id))];
  }

  /** Teaches the redaction all identifiers that can be drawn. */
  learn(redaction: ScreenRedaction): void {
    redaction.learnTarget(this.session.host.name);
    redaction.learnFrom(this.session.timeline, this.#sources);
  }

  /** Age of the tab's readings, and whether they are stale. */
  freshness(): { readonly ageMs: number | undefined; readonly stale: boolean } {
    const { session } = this;
    const pane = this.#pane();
    const shown = pane ? sourcesOf(pane) : this.panes.flatMap(sourcesOf);
    const age = ageMs(session, shown, this.#clock());
    const { link } = session.status();
    const dead = session.live !== undefined && link.state !== 'live';
    const live = session.timeline.cursorMs === undefined && session.live !== undefined;
    return { ageMs: age, stale: dead || (live && age !== undefined && age > staleAfterMs(session, shown)) };
  }

  facts(): HostFacts {
    const { session } = this;
    const { identity: host, topology } = session.timeline.moment(headNeeds, this.#clock());
    const up = host.now?.uptimeSeconds;
    const since = session.timeline.cursorMs === undefined ? (host.ageMs ?? 0) / 1000 : 0;
    return {
      name: session.host.name,
      os: shortOs(host.now?.os),
      kernel: host.now?.kernel,
      cpus: topology.now?.onlineCpus?.length,
      nodes: topology.now && topology.now.nodes.length > 0 ? topology.now.nodes.length : undefined,
      uptimeSeconds: up === undefined ? undefined : up + since,
      hidden: hiddenIn(session.timeline),
    };
  }

  #select(tab: string): void {
    this.#tab = tab;
    this.surface.forget();
    // The Overview needs no source at full rate.
    const pane = this.#pane();
    this.session.show(pane ? sourcesOf(pane).map(({ id }) => id) : []);
  }

  #pane(): AnyPane | undefined {
    return this.panes.find(({ id }) => id === this.#tab);
  }

  #presence(pane: AnyPane): Presence {
    try {
      return this.#models.of(pane, this.#clock()).presence;
    } catch {
      // The pane needs a tab to show its error.
      return 'present';
    }
  }

  /** Incidents of the findings at the cursor, computed again when a finding or the second changes. */
  #incidents(): readonly IncidentRow[] {
    const { session } = this;
    const findings = session.findings();
    const nowMs = session.timeline.cursorMs ?? this.#clock();
    const basis = [Math.floor(nowMs / 1000), ...findings];
    const known = this.#explained;
    if (known?.basis.length === basis.length && basis.every((part, i) => part === known.basis[i])) return known.rows;
    const rows = this.#explainer.rows(findings, (needs) => session.timeline.moment(needs, nowMs), nowMs);
    this.#explained = { basis, rows };
    return rows;
  }

  /** Critical incidents at the cursor, without events that are over. */
  criticals(): readonly IncidentRow[] {
    return this.#incidents().filter(({ incident, root }) => incident.severity === 'crit' && root.past === undefined);
  }

  /** Content of the page of changes, at the cursor: also those before it that were read later. */
  changesInput(): ChangesInput {
    const { timeline } = this.session;
    const nowMs = timeline.cursorMs ?? this.#clock();
    return {
      momentOf: (needs) => timeline.moment(needs, nowMs),
      changes: this.#changes().filter(({ atMs }) => timeline.cursorMs === undefined || atMs <= nowMs),
      incidents: this.#incidents(),
      nowMs,
      fromMs: this.session.replay?.startMs ?? timeline.startMs ?? nowMs,
    };
  }

  /** Changes up to the newest reading, listed again every few seconds. */
  #changes(): readonly Change[] {
    const { timeline, replay } = this.session;
    const nowMs = replay?.positionMs() ?? this.#clock();
    const basis = Math.floor(nowMs / CHANGES_EVERY_MS);
    if (this.#changed?.basis === basis) return this.#changed.list;
    const list = this.#changeLog.at((needs) => timeline.latestMoment(needs, nowMs), nowMs);
    this.#changed = { basis, list };
    return list;
  }

  /** Changes that may have brought about an incident, as lines of its detail. */
  readonly #changedBefore = ({ incident, root }: IncidentRow): readonly string[] => {
    const { timeline, replay } = this.session;
    const nowMs = timeline.cursorMs ?? this.#clock();
    const reference = onsetOrConnect(root, replay?.startMs ?? timeline.startMs ?? nowMs);
    return changesBefore(incident, this.#changes(), this.graph(), reference).map((group) =>
      changeLine(group, reference),
    );
  };

  #overviewSections(): readonly Section[] {
    const { session } = this;
    const incidents = this.#incidents();
    const nowMs = session.timeline.cursorMs ?? this.#clock();
    const view = tableViewOf((this.#surfaces.get(OVERVIEW) as Surface).view, 'incidents');
    const seconds = Math.floor(nowMs / 1000);
    const { compact } = this;
    const basis = [session.timeline.version, incidents, view, seconds, redactVersion(), compact, this.theme];
    if (this.#overview && basis.every((part, i) => part === this.#overview?.basis[i])) return this.#overview.sections;
    const sections = overviewSections({
      incidents,
      changedBefore: this.#changedBefore,
      view,
      tiles: this.#tiles(),
      compact,
      ...this.#notShown(),
      readings: summarise(this.panes.flatMap(sourcesOf), session.timeline),
      nowMs,
      fromMs: session.replay?.startMs ?? session.timeline.startMs ?? nowMs,
      theme: this.theme,
      stepsFor: (finding) => ({
        key: this.#stepsKey,
        titles: stepsOf(finding).map((step) => stepTitle(step, this.panes)),
      }),
    });
    this.#overview = { basis, sections };
    return sections;
  }

  /** Titles of panes without a tile, by reason. */
  #notShown(): Pick<OverviewInput, 'absent' | 'hidden'> {
    const absent: string[] = [];
    const hidden = new Map<string, string[]>();
    for (const pane of this.panes) {
      const presence = this.#presence(pane);
      if (typeof presence === 'string') continue;
      if ('absent' in presence) absent.push(pane.title);
      else {
        hidden.set(presence.hidden, [...(hidden.get(presence.hidden) ?? []), pane.title]);
      }
    }
    return { absent, hidden: [...hidden].map(([why, titles]) => ({ titles, why })) };
  }

  #tiles(): readonly PaneTile[] {
    return this.panes.flatMap((pane): PaneTile[] => {
      const common = { pane: pane.id, title: pane.title };
      try {
        const { presence, tile, glances } = this.#models.of(pane, this.#clock());
        return typeof presence === 'object' ? [] : [{ ...common, tile, glances }];
      } catch (error) {
        return [{ ...common, tile: undefined, problem: error instanceof Error ? error.message : String(error) }];
      }
    });
  }
}

/** Short name of an OS for the header: `Debian GNU/Linux 12 (bookworm)` → `Debian 12`. */
const shortOs = (name: string | undefined): string | undefined =>
  name?.replace(/ GNU\/Linux| Linux/, '').replace(/ \(.*\)$/, '');

/** Period in which changes are listed again: sources of them are read once a minute. */
const CHANGES_EVERY_MS = 3000;
