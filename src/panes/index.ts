import type { AnyPane } from './pane.ts';

/** Every pane, in the order of the tabs. Add yours here. */
export const panes: readonly AnyPane[] = [];
