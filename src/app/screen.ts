import type { Session } from '../collect/session.ts';
import type { Prompter } from '../host/prompter.ts';
import { actionOf, type ActionId, type Keymap, type When } from '../keymap.ts';
import { plain } from '../lib/plain.ts';
import type { RecordingGap } from '../lib/recording-gap.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import type { Theme } from '../theme.ts';
import type { Size } from '../ui/table.ts';
import { tableViewOf, withTable } from '../ui/pane-view.ts';
import { act } from './actions.ts';
import { askConfirm, askSecret } from './dialogs.ts';
import { terminalSize } from './frame-lines.ts';
import type { FleetControl } from './fleet-flow.ts';
import { isLocked } from './fleet-unlock.ts';
import type { Notice } from './footer.ts';
import type { HostConsoles } from './host-consoles.ts';
import type { InputEvent } from './key-parser.ts';
import { Layers, type BoxLayer, type Layer, type LineLayer } from './layer.ts';
import { beforeKey, type Presenting } from './presenting.ts';
import { refuseTyping } from './refuse-typing.ts';
import { isRowGone, ROW_GONE, ROW_WHEN } from './row-guard.ts';
import { selectedFinding } from './selected-finding.ts';
import type { Surface } from './surface.ts';
import { move, sortByHead } from './surface-actions.ts';
import type { DrawnTabs } from './tabs.ts';
import { commandByKey } from './command-flow.ts';
import { noSettings, type OwnSettings } from './own-settings.ts';
import { NOT_NOW } from './not-now.ts';
import { openTab } from './palette.ts';
import { tourInput, type Tour } from './tour.ts';
import type { RecordingControl, StartRecording } from './recording-flow.ts';
import type { Sharing, StartSharing } from './share-flow.ts';
import type { CutSlice } from './slice-flow.ts';
import type { ToolBox } from './tools-flow.ts';
import type { Waiting } from './wait-flow.ts';
import type { Watch } from './watch.ts';

/** Time that a notice stands in place of the keys. */
const NOTICE_MS = 4000;

/** Report of a session from a time until the time on the screen, as text of 15 lines or fewer. */
export type ShortReport = (session: Session, fromMs: number, nowMs: number) => string;

/** Actions of the screen on the terminal. */
export interface TerminalControl {
  /** Copies text to the clipboard of the engineer's terminal. */
  readonly copy: (text: string) => void;
  /**
   * Saves text, or bytes without identifiers, in a new file of the current directory, mode 0600, and returns its path; throws when it cannot
   * be created. Extension: `txt` by default.
   */
  readonly save: (name: string, content: string | Uint8Array, extension?: string) => string;
  /** Redraws everything. */
  readonly redraw: () => void;
  readonly quit: () => void;
  /** Passes the raw keyboard to a tool until the leader key. */
  readonly capture: (input: (bytes: Uint8Array) => void, onLeader: () => void) => void;
  readonly release: () => void;
}

/** State while connecting: target, start, messages of the host. */
export interface Connecting {
  readonly target: string;
  readonly sinceMs: number;
  readonly messages: readonly string[];
}

/** Targets of clicks in the last drawn frame. */
export interface Hits {
  readonly tabs: DrawnTabs['spans'];
  readonly bodyTop: number;
  /** Time at a cell of the time bar, which is the line above the keys. */
  readonly timeAt: ((x: number) => number | undefined) | undefined;
  readonly box: (Size & { readonly x: number; readonly y: number }) | undefined;
}

/** State of the screen, changed by keys; React draws it. */
export class Screen {
  readonly keymap: Keymap;
  readonly clock: () => number;
  readonly terminal: TerminalControl;
  readonly tools: ToolBox | undefined;
  readonly shortReport: ShortReport | undefined;
  readonly startRecording: StartRecording | undefined;
  readonly startSharing: StartSharing | undefined;
  /** Present for a recording in a file. */
  readonly cutSlice: CutSlice | undefined;
  /** Settings of the person. */
  readonly own: OwnSettings;
  readonly redaction: ScreenRedaction;
  /** Present while presenting. */
  presenting: Presenting | undefined;
  /** Present while the tour runs. */
  tour: Tour | undefined;
  /** Running recording. */
  recording: RecordingControl | undefined;
  waiting: Waiting | undefined;
  /** Present while viewers may watch. */
  sharing: Sharing | undefined;
  /** The way of sharing is asked, or its server starts. */
  sharingStarts = false;
  stopped = false;
  /** Lines about the files that were written, for the end of the program. */
  readonly written: string[] = [];
  /** Gaps of recordings that have ended: their markers and notes are in no file. */
  recordingGaps: readonly RecordingGap[] = [];
  /** Session of the running recording or, without one, of the last. */
  recordedSession: Session | undefined;
  /** Time until which markers and notes of a session are in a file, or given up. */
  readonly notesSavedMs = new WeakMap<Session, number>();
  readonly layers: Layers;
  watch: Watch | undefined;
  /** Present for a fleet. */
  consoles: HostConsoles | undefined;
  /** Present for a fleet of live hosts. */
  fleet: FleetControl | undefined;
  connecting: Connecting | undefined;
  hits: Hits | undefined;
  /** Size of the terminal in the last drawn frame. */
  size: Size = { columns: 80, rows: 24 };
  #theme: Theme;
  #notice: Notice | undefined;
  #noticeTimer: NodeJS.Timeout | undefined;
  #version = 0;
  readonly #listeners = new Set<() => void>();

  constructor(options: {
    readonly theme: Theme;
    readonly keymap: Keymap;
    readonly clock: () => number;
    readonly terminal: TerminalControl;
    readonly tools?: ToolBox | undefined;
    readonly shortReport?: ShortReport | undefined;
    readonly startRecording?: StartRecording | undefined;
    readonly startSharing?: StartSharing | undefined;
    readonly cutSlice?: CutSlice | undefined;
    readonly own?: OwnSettings | undefined;
    readonly redaction?: ScreenRedaction | undefined;
  }) {
    this.#theme = options.theme;
    this.keymap = options.keymap;
    this.clock = options.clock;
    this.terminal = options.terminal;
    this.tools = options.tools;
    this.shortReport = options.shortReport;
    this.startRecording = options.startRecording;
    this.startSharing = options.startSharing;
    this.cutSlice = options.cutSlice;
    this.own = options.own ?? noSettings;
    this.redaction = options.redaction ?? new ScreenRedaction();
    this.layers = new Layers(this.changed);
  }

  readonly subscribe = (listen: () => void): (() => void) => {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  };

  readonly version = (): number => this.#version;

  readonly changed = (): void => {
    this.#version++;
    for (const listen of this.#listeners) listen();
  };

  get theme(): Theme {
    return this.#theme;
  }

  /** Draws with another theme from the next frame. */
  useTheme(theme: Theme): void {
    this.#theme = theme;
    if (this.watch) this.watch.theme = theme;
    this.changed();
  }

  get notice(): Notice | undefined {
    return this.#notice;
  }

  /** Shows a notice until a timeout or the next key. */
  notify(text: string, viewerName?: string): void {
    clearTimeout(this.#noticeTimer);
    this.#notice = { text, viewerName };
    this.#noticeTimer = setTimeout(() => {
      this.#notice = undefined;
      this.changed();
    }, NOTICE_MS);
    this.changed();
  }

  /** Ends the notice: what it is about is done. */
  endNotice(): void {
    clearTimeout(this.#noticeTimer);
    this.#notice = undefined;
  }

  /** Size of a tool's terminal. */
  terminalSize(): Size {
    return terminalSize(this.size, this.presenting !== undefined);
  }

  /** Surface that keys act on: the topmost page, else the tab. */
  get surface(): Surface | undefined {
    return this.layers.page?.surface ?? this.watch?.surface;
  }

  /** Prompter of the connection; its questions open dialogs. */
  readonly prompter: Prompter = {
    secret: (question) => askSecret(this.layers, question, this.changed),
    confirm: (question) => askConfirm(this.layers, question),
    notify: (line) => {
      if (this.connecting) {
        this.connecting = { ...this.connecting, messages: [...this.connecting.messages, plain(line)].slice(-50) };
        this.changed();
      } else this.notify(line);
    },
  };

  /** Handles one event of the keyboard or the mouse; the next frame shows the change, with or without new data. */
  handle(given: InputEvent): void {
    this.#notice = undefined;
    const { top } = this.layers;
    if (top?.kind === 'terminal') return;
    const event = this.tour ? tourInput(this, given) : given;
    if (!event) this.changed();
    else this.#take(event, top);
  }

  #take(event: InputEvent, top: Layer | undefined): void {
    if (event.kind === 'click' || event.kind === 'wheel') this.#mouse(event);
    else if (top?.kind === 'box' || top?.kind === 'line') {
      if (event.kind === 'key' && event.text === '' && this.keymap.byKey.get(event.name) === 'leave') this.#leave(top);
      else top.key(event);
    } else if (event.kind === 'key') this.#key(event.name);
    this.changed();
  }

  /** Whether an action applies now. */
  applies(when: When): boolean {
    const section = this.surface?.focused();
    const table = section?.kind === 'table' ? section : undefined;
    switch (when) {
      case 'always':
        return true;
      case 'table':
        return table !== undefined;
      case 'found':
        return table && this.surface
          ? tableViewOf(this.surface.view, table.id).filter !== ''
          : this.surface?.view.find !== undefined;
      case 'tree':
        return table?.parent !== undefined || table?.groups !== undefined;
      case 'row':
        return table
          ? this.surface?.selected(this.theme) !== undefined
          : section !== undefined && this.surface?.onEnter !== undefined;
      case 'process':
        return (
          this.tools !== undefined &&
          this.watch?.session.live !== undefined &&
          !this.watch.session.live.readOnly &&
          this.surface?.selectedProcess(this.theme) !== undefined
        );
      case 'finding':
        return selectedFinding(this) !== undefined;
      case 'live':
        return this.watch !== undefined && this.watch.session.replay === undefined;
      case 'attachable':
        return this.watch?.session.live !== undefined && !this.watch.session.live.readOnly;
      case 'markable':
        return this.watch?.session.mark !== undefined;
      case 'shareable':
        return this.startSharing !== undefined;
      case 'recording':
        return this.recording !== undefined && this.recording.state().problem === undefined;
      case 'replay':
        return this.watch?.session.replay !== undefined;
      case 'locked':
        return isLocked(this);
    }
  }

  /** `key` is the pressed one. */
  act(id: ActionId, key = ''): void {
    act(this, id, key);
  }

  /** Cancels dialogs; resolves when a running tool has detached from its process. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.#noticeTimer);
    this.waiting?.stop();
    const { all } = this.layers;
    this.layers.clear();
    await Promise.allSettled(all.flatMap((layer) => (layer.kind === 'terminal' ? [layer.session.end()] : [])));
  }

  /** Leave key in a dialog: closes it; while connecting it quits. */
  #leave(layer: BoxLayer | LineLayer): void {
    if (!this.watch) this.terminal.quit();
    else if (layer.kind === 'box' && layer.leave) layer.leave();
    else layer.cancel();
  }

  #key(name: string): void {
    const id = actionOf(this.keymap, name, this.surface?.focused()?.kind === 'lines');
    if (id === undefined) {
      commandByKey(this, name);
      return;
    }
    if (!this.watch && !WITHOUT_HOST.has(id)) return;
    const action = this.keymap.actions.find((candidate) => candidate.id === id);
    if (!action) return;
    beforeKey(this, name, action);
    if (this.applies(action.when)) {
      this.act(id, name);
      return;
    }
    const reason = `${action.title}: ${this.#notNow(action.when)}`;
    if (action.typed) refuseTyping(this.layers, reason);
    else this.notify(reason);
  }

  #notNow(when: When): string {
    const live = this.watch?.session.live;
    if ((when === 'process' || when === 'attachable') && live?.readOnly) return 'this session is read-only';
    if (when === 'locked' && live) return 'root is already open';
    if (when === 'locked' && this.fleet) return 'each connected host has root';
    if (ROW_WHEN.has(when) && isRowGone(this.surface, this.theme)) return ROW_GONE;
    const hasTable = this.surface?.sections().some(({ kind }) => kind === 'table');
    return when === 'table' && !hasTable ? 'needs a table; this page has none' : NOT_NOW[when];
  }

  #mouse(event: Extract<InputEvent, { kind: 'click' | 'wheel' }>): void {
    const { hits } = this;
    const { top } = this.layers;
    if (!hits) return;
    if (top?.kind === 'box') {
      const { box } = hits;
      if (event.kind === 'wheel') top.key(event);
      else if (
        box &&
        event.x >= box.x &&
        event.x < box.x + box.columns &&
        event.y >= box.y &&
        event.y < box.y + box.rows
      )
        top.click?.(event.y - box.y);
      return;
    }
    if (top?.kind === 'line') return;
    if (event.kind === 'click' && event.y === hits.bodyTop - 1) {
      const tab = hits.tabs.find(({ from, to }) => event.x >= from && event.x < to);
      if (!this.layers.page) openTab(this, tab?.id);
      return;
    }
    const time = event.kind === 'click' && event.y === this.size.rows - 2 ? hits.timeAt?.(event.x) : undefined;
    if (time !== undefined) void this.watch?.time.go(time);
    else this.#mouseOnBody(event, hits.bodyTop);
  }

  #mouseOnBody(event: Extract<InputEvent, { kind: 'click' | 'wheel' }>, bodyTop: number): void {
    const { surface } = this;
    const y = event.y - bodyTop;
    const hit = surface?.drawn?.sections.find(
      (box) => event.x >= box.x && event.x < box.x + box.columns && y >= box.y && y < box.y + box.rows,
    );
    if (!surface || !hit) return;
    const again = surface.focused()?.id === hit.id;
    surface.view = { ...surface.view, focus: hit.id };
    if (event.kind === 'wheel') {
      move(surface, event.rows * 3, this.theme);
      return;
    }
    const head = hit.heads.find(({ from, to }) => event.x - hit.x - 1 >= from && event.x - hit.x - 1 < to);
    if (y === hit.y + 1 && head) {
      sortByHead(surface, head.column);
      return;
    }
    // Frame and header lie above the first row.
    const at = y - hit.y - 2;
    const key = hit.keys[at];
    if (key === undefined) {
      if (again && surface.onEnter) surface.onEnter(hit.id);
      return;
    }
    const view = tableViewOf(surface.view, hit.id);
    if (again && view.selectedKey === key && surface.pointed(this.theme)?.key === key) this.act('detail');
    else
      surface.view = withTable(surface.view, hit.id, {
        selectedKey: key,
        selectedIndex: hit.from + at,
        scroll: hit.from,
      });
  }
}

/** Actions that work without a session. */
const WITHOUT_HOST: ReadonlySet<ActionId> = new Set(['quit', 'leave', 'redraw', 'present']);
