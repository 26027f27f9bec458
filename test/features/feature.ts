/** State of a feature: complete as its row names it, in part, or not there. */
export type FeatureState = 'full' | 'part' | 'no';

/** Feature that an engineer expects of a triage tool, with what shows it here. */
export interface FeatureRow {
  readonly number: number;
  readonly group: string;
  readonly feature: string;
  readonly state: FeatureState;
  /** Files or folders of the program that have it. */
  readonly source: readonly string[];
  /** Tests and pictures of the screen that show it. */
  readonly shown: readonly string[];
  /** What is not there; undefined where nothing is missing. */
  readonly missing: string | undefined;
}

/** Rows of a group without their group, which stands once. */
type OwnRow = Omit<FeatureRow, 'group'>;

export const inGroup = (group: string, ...rows: readonly OwnRow[]): readonly FeatureRow[] =>
  rows.map((row) => ({ ...row, group }));

/** `source` and `shown` are paths with blanks between. */
const paths = (text: string): readonly string[] => text.split(' ');

/** A feature that is complete. */
export const full = (number: number, feature: string, source: string, shown: string): OwnRow => ({
  number,
  feature,
  state: 'full',
  source: paths(source),
  shown: paths(shown),
  missing: undefined,
});

/** A feature that is there in part. */
export const part = (number: number, feature: string, source: string, shown: string, missing: string): OwnRow => ({
  number,
  feature,
  state: 'part',
  source: paths(source),
  shown: paths(shown),
  missing,
});

/** A feature that is not there. */
export const no = (number: number, feature: string, missing: string): OwnRow => ({
  number,
  feature,
  state: 'no',
  source: [],
  shown: [],
  missing,
});
