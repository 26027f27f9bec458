import { FORMAT_VERSION } from './events.ts';

/** Value of a line of JSON, before `decodeEvent` has checked it. */
export type Line = Readonly<Record<string, unknown>>;

/** Converters from each version to the next, one line of JSON each. A new version adds a step here and an old file to the tests. */
const steps: ReadonlyMap<number, (line: Line) => Line> = new Map();

/** Converter of lines of a version to the present one; undefined for a version of a newer crashcart. */
export function migration(version: number): ((line: Line) => Line) | undefined {
  if (version > FORMAT_VERSION || version < 1) return undefined;
  return (line) => {
    let converted = line;
    for (let from = version; from < FORMAT_VERSION; from++) converted = steps.get(from)?.(converted) ?? converted;
    return converted;
  };
}
