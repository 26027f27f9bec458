import type { Theme } from '../theme.ts';
import type { Size } from '../ui/table.ts';
import type { TerminalSession } from '../ui/terminal/terminal-session.ts';
import type { InputEvent } from './key-parser.ts';
import type { Surface } from './surface.ts';

/** Dialog over the screen; takes every key. */
export interface BoxLayer {
  readonly kind: 'box';
  /** Framed lines within the size of the screen. */
  readonly draw: (screen: Size, theme: Theme) => readonly string[];
  readonly key: (event: InputEvent) => void;
  /** Handles a click on a line of the box. */
  readonly click?: (line: number) => void;
  /** Closes it without an answer. */
  readonly cancel: () => void;
  /** Answer of the leave key. Default: that of `cancel`. */
  readonly leave?: () => void;
}

/** Input line in place of the footer: the filter. */
export interface LineLayer {
  readonly kind: 'line';
  readonly draw: (columns: number, theme: Theme) => string;
  readonly key: (event: InputEvent) => void;
  readonly cancel: () => void;
}

/** Page in place of the pane: detail, raw readings, help. Keys act on it as on a pane. */
export interface PageLayer {
  readonly kind: 'page';
  readonly surface: Surface;
  /** Called once on closing. */
  readonly onClose?: () => void;
  /** The leave key closes it: a second Ctrl-C may be meant for the tool that has just ended. */
  readonly closesOnLeave?: boolean;
}

/** Terminal of a running tool, which has the raw keyboard. */
export interface TerminalLayer {
  readonly kind: 'terminal';
  readonly session: TerminalSession;
}

export type Layer = BoxLayer | LineLayer | PageLayer | TerminalLayer;

/** Stack of layers over the panes, topmost last. */
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

  /** Topmost page, below dialogs: keys act on it. */
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

  /** Closes all layers; dialogs are cancelled. */
  clear(): void {
    for (const layer of this.#all.toReversed()) {
      if (layer.kind === 'box' || layer.kind === 'line') layer.cancel();
      this.remove(layer);
    }
  }
}
