import { FORMAT_VERSION, type RecordingEvent } from './events.ts';

type Line = Readonly<Record<string, unknown>>;

/** From each old version to the next: one line of JSON in, one out. A new version adds its step and an old file to the tests. */
const steps: ReadonlyMap<number, (line: Line) => Line> = new Map();

/** Lines of a segment of that version as events of ours. Undefined when there is no way: it was made by a newer crashcart. */
export function migration(version: number): ((line: Line) => RecordingEvent) | undefined {
  if (version > FORMAT_VERSION || version < 1) return undefined;
  return (line) => {
    let event = line;
    for (let from = version; from < FORMAT_VERSION; from++) event = steps.get(from)?.(event) ?? event;
    // The reader checks the fields that it uses; unknown events are passed over by their name.
    return event as unknown as RecordingEvent;
  };
}
