import { it } from 'vitest';
import type { Console } from './console.ts';
import { lab, type LabName } from './lab.ts';

/** Fault of a lab, the line of the Overview that names it, and a pane with the row that shows it. */
export type NamedFault = readonly [fault: string, line: RegExp, shown?: readonly [pane: string, row: RegExp]];

interface NamingOptions {
  /** Longest time from the fault to the line. Default: 60 s. */
  readonly namedMs?: number;
  /** Number of lines of the Overview's incidents among which the line must be. Default: any. */
  readonly among?: number;
}

/** Tests that the Overview names each fault; the time from the fault to the line is printed. */
export const namesFaults = (
  name: LabName,
  screen: () => Console,
  faults: readonly NamedFault[],
  { namedMs = 60_000, among }: NamingOptions = {},
): void => {
  const cases = faults.map(([fault, line, shown]) => ({ fault, line, shown }));
  it.each(cases)(
    'Overview names the fault $fault',
    { timeout: 2 * namedMs + 30_000 },
    async ({ fault, line, shown }) => {
      await lab(name, 'break', fault);
      try {
        const startMs = performance.now();
        await screen().go('Overview');
        await screen().until(among === undefined ? line : amongFirst(line, among), namedMs);
        console.log(`${fault}: named after ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
        if (shown === undefined) return;
        const [pane, row] = shown;
        await screen().go(pane);
        await screen().until(row, namedMs);
      } finally {
        await lab(name, 'repair', fault);
      }
    },
  );
};

/** A line among the first ones of the table of incidents. */
const amongFirst = (line: RegExp, count: number): RegExp =>
  new RegExp(String.raw`LEVEL.*\n(?:.*\n){0,${count - 1}}.*(?:${line.source})`);
