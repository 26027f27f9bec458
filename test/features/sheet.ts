import type { FeatureRow, FeatureState } from './feature.ts';
import { featureRows } from './rows.ts';

const STATES: readonly FeatureState[] = ['full', 'part', 'no'];

/** Number of rows by state: `95 full, 11 in part, 4 not`. */
export const countsOf = (rows: readonly FeatureRow[]): string => {
  const [complete, some, none] = STATES.map((state) => rows.filter((row) => row.state === state).length);
  return `${complete} full, ${some} in part, ${none} not`;
};

/** A page in docs is one folder below the paths of a row. */
const link = (path: string): string => `[${path.replace(/^(?:src|test|docs)\//, '')}](../${path})`;

const links = (paths: readonly string[]): string => (paths.length === 0 ? '—' : paths.map(link).join(', '));

const cells = ({ number, feature, state, source, shown, missing }: FeatureRow): string =>
  `| ${number} | ${feature} | ${state} | ${links(source)} | ${links(shown)} | ${missing ?? ''} |`;

/** docs/FEATURES.md: the rows by group, and their counts. */
export const featuresSheet = (): string =>
  [
    '# Features',
    '',
    '110 things that an engineer looks at on a call or needs for it, whether some tool has them or none, and what of each is here.',
    'Generated from [test/features](../test/features), whose test checks that every file named exists. A row is `full` only where all that it',
    'names is there and shown by a test or a picture of the screen.',
    '',
    `**${featureRows.length} rows: ${countsOf(featureRows)}.**`,
    ...[...Map.groupBy(featureRows, ({ group }) => group)].flatMap(([group, rows]) => [
      '',
      `## ${group}`,
      '',
      `${countsOf(rows)}.`,
      '',
      '| # | feature | state | source | shown by | missing |',
      '|---|---|---|---|---|---|',
      ...rows.map(cells),
    ]),
    '',
  ].join('\n');
