import type { When } from '../keymap.ts';

/** Why an action does not apply now. */
export const NOT_NOW: Readonly<Record<When, string>> = {
  always: '',
  table: 'needs a table; tab goes to the next section',
  found: 'nothing searched yet: / searches',
  tree: 'needs a table with a tree or groups',
  row: 'needs a selected row',
  process: 'needs a selected process of a live host',
  finding: 'needs a selected finding: open the Overview',
  live: 'needs a live host, not a replay',
  attachable: 'needs a live host, not a recording',
  markable: 'this session takes none',
  shareable: 'this screen cannot be shared',
  recording: 'needs a recording: R starts one',
  replay: 'needs a replay of a recording',
  locked: 'needs a live host, not a replay',
};
