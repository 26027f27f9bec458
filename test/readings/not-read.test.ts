import { expect, test, vi } from 'vitest';
import { missing, type Missing, type ProcessTable, type Read } from '../../src/host/host.ts';
import { notTaken } from '../../src/host/not-taken.ts';
import { panes, sources } from '../../src/subsystems/index.ts';
import { detailClaims, detailsOf, newClaims, statementsOf, type Statements } from '../helpers/absence-claims.ts';
import { hostNames } from '../helpers/hosts.ts';
import { readKey, wholeHost, type TakeAway, type WholeHost } from '../helpers/taken-away.ts';

// Thousands of moments, each short: a busy machine takes longer than the usual limit.
vi.setConfig({ testTimeout: 120_000 });

/** Reasons for which a reading is missing. */
const REASONS: Readonly<Record<string, (read: Read) => Missing>> = {
  denied: () => missing('denied', '/x: permission denied'),
  timeout: () => missing('timeout', '/x: timeout after 2 s'),
  'not recorded': (read) => notTaken(read, 'recording'),
};

const isDaemon = ({ kind }: Read): boolean => kind === 'talk' || kind === 'talks';

/** The uid of no process of a recorded host. */
const LOGIN = 4711;
let ticks = 0;
/** A table with one process of the login, which has used CPU since the one before. */
function ownProcesses(): ProcessTable {
  ticks += 50;
  const stat = `9 (bash) S 1 9 9 0 -1 4194304 0 0 0 0 ${ticks} 5 0 0 20 0 1 0 900 0 10`;
  return new Map([[9, { pid: 9, stat, status: `Uid:\t${LOGIN}\t${LOGIN}\t${LOGIN}\t${LOGIN}` }]]);
}

/** Whole kinds of readings that a login may not have. */
const LOGINS: Readonly<Record<string, TakeAway>> = {
  'hidepid=2': ({ kind }) =>
    kind === 'processes'
      ? { value: ownProcesses() }
      : kind === 'threads'
        ? { value: { processes: new Map(), left: 0 } }
        : undefined,
  'no root': (read) => (read.as === 'root' ? REASONS['denied']?.(read) : undefined),
  'no daemon': (read) => (isDaemon(read) ? REASONS['denied']?.(read) : undefined),
  'no commands': (read) => (read.kind === 'run' ? REASONS['denied']?.(read) : undefined),
  nothing: (read) => REASONS['denied']?.(read),
};

const known = new Map<string, Promise<{ readonly host: WholeHost; readonly whole: Statements }>>();

/** A recorded host and what is stated of it, made once. */
function recorded(name: string) {
  const made = known.get(name) ?? wholeHost(name, sources).then((host) => ({ host, whole: statementsOf(host.without(() => undefined).momentOf) })); // prettier-ignore
  known.set(name, made);
  return made;
}

test.each(hostNames)('nothing on %s is absent or zero because a source was not read', async (name) => {
  const { host, whole } = await recorded(name);
  const claims = new Set<string>();
  for (const [source, keys] of host.readable(sources))
    for (const [reason, gap] of Object.entries(REASONS)) {
      const less = host.without((read) => (keys.has(readKey(read)) ? gap(read) : undefined));
      for (const claim of newClaims(whole, statementsOf(less.momentOf, less.changed), less))
        claims.add(`${source.id} ${reason}: ${claim}`);
    }
  expect([...claims]).toEqual([]);
});

test.each(Object.entries(LOGINS))('nothing is absent or zero to a login with %s', async (login, take) => {
  const claims = new Set<string>();
  for (const name of hostNames) {
    const { host, whole } = await recorded(name);
    const less = host.without(take);
    for (const claim of newClaims(whole, statementsOf(less.momentOf), less)) claims.add(`${name}, ${login}: ${claim}`);
  }
  expect([...claims]).toEqual([]);
});

test.each(Object.entries(REASONS))('no detail states absence or zero when its reads are %s', async (reason, gap) => {
  const claims = new Set<string>();
  for (const name of hostNames) {
    const { momentOf } = (await recorded(name)).host.without(() => undefined);
    for (const pane of panes)
      for (const detail of detailsOf(pane, momentOf))
        for (const claim of detailClaims(detail, gap)) claims.add(`${name}, ${detail.id} ${reason}: ${claim}`);
  }
  expect([...claims]).toEqual([]);
});
