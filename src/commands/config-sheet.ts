import { configTables, exampleConfig, type TableEntry } from '../config/settings-list.ts';

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

const tableOf = ({ head, about, settings }: TableEntry): readonly string[] => [
  '',
  `## ${head === '' ? 'Before the first table' : `\`${head}\``}`,
  '',
  about,
  '',
  '| setting | example | meaning |',
  '|---|---|---|',
  ...settings.map(({ key, example, about: words }) => `| \`${key}\` | \`${cell(example)}\` | ${cell(words)} |`),
];

/** docs/CONFIG.md: every setting, from the data of the example. */
export const configSheet = (): string =>
  [
    '# Config',
    '',
    'Generated from the program. `crashcart config --example` prints a file with all settings as comments, `--path` where it is read',
    'from (`$XDG_CONFIG_HOME/crashcart/config.toml`, or `--config FILE`), `--check` what is wrong in it, with the line.',
    '',
    'crashcart never writes that file. `Y` (or `:save`) saves the panes as they are (order, hidden ones, columns, sort, filters, layout) to',
    '`panes.toml` beside it, mode 0600; settings of `config.toml` go before those. `C` orders and hides columns, `L` panes.',
    ...configTables.flatMap(tableOf),
    '',
    '## Conditions',
    '',
    '`FIGURE OPERATOR NUMBER UNIT [for TIME]`: `osd.1 commit > 200 ms for 3 s`. A figure is an object and a column, as on the screen, in any',
    'case: `osd.1 commit`, `sda await` (each column with that word), `eth0 drops`, `pid 123 cpu`, `default/web-1 restarts`; a figure of the host',
    'by its name: `load 1 min`, `PSI memory full`. A word for a table names all of its rows: `osd commit`, `disk util`, `pod restarts`. The name of a',
    'pane before it chooses the pane: `ovs main thread load`.',
    '',
    'Operators: `>`, `>=`, `<`, `<=`, `=`, `!=`. Units: `ns`, `us`, `ms`, `s`, `min`, `h`; `B`, `KiB`, `MiB`, `GiB`, `TiB`, `kB`, `MB`, `GB`, `TB`; `%`; `k`, `M`, `G`, `T`',
    '(of bytes in binary steps, as on the screen); rates may have `/s`. With `for` every reading of that time must be beyond the limit,',
    'up to 15 minutes; 30 s without a reading (of a slow source three of its periods), or a reading without a value, start it again.',
    '',
    '## Example',
    '',
    '```toml',
    exampleConfig().trimEnd(),
    '```',
    '',
  ].join('\n');
