import type { PaneView } from '../ui/pane-view.ts';

/** Tab that was left. */
export interface Visit {
  readonly tab: string;
  /** Its view then, with filter, scroll and the selected row; undefined: the view that it has. */
  readonly view?: PaneView;
  /** Name of the row's object, or title of the tab. */
  readonly name: string;
  /** Left by `f`: a crumb of the path. */
  readonly walked: boolean;
}

/** Steps back that are kept. */
const MAX_STEPS = 50;

/** Way back: tabs and rows that were left, newest last. */
export class Trail {
  #visits: readonly Visit[] = [];

  push(visit: Visit): void {
    this.#visits = [...this.#visits, visit].slice(-MAX_STEPS);
  }

  pop(): Visit | undefined {
    const last = this.#visits.at(-1);
    this.#visits = this.#visits.slice(0, -1);
    return last;
  }

  clear(): void {
    this.#visits = [];
  }

  /** Names along the last walk by `f`, start first, without the present row; empty without a walk. */
  crumbs(): readonly string[] {
    const start = this.#visits.findLastIndex(({ walked }) => !walked) + 1;
    return this.#visits.slice(start).map(({ name }) => name);
  }
}
