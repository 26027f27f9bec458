import type { Theme } from '../theme.ts';
import type { Size } from '../ui/table.ts';
import type { TerminalSession } from '../ui/terminal/terminal-session.ts';
import type { InputEvent } from './key-parser.ts';
import type { Surface } from './surface.ts';

/** A question or a message in a box over the screen; takes every key. */
export interface BoxLayer {
  readonly kind: 'box';
  /** Framed lines, at most as many and as wide as the screen. */
  readonly draw: (screen: Size, theme: Theme) => readonly string[];
  readonly key: (event: InputEvent) => void;
  /** A click on a line of the box. */
  readonly click?: (line: number) => void;
  /** Answers with nothing: the person gave up, or the program ends. */
  readonly cancel: () => void;
}

/** One line in the place of the footer, typed into: the filter. */
export interface LineLayer {
  readonly kind: 'line';
  readonly draw: (columns: number, theme: Theme) => string;
  readonly key: (event: InputEvent) => void;
  readonly cancel: () => void;
}

/** Sections in the place of the pane: a detail, raw readings, help. Keys act on it as on a pane. */
export interface PageLayer {
  readonly kind: 'page';
  readonly surface: Surface;
  /** Called once when it is closed. */
  readonly onClose?: () => void;
}

/** A tool's terminal: it has the raw keyboard while it is at work; what it printed stays to be read when it is over. */
export interface TerminalLayer {
  readonly kind: 'terminal';
  readonly session: TerminalSession;
  readonly isOver: () => boolean;
  /** Keys when it is over. */
  readonly key: (event: InputEvent) => void;
}

export type Layer = BoxLayer | LineLayer | PageLayer | TerminalLayer;

/** What lies over the panes, topmost last. */
export class Layers {
  #all: readonly Layer[] = [];
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get all(): readonly Layer[] {
    return this.#all;
  }

  get top(): Layer | undefined {
    return this.#all.at(-1);
  }

  /** The page that keys act on, below dialogs. */
  get page(): PageLayer | undefined {
    return this.#all.findLast((layer) => layer.kind === 'page');
  }

  push(layer: Layer): void {
    this.#all = [...this.#all, layer];
    this.#changed();
  }

  remove(layer: Layer): void {
    if (!this.#all.includes(layer)) return;
    this.#all = this.#all.filter((other) => other !== layer);
    if (layer.kind === 'page') layer.onClose?.();
    this.#changed();
  }

  /** Closes everything, answering open questions with nothing. */
  clear(): void {
    for (const layer of this.#all.toReversed()) {
      if (layer.kind === 'box' || layer.kind === 'line') layer.cancel();
      this.remove(layer);
    }
  }
}
