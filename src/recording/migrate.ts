import { FORMAT_VERSION, type RecordingEvent } from './events.ts';

type Line = Readonly<Record<string, unknown>>;

/** Converters from each version to the next, one line of JSON each. A new version adds a step here and an old file to the tests. */
const steps: ReadonlyMap<number, (line: Line) => Line> = new Map();

/** Converter of lines of a version to events; undefined for a version of a newer crashcart. */
export function migration(version: number): ((line: Line) => RecordingEvent) | undefined {
  if (version > FORMAT_VERSION || version < 1) return undefined;
  return (line) => {
    let event = line;
    for (let from = version; from < FORMAT_VERSION; from++) event = steps.get(from)?.(event) ?? event;
    // The reader checks the fields that it uses and skips unknown events.
    return event as unknown as RecordingEvent;
  };
}
