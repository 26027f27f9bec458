import { lines } from '../lib/lines.ts';
import { logClock, NEWEST_LINE } from '../lib/log-time.ts';

/** End of a log that is read. */
export const LOG_TAIL_BYTES = 64 * 1024;

/** Times, objects and characters that are kept of the lines of one pattern. */
const MOST_TIMES = 500;
const MOST_OBJECTS = 20;
const MOST_CHARACTERS = 400;
/** Length of a line up to which it is matched. */
const LONGEST_LINE = 1000;

/** Patterns of single log lines by id. The first group that matches is the object: a disk, a bridge, an OSD. */
export type LogPatterns<Id extends string = string> = Readonly<Record<Id, RegExp>>;

/** Lines that a pattern matches, in all files that were read for it. */
export interface LogHits {
  readonly count: number;
  /** Lines by object, or what they count (group `number`), in order of their first one. */
  readonly objects: ReadonlyMap<string, number>;
  /** Times of the newest lines, oldest first; lines without a year in their time have none. */
  readonly epochSeconds: readonly number[];
  /** Stamp of the kernel in the newest line, seconds since boot. */
  readonly kernelSeconds: number | undefined;
  readonly lastLine: string;
  /** File of the newest line, or the command that printed it. */
  readonly path: string;
}

/** Hits by pattern, of the ends of logs that were read. */
export interface LogSample<Id extends string = string> {
  readonly paths: readonly string[];
  readonly hits: ReadonlyMap<Id, LogHits>;
}

/** A log that was read; `owner` is the object of lines that name none. */
export interface LogText {
  readonly path: string;
  readonly text: string | undefined;
  readonly owner?: string | undefined;
}

/** Lines of logs that patterns match; undefined where no log was read. The first pattern that matches a line has it. */
export function logSample<Id extends string>(
  patterns: LogPatterns<Id>,
  logs: Iterable<LogText>,
): LogSample<Id> | undefined {
  const byId = Object.entries(patterns) as [Id, RegExp][];
  const hits = new Map<Id, LogHits>();
  const paths: string[] = [];
  for (const { path, text, owner } of logs) {
    if (text === undefined) continue;
    paths.push(path);
    const all = lines(text);
    const clock = logClock(all[0]);
    for (const whole of NEWEST_LINE.test(all[0] ?? '') ? all.slice(1) : all) {
      const line = whole.slice(0, LONGEST_LINE);
      for (const [id, pattern] of byId) {
        const found = pattern.exec(line);
        if (!found) continue;
        hits.set(
          id,
          withLine(hits.get(id), {
            line,
            path,
            object: objectOf(found) ?? owner,
            number: Number(found.groups?.['number'] ?? 1),
            at: clock(line),
          }),
        );
        break;
      }
    }
  }
  return paths.length === 0 ? undefined : { paths, hits };
}

const objectOf = (found: RegExpExecArray): string | undefined =>
  found.slice(1).find((group) => group !== undefined && group !== '');

interface Hit {
  readonly line: string;
  readonly path: string;
  readonly object: string | undefined;
  /** What the line counts. */
  readonly number: number;
  readonly at: number | undefined;
}

function withLine(before: LogHits | undefined, { line, path, object, number, at }: Hit): LogHits {
  const objects = new Map(before?.objects);
  if (object !== undefined && (objects.has(object) || objects.size < MOST_OBJECTS))
    objects.set(object, (objects.get(object) ?? 0) + number);
  const stamp = /\[ {0,9}(\d{1,10}\.\d{6})\]/.exec(line)?.[1];
  const times = [...(before?.epochSeconds ?? []), ...(at === undefined ? [] : [at])];
  return {
    count: (before?.count ?? 0) + 1,
    objects,
    epochSeconds: times.toSorted((a, b) => a - b).slice(-MOST_TIMES),
    kernelSeconds: stamp === undefined ? before?.kernelSeconds : Number(stamp),
    lastLine: line.slice(0, MOST_CHARACTERS),
    path,
  };
}
