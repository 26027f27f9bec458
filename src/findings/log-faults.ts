import { plain } from '../lib/plain.ts';
import { cut } from '../lib/text-width.ts';
import { count, plural, span } from '../lib/units.ts';
import type { LogHits, LogSample } from '../sources/log-hits.ts';
import type { Severity } from '../theme.ts';
import type { Seen } from '../timeline/moment.ts';
import type { EntityRef } from './entity-ref.ts';
import { onsetAgo, type Found } from './finding.ts';

/** What a pattern of a log is a sign of. */
export interface LogFault {
  readonly severity: Severity;
  /** Condition in the words of the log. */
  readonly condition: string;
  /** Object by the name in the line; undefined names the owner. */
  readonly entity: (object: string | undefined) => EntityRef;
  readonly next: string;
  /** Program of its lines, where a table has several; it is the subject, and objects are named in the sentence. */
  readonly owner?: string;
  /** Noun of what its lines count by object: each object is a finding, with its number. */
  readonly numbered?: string;
  /** Fewest lines within a day: of what is normal once. Default: 1. */
  readonly least?: number;
  /** Age up to which its last line belongs to a present fault: short for what is logged as long as it lasts. Default: 900. */
  readonly presentSeconds?: number;
}

/** Texts of all patterns of a log. */
export interface LogFaultTable<Id extends string> {
  /** Displayed where a line names no object: `kernel`, `ovs-vswitchd`. */
  readonly owner: string;
  readonly pane: string;
  readonly faults: Readonly<Record<Id, LogFault>>;
}

/** Lines within a day of the newest one are counted. */
const DAY_SECONDS = 86_400;
/** Age of the newest line above which it is history. */
const OLD_SECONDS = 7 * DAY_SECONDS;
/** Age up to which a line belongs to a present fault, where the log has its time; by default that of an event. */
const EVENT_SECONDS = 900;
/** Slack between the clock of the host and the engineer's. */
const CLOCK_SLACK_SECONDS = 120;
const MOST_NAMED = 3;
const LONGEST_NAME = 40;

/** Findings of a log: one for each pattern with enough lines within a day, the last within a week, or with lines that have no time. */
export function logFaults<Id extends string>(
  seen: Seen<LogSample<Id> | undefined>,
  { owner, pane, faults }: LogFaultTable<Id>,
): readonly Found[] {
  return [...(seen.now?.hits ?? [])].flatMap(([id, hits]): Found[] => {
    const fault = faults[id];
    const { number, ageSeconds, firstSeconds } = recentLines(seen, hits);
    if (number < (fault.least ?? 1) || (ageSeconds ?? 0) > OLD_SECONDS) return [];
    const objects = [...hits.objects.keys()].map(plain);
    const [first] = hits.objects.keys();
    const isPresent = ageSeconds !== undefined && ageSeconds <= (fault.presentSeconds ?? EVENT_SECONDS);
    const named = objects
      .map((object) => cut(object, LONGEST_NAME))
      .slice(0, MOST_NAMED)
      .join(', ');
    const list = ` (${named}${objects.length > MOST_NAMED ? ', …' : ''})`;
    const others = fault.owner === undefined && objects.length > 1 ? list : '';
    const last = fault.owner !== undefined && objects.length > 0 ? list : '';
    const log = hits.path.slice(hits.path.lastIndexOf('/') + 1);
    const age = ageSeconds === undefined ? '' : `, last ${span(ageSeconds)} ago`;
    const found: Found = {
      severity:
        (ageSeconds ?? 0) > DAY_SECONDS ? 'info' : !isPresent && fault.severity === 'crit' ? 'warn' : fault.severity,
      ...(fault.owner !== undefined
        ? { subject: fault.owner }
        : first === undefined
          ? { subject: owner, subjectVocabulary: 'fixed' as const }
          : { subject: plain(first) }),
      entity: fault.entity(first),
      condition: id,
      sentence: `${fault.condition}${others}, ${count(number)} in ${plain(log)}${age}${last}`,
      evidence: [
        { what: 'last line', value: plain(hits.lastLine), source: hits.path },
        { what: 'lines', value: count(hits.count), source: hits.path },
      ],
      next: fault.next,
      pane,
      ...onsetAgo(firstSeconds, hits.path),
      ...(isPresent ? { lastSecondsAgo: ageSeconds } : { past: { ageSeconds } }),
    };
    const noun = fault.numbered;
    if (noun === undefined) return [found];
    return [...hits.objects].map(([object, amount]) => ({
      ...found,
      subject: plain(object),
      entity: fault.entity(object),
      // The newest line is of one of several.
      sentence: `${plural(amount, noun)} ${fault.condition} in ${plain(log)}${hits.objects.size === 1 ? age : ''}`,
    }));
  });
}

interface RecentLines {
  readonly number: number;
  /** Age of the newest. */
  readonly ageSeconds: number | undefined;
  /** Age of the first of them. */
  readonly firstSeconds: number | undefined;
}

/** Lines within a day of the newest, and its age; without times all lines, of unknown age. */
export function recentLines(
  { history, ageMs }: Pick<Seen<unknown>, 'history' | 'ageMs'>,
  { count: lines, epochSeconds, kernelSeconds }: LogHits,
): RecentLines {
  const last = history.at(-1);
  const since = (then: number | undefined, now: number | undefined, slack = 1) => {
    const age = then === undefined || now === undefined ? -Infinity : now - then + (ageMs ?? 0) / 1000;
    return age < -slack ? undefined : Math.max(0, age);
  };
  const now = last && last.wallMs / 1000;
  const newest = epochSeconds.at(-1);
  const ageSeconds = newest === undefined ? since(kernelSeconds, last?.at) : since(newest, now, CLOCK_SLACK_SECONDS);
  if (newest === undefined) return { number: lines, ageSeconds, firstSeconds: undefined };
  const times = epochSeconds.filter((then) => then >= newest - DAY_SECONDS);
  return { number: times.length, ageSeconds, firstSeconds: since(times[0], now, CLOCK_SLACK_SECONDS) };
}
