import type { Prompter } from '../host/prompter.ts';
import type { ActionId, Keymap, When } from '../keymap.ts';
import { plain } from '../lib/plain.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import type { Theme } from '../theme.ts';
import type { Size } from '../ui/table.ts';
import { tableViewOf, withTable } from '../ui/pane-view.ts';
import { act } from './actions.ts';
import { askConfirm, askSecret } from './dialogs.ts';
import { terminalSize } from './frame-lines.ts';
import type { InputEvent } from './key-parser.ts';
import { Layers } from './layer.ts';
import { beforeKey, type Presenting } from './presenting.ts';
import { refuseTyping } from './refuse-typing.ts';
import { isRowGone, ROW_GONE, ROW_WHEN } from './row-guard.ts';
import type { Surface } from './surface.ts';
import { move } from './surface-actions.ts';
import type { DrawnTabs } from './tabs.ts';
import type { RecordingControl, StartRecording } from './recording-flow.ts';
import type { ToolBox } from './tools-flow.ts';
import type { Watch } from './watch.ts';

/** How long a short word stands in place of the keys. */
const NOTICE_MS = 4000;

/** What the screen can do to the terminal besides being drawn. */
export interface TerminalControl {
  /** Text into the clipboard of the engineer's terminal. */
  readonly copy: (text: string) => void;
  /** Text into a new file of the current folder, for its owner alone; its path. Throws when it cannot be made. */
  readonly save: (name: string, text: string) => string;
  /** Draws everything afresh. */
  readonly redraw: () => void;
  /** Leaves the program. */
  readonly quit: () => void;
  /** The raw keyboard to a tool, until the leader key. */
  readonly capture: (input: (bytes: Uint8Array) => void, onLeader: () => void) => void;
  readonly release: () => void;
}

/** While there is no session yet: to whom, since when, and what was told. */
export interface Connecting {
  readonly target: string;
  readonly sinceMs: number;
  readonly told: readonly string[];
}

/** Where a click lands, as drawn last. */
export interface Hits {
  readonly tabs: DrawnTabs['spans'];
  readonly bodyTop: number;
  /** The time that a click on the line above the keys means. */
  readonly timeAt: ((x: number) => number | undefined) | undefined;
  readonly box: (Size & { readonly x: number; readonly y: number }) | undefined;
}

/** All that is on the screen, and what keys do to it. React draws it and knows nothing else. */
export class Screen {
  readonly theme: Theme;
  readonly keymap: Keymap;
  readonly clock: () => number;
  readonly terminal: TerminalControl;
  readonly tools: ToolBox | undefined;
  readonly startRecording: StartRecording | undefined;
  readonly veil: ScreenRedaction;
  /** Others see the screen too. */
  presenting: Presenting | undefined;
  /** The recording that is being made. */
  recording: RecordingControl | undefined;
  readonly layers: Layers;
  watch: Watch | undefined;
  connecting: Connecting | undefined;
  hits: Hits | undefined;
  /** Of the terminal, as drawn last. */
  size: Size = { columns: 80, rows: 24 };
  #notice: string | undefined;
  #noticeTimer: NodeJS.Timeout | undefined;
  #version = 0;
  readonly #listeners = new Set<() => void>();

  constructor(options: {
    readonly theme: Theme;
    readonly keymap: Keymap;
    readonly clock: () => number;
    readonly terminal: TerminalControl;
    readonly tools?: ToolBox | undefined;
    readonly startRecording?: StartRecording | undefined;
    readonly veil?: ScreenRedaction | undefined;
  }) {
    this.theme = options.theme;
    this.keymap = options.keymap;
    this.clock = options.clock;
    this.terminal = options.terminal;
    this.tools = options.tools;
    this.startRecording = options.startRecording;
    this.veil = options.veil ?? new ScreenRedaction();
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

  get notice(): string | undefined {
    return this.#notice;
  }

  /** A short word about what was just done; gone after a while or with the next key. */
  say(words: string): void {
    clearTimeout(this.#noticeTimer);
    this.#notice = words;
    this.#noticeTimer = setTimeout(() => {
      this.#notice = undefined;
      this.changed();
    }, NOTICE_MS);
    this.changed();
  }

  /** What a tool's terminal gets of the screen. */
  terminalSize(): Size {
    return terminalSize(this.size, this.presenting !== undefined);
  }

  /** What keys act on: the topmost page, else the tab. */
  get surface(): Surface | undefined {
    return this.layers.page?.surface ?? this.watch?.surface;
  }

  /** Questions of the connection, as dialogs over whatever is on the screen. */
  readonly prompter: Prompter = {
    secret: (question) => askSecret(this.layers, question, this.changed),
    confirm: (question) => askConfirm(this.layers, question),
    notify: (line) => {
      if (this.connecting) {
        this.connecting = { ...this.connecting, told: [...this.connecting.told, plain(line)].slice(-50) };
        this.changed();
      } else this.say(line);
    },
  };

  /** One event of the keyboard or the mouse. What it changes is on the screen with the next frame, data or no data. */
  handle(event: InputEvent): void {
    this.#notice = undefined;
    const { top } = this.layers;
    if (top?.kind === 'terminal') {
      if (top.isOver()) top.key(event);
    } else if (event.kind === 'click' || event.kind === 'wheel') this.#mouse(event);
    else if (top?.kind === 'box' || top?.kind === 'line') {
      if (event.kind === 'key' && event.text === '' && this.keymap.byKey.get(event.name) === 'leave')
        this.terminal.quit();
      else top.key(event);
    } else if (event.kind === 'key') this.#key(event.name);
    this.changed();
  }

  /** Whether an action means something now. */
  applies(when: When): boolean {
    const section = this.surface?.focused();
    const table = section?.kind === 'table' ? section : undefined;
    switch (when) {
      case 'always':
        return true;
      case 'table':
        return table !== undefined;
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
      case 'live':
        return this.watch?.session.mark !== undefined;
      case 'replay':
        return this.watch?.session.replay !== undefined;
      case 'locked': {
        const live = this.watch?.session.live;
        return live !== undefined && live.root().state !== 'root';
      }
    }
  }

  /** `place`: where the key stands in the action's list. */
  act(id: ActionId, place = 0): void {
    act(this, id, place);
  }

  /** Gives up open questions; resolves when a tool that is at work has let go of its process. */
  async stop(): Promise<void> {
    clearTimeout(this.#noticeTimer);
    const { all } = this.layers;
    this.layers.clear();
    await Promise.allSettled(
      all.flatMap((layer) => (layer.kind === 'terminal' && !layer.isOver() ? [layer.session.end()] : [])),
    );
  }

  #key(name: string): void {
    const id = this.keymap.byKey.get(name);
    if (id === undefined) return;
    if (!this.watch && !WITHOUT_HOST.has(id)) return;
    const action = this.keymap.actions.find((candidate) => candidate.id === id);
    if (!action) return;
    beforeKey(this, name, action);
    if (this.applies(action.when)) {
      this.act(id, action.keys.indexOf(name));
      return;
    }
    const reason = `${action.title}: ${this.#notNow(action.when)}`;
    if (action.typed) refuseTyping(this.layers, reason);
    else this.say(reason);
  }

  #notNow(when: When): string {
    const live = this.watch?.session.live;
    if (when === 'process' && live?.readOnly) return 'this session is read-only';
    if (when === 'locked' && live) return 'root is already open';
    if (ROW_WHEN.has(when) && isRowGone(this.surface, this.theme)) return ROW_GONE;
    const hasTable = this.surface?.sections().some(({ kind }) => kind === 'table');
    return when === 'table' && !hasTable ? 'works on a table; this page has none' : NOT_NOW[when];
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
      if (tab && !this.layers.page) this.watch?.open(tab.id);
      return;
    }
    const time = event.kind === 'click' && event.y === this.size.rows - 2 ? hits.timeAt?.(event.x) : undefined;
    if (time !== undefined) this.watch?.time.go(time);
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
    // Frame and header come before the first row.
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

/** What can be done before there is a session. */
const WITHOUT_HOST: ReadonlySet<ActionId> = new Set(['quit', 'leave', 'redraw', 'present']);

const NOT_NOW: Readonly<Record<When, string>> = {
  always: '',
  table: 'works on a table; tab goes to the next section',
  tree: 'works on a table whose rows have parents or groups',
  row: 'works on a selected row',
  process: 'works on a selected process of a live host',
  live: 'works on a live host, not in a recording',
  replay: 'works in the replay of a recording',
  locked: 'works on a live host, not in a recording',
};
