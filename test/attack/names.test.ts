import { expect, test } from 'vitest';
import type { ProcessTexts } from '../../src/host/host.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { processesPane } from '../../src/panes/processes/pane.ts';
import type { cpuTopology } from '../../src/sources/machine/cpu-topology.ts';
import { processes } from '../../src/sources/processes/processes.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import type { SampleOf } from '../../src/sources/source.ts';
import { users } from '../../src/sources/processes/users.ts';
import { makeTheme } from '../../src/theme.ts';
import { drawPane } from '../../src/ui/draw-pane.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { textWidth } from '../../src/lib/text-width.ts';
import { seen } from '../helpers/seen.ts';

/** What a customer's process may call itself. */
const hostile = [
  'x) Z 0\n1 (init',
  '\u001B[2J\u001B[H',
  '\u001B]52;c;ZXZpbA==\u0007',
  '\u001B]0;title\u001B\\',
  '\u009B31m',
  '\u001BP$qm\u001B\\',
  '\u202Egnp.exe',
  '\u2066a\u2069',
  'zero\u200Bwidth\uFEFF',
  '日本語',
  '🎉🇩🇪👩‍👩‍👧',
  'e\u0301\u0302\u0303',
  '\r\u0008\u007F\t',
  '\uD800',
  '\u0000',
  '─│╭',
];

const stat = (pid: number, command: string) =>
  `${pid} (${command}) ${Array.from({ length: 50 }, (_, index) => (index === 0 ? 'S' : index === 19 ? 5 : 0)).join(' ')}\n`;

test.each([
  [80, 24],
  [120, 40],
  [200, 60],
] as const)('hostile process, user and container names are harmless at %i x %i', (columns, rows) => {
  const table = new Map<number, ProcessTexts>(
    hostile.map((name, index) => [
      index + 2,
      {
        pid: index + 2,
        stat: stat(index + 2, name),
        cmdline: `${name}\0${name}`,
        cgroup: `0::/lxc.payload.${name.replaceAll(/[\n/]/g, '')}`,
        status: `Uid:\t1000\nCpus_allowed_list:\t${name}\n`,
        wchan: name,
      },
    ]),
  );
  const moment = {
    ...new Timeline().moment(processesPane.needs, 0),
    processes: seen(undefined, processes.parse({ table }), 1),
    users: seen(undefined, users.parse({ passwd: `${hostile[1]}:x:1000:` }), 1),
    cpuTopology: seen<SampleOf<typeof cpuTopology>>(undefined, undefined, 1),
  };
  const { lines } = drawPane(
    processesPane,
    processesPane.model(moment),
    plainPaneView,
    { columns, rows },
    makeTheme({ colour: true, ascii: false }),
  );
  expect(lines).toHaveLength(rows);
  for (const line of lines) {
    expect(textWidth(line)).toBe(columns);
    expect(unstyled(line)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{M}]/u);
    // Only SGR sequences of the screen, no other escape sequence.
    expect(line.replaceAll(/\u001B\[[0-9;]*m/g, '')).not.toContain('\u001B');
  }
});
