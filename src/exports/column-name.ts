import type { Column, Unit } from '../panes/pane.ts';

/** Units as words of a name. */
const WORDS: Readonly<Record<Unit, string>> = {
  number: '',
  bytes: 'bytes',
  KiB: 'kib',
  percent: 'percent',
  ms: 'ms',
  s: 'seconds',
  'Mbit/s': 'mbit_per_second',
};

/** `rxBytes` → `rx_bytes`, `masks hit/pkt` → `masks_hit_pkt`. */
export const snakeCase = (text: string): string =>
  text
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, '_')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '_')
    .replaceAll(/^_|_$/g, '');

/** Whether a figure is per second, by its title. */
export const isRate = ({ title }: Pick<Column<never>, 'title'>): boolean => /\/s$/i.test(title);

/** Name of a column with its unit, for programs: `util_percent`, `rx_bytes_per_second`, `command`. */
export function columnName(column: Pick<Column<never>, 'id' | 'title' | 'unit'>): string {
  const { id, unit } = column;
  const plain = snakeCase(id);
  if (unit === undefined) return plain;
  const stem = plain.replace(/_(?:pct|ms|bytes|kib)$/, '');
  const word = WORDS[unit];
  const named = word === '' || stem.endsWith(word) ? stem : `${stem}_${word}`;
  // `pps` and `bps` are rates by name.
  return isRate(column) && !named.endsWith('ps') ? `${named}_per_second` : named;
}
