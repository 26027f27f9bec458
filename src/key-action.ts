/**
 * Actions with their keys: source of help, footer, palette and docs/KEYS.md. The config file rebinds an action by its id.
 * A key that is not listed does nothing.
 */
export type Group = 'Move' | 'Table' | 'Details' | 'Time' | 'Tools' | 'Session';

/** Condition under which an action applies. */
export type When =
  | 'always'
  /** The focused section is a table. */
  | 'table'
  /** A text is searched. */
  | 'found'
  /** The focused table has a tree or groups. */
  | 'tree'
  /** A row (or a finding) is selected. */
  | 'row'
  /** The selected row is a process of a live host. */
  | 'process'
  /** A finding is selected, or its detail is open. */
  | 'finding'
  /** The host is live. */
  | 'live'
  /** The host is live, and tools may be attached to it. */
  | 'attachable'
  /** The session takes markers and notes. */
  | 'markable'
  /** The program can listen for viewers. */
  | 'shareable'
  /** A recording runs. */
  | 'recording'
  /** The host is a recording. */
  | 'replay'
  /** Root is not open. */
  | 'locked';

export interface Action {
  readonly id: string;
  /** Key names; the first is shown. */
  readonly keys: readonly string[];
  /** Further keys in a section of text, where they have no row to act on. */
  readonly textKeys?: readonly string[];
  /** Further names in the palette. */
  readonly names?: readonly string[];
  /** One or two words for the footer. */
  readonly title: string;
  /** One sentence for help and docs. */
  readonly about: string;
  readonly group: Group;
  readonly when: When;
  /** Changes or ends the session: the palette matches its title only and ranks it last. */
  readonly changesSession?: boolean;
  /** Text input follows the key: where the action does not apply, the text is discarded and does not act as keys. */
  readonly typed?: boolean;
  /** Position in the footer, lowest first; undefined: not in the footer. */
  readonly footer?: number;
}
