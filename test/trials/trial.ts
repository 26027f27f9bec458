import { setTimeout as sleep } from 'node:timers/promises';
import type { StandingFinding } from '../../src/collect/session.ts';
import { reachHost, watch } from '../../src/commands/reach.ts';
import { findingRank } from '../../src/findings/order.ts';
import { Explainer, type ExplainerOptions } from '../../src/incidents/explainer.ts';
import type { IncidentRow } from '../../src/incidents/incident-rows.ts';
import type { Look } from '../../src/incidents/observation.ts';
import { explainer, explainerOptions } from '../../src/subsystems/index.ts';
import { lab } from '../lab/lib/lab.ts';
import { ORDERS, type Order, type Outcome } from './report.ts';
import { rankByTool } from './tools.ts';
import type { TrialFault } from './trials.ts';

type Row = IncidentRow<StandingFinding>;
type Session = ReturnType<typeof watch>;

/** Time for the first reading of every source. */
const FIRST_MS = 20_000;
const REPAIR_MS = 15_000;

/** How a trial connects, and how long it watches. */
export interface TrialOptions {
  readonly seconds: number;
  /** Connects before the fault; else so long after it. */
  readonly before: boolean;
  readonly waitMs: number;
}

/** Explainers without one of their parts. */
const { lookedAt } = explainerOptions;
const withLook = (state: Look['state']): ExplainerOptions => ({
  ...explainerOptions,
  lookedAt:
    lookedAt &&
    ((findings, momentOf) => {
      const looked = lookedAt(findings, momentOf);
      return (rule, entity) => {
        const look = looked(rule, entity);
        return look.state === state ? { state: 'unknown' } : look;
      };
    }),
});
const EXPLAINERS: Readonly<Record<Exclude<Order, 'severity'>, typeof explainer>> = {
  incidents: explainer,
  'without dependencies': new Explainer({ ...explainerOptions, dependencies: [] }),
  'without exoneration': new Explainer(withLook('clear')),
  'without silent roots': new Explainer(withLook('unreadable')),
};

const connect = async (): Promise<Session> => {
  const reach = { target: undefined, ssh: {}, backend: undefined, budgetPct: 50, readOnly: true } as never;
  const prompter = { notify: () => undefined } as never;
  return watch(await reachHost(reach, prompter), 50);
};

/** Present incidents, culprit first. */
function incidentsOf(session: Session, by: typeof explainer = explainer): readonly Row[] {
  const nowMs = Date.now();
  const rows = by.rows(session.findings(), (needs) => session.timeline.moment(needs, nowMs), nowMs);
  return rows.filter(({ root }) => !root.past);
}

const names = ({ rule, subject }: StandingFinding, { roots }: TrialFault): boolean =>
  roots.some(([named, object]) => rule === named && object.test(subject));

/** Ranks of the faults among the lines; a further line that names a fault again (two containers of one fault) takes no rank. */
function ranksIn(lines: readonly StandingFinding[], faults: readonly TrialFault[]): readonly (number | undefined)[] {
  const named = new Set<TrialFault>();
  const counted = lines.filter((line) => {
    const of = faults.filter((one) => names(line, one));
    const isAgain = of.length > 0 && of.every((one) => named.has(one));
    for (const one of of) named.add(one);
    return !isAgain;
  });
  return faults.map((one) => {
    const rank = counted.findIndex((line) => names(line, one));
    return rank < 0 ? undefined : rank;
  });
}

/** Findings as lines in an order. */
function linesBy(order: Order, session: Session, calm: ReadonlySet<string>): readonly StandingFinding[] {
  const found =
    order === 'severity'
      ? session
          .findings()
          .filter(({ past }) => !past)
          .toSorted((a, b) => findingRank(a) - findingRank(b))
      : incidentsOf(session, EXPLAINERS[order]).map(({ root }) => root);
  return found.filter(({ key }) => !calm.has(key));
}

/** Breaks the labs, watches, repairs. `calm`: keys of findings that the calm labs show. */
export async function trial(
  faults: readonly TrialFault[],
  calm: ReadonlySet<string>,
  { seconds, before, waitMs }: TrialOptions,
): Promise<Outcome> {
  const breakAll = async () => {
    for (const one of faults) await change(one, 'break');
  };
  let session: Session | undefined;
  try {
    if (before) {
      session = await connect();
      await sleep(FIRST_MS);
      await breakAll();
    } else {
      await breakAll();
      await sleep(Math.max(waitMs, ...faults.map(({ afterSeconds = 0 }) => afterSeconds * 1000)));
    }
    const startMs = Date.now();
    const watchedMs =
      Math.max(seconds, ...(before ? faults.map(({ afterSeconds = 0 }) => afterSeconds + seconds) : [])) * 1000;
    session ??= await connect();
    let secondsToFirst: number | undefined;
    while (Date.now() - startMs < watchedMs) {
      await sleep(500);
      const found = ranksIn(linesBy('incidents', session, calm), faults).every(
        (rank) => (rank ?? Infinity) < faults.length,
      );
      if (found) secondsToFirst ??= (Date.now() - startMs) / 1000;
    }
    const watched = session;
    const lines = mapOrders((order) => linesBy(order, watched, calm));
    return {
      faults,
      ranks: mapOrders((order) => ranksIn(lines[order], faults)),
      lines: mapOrders((order) => lines[order].length),
      byTool: await rankByTool(faults),
      secondsToFirst,
      incidents: incidentsOf(watched)
        .filter(({ root }) => !calm.has(root.key))
        .map(
          ({ root, victims }) =>
            `${root.subject}: ${root.sentence}${victims.length > 0 ? ` (+${victims.length})` : ''}`,
        ),
    };
  } finally {
    await session?.stop();
    for (const one of faults) await change(one, 'repair');
    await sleep(REPAIR_MS);
  }
}

/** A daemon may end by itself under a fault (an OSD that was marked down five times): its lab begins again. */
async function change({ lab: name, fault }: TrialFault, verb: 'break' | 'repair'): Promise<void> {
  try {
    await lab(name, verb, fault);
  } catch {
    await lab(name, 'down');
    await lab(name, 'up');
    if (verb === 'break') await lab(name, verb, fault);
  }
}

const mapOrders = <Value>(of: (order: Order) => Value): Readonly<Record<Order, Value>> =>
  Object.fromEntries(ORDERS.map((order) => [order, of(order)])) as Record<Order, Value>;

/**
 * What the calm labs show: keys that stand half of the time, which trials take off, and the CRIT and WARN incidents of other keys that come
 * after the first readings.
 */
export async function watchCalm(
  minutes: number,
): Promise<{ readonly keys: ReadonlySet<string>; readonly falseCulprits: readonly string[] }> {
  const session = await connect();
  const secondsByKey = new Map<string, number>();
  const late = new Map<string, string>();
  const startMs = Date.now();
  let seconds = 0;
  while (Date.now() - startMs < minutes * 60_000) {
    await sleep(1000);
    seconds += 1;
    for (const { key, past } of session.findings()) if (!past) secondsByKey.set(key, (secondsByKey.get(key) ?? 0) + 1);
    const elapsedMs = Date.now() - startMs;
    if (elapsedMs < FIRST_MS) continue;
    for (const { root, incident } of incidentsOf(session))
      if (incident.severity !== 'info' && !late.has(root.key))
        late.set(root.key, `${Math.round(elapsedMs / 1000)} s ${root.subject}: ${root.sentence}`);
  }
  await session.stop();
  const keys = new Set([...secondsByKey].flatMap(([key, standing]) => (standing * 2 >= seconds ? [key] : [])));
  return { keys, falseCulprits: [...late].flatMap(([key, text]) => (keys.has(key) ? [] : [text])) };
}
