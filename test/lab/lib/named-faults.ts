import { it } from 'vitest';
import type { Console } from './console.ts';
import { lab, type LabName } from './lab.ts';

/** Fault of a lab, and the line of the Overview that names it. */
export type NamedFault = readonly [fault: string, line: RegExp];

/** Tests that the Overview names each fault; the time from the fault to the line is printed. */
export const namesFaults = (
  name: LabName,
  screen: () => Console,
  faults: readonly NamedFault[],
  namedMs = 60_000,
): void => {
  it.each(faults)('Overview names the fault %s', { timeout: namedMs + 30_000 }, async (fault, line) => {
    await lab(name, 'break', fault);
    try {
      const startMs = performance.now();
      await screen().go('Overview');
      await screen().until(line, namedMs);
      console.log(`${fault}: named after ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
    } finally {
      await lab(name, 'repair', fault);
    }
  });
};
