import type { ContainerUse } from '../../entities/containers/use.ts';
import { plain } from '../../lib/plain.ts';
import { count, NONE } from '../../lib/units.ts';
import type { Resources } from '../../sources/kubernetes/objects.ts';
import type { Grouping } from '../pane.ts';
import { isOver, isTroubled, rankOf, type PodRow } from './pod-rows.ts';

type Pick<Value> = (row: PodRow) => Value | undefined;

/** Sum over rows; undefined where no row has a value. */
function total(rows: readonly PodRow[], pick: Pick<number>): number | undefined {
  const known = rows.flatMap((row) => pick(row) ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0);
}

function most(rows: readonly PodRow[], pick: Pick<number>): number | undefined {
  const known = rows.flatMap((row) => pick(row) ?? []);
  return known.length === 0 ? undefined : known.reduce((a, b) => Math.max(a, b));
}

/** Usage of several pods: amounts are summed, percentages are those of the worst pod. */
function together(rows: readonly PodRow[]): ContainerUse | undefined {
  const used = rows.filter(({ here }) => here.use !== undefined);
  const [first] = used.flatMap(({ here }) => here.use ?? []);
  if (first === undefined) return undefined;
  const sum = (field: keyof ContainerUse) => total(used, ({ here }) => here.use?.[field]);
  const worst = (field: keyof ContainerUse) => most(used, ({ here }) => here.use?.[field]);
  return {
    ...first,
    cpuPct: sum('cpuPct'),
    quotaPct: undefined,
    throttledPct: worst('throttledPct'),
    memoryBytes: sum('memoryBytes'),
    memoryMaxBytes: undefined,
    memoryPct: worst('memoryPct'),
    swapBytes: sum('swapBytes'),
    oomKills: sum('oomKills'),
    pids: sum('pids'),
    pidsMax: undefined,
    pidsPct: worst('pidsPct'),
    cpuSomePct: worst('cpuSomePct'),
    memorySomePct: worst('memorySomePct'),
    ioSomePct: worst('ioSomePct'),
    readBytesPerSec: sum('readBytesPerSec'),
    writeBytesPerSec: sum('writeBytesPerSec'),
    rxBytesPerSec: sum('rxBytesPerSec'),
    txBytesPerSec: sum('txBytesPerSec'),
    dropsPerSec: sum('dropsPerSec'),
  };
}

const added = (rows: readonly PodRow[], pick: Pick<Resources>): Resources => ({
  cpus: total(rows, (row) => pick(row)?.cpus),
  memoryBytes: total(rows, (row) => pick(row)?.memoryBytes),
});

/** Row of a group of pods, with the problem of the worst. */
function sum(id: string, name: string, rows: readonly PodRow[]): PodRow {
  const live = rows.filter((row) => !isOver(row));
  const troubled = rows.filter(isTroubled);
  const worst = rows.reduce<PodRow | undefined>(
    (best, row) => ((rankOf(row) ?? 0) > ((best && rankOf(best)) ?? 0) ? row : best),
    undefined,
  );
  // A pod that the API server does not list is neither ready nor not.
  const known = live.filter(({ readyShare }) => readyShare !== undefined);
  const ready = known.filter(({ readyShare }) => readyShare === 1).length;
  const restarted = rows.flatMap(({ restartedSeconds }) => restartedSeconds ?? []);
  return {
    here: {
      uid: `group ${id} ${name}`,
      namespace: '',
      name,
      pod: undefined,
      status: undefined,
      group: undefined,
      use: together(rows),
      containers: new Map(),
      process: undefined,
      oomKills: total(rows, ({ here }) => here.oomKills),
      troubles: worst?.troubles.slice(0, 1) ?? [],
      onNode: new Map(),
      lostSinceEpochSeconds: undefined,
    },
    namespace: '',
    name: plain(name),
    status: `${count(rows.length)} pod${rows.length === 1 ? '' : 's'}`,
    ready: known.length === 0 ? NONE : `${ready}/${known.length}`,
    readyShare: known.length === 0 ? undefined : ready / known.length,
    restarts: total(rows, ({ restarts }) => restarts),
    restartedSeconds: restarted.length === 0 ? undefined : restarted.reduce((a, b) => Math.min(a, b)),
    ageSeconds: most(rows, ({ ageSeconds }) => ageSeconds),
    troubles: worst?.troubles.slice(0, 1) ?? [],
    why: troubled.length === 0 || !worst ? '' : `${count(troubled.length)} with problems: ${worst.name} ${worst.why}`,
    owner: '',
    node: '',
    isNodeKnown: true,
    qos: '',
    requests: added(live, ({ requests }) => requests),
    limits: added(live, ({ limits }) => limits),
  };
}

const by = (id: string, title: string, of: (row: PodRow) => string): Grouping<PodRow> => ({
  id,
  title,
  of,
  sum: (name, rows) => sum(id, name, rows),
});

const byNamespace = by('namespace', 'namespace', ({ namespace }) => namespace || 'unknown');
const byOwner = by(
  'owner',
  'owner',
  ({ namespace, owner, name }) =>
    `${namespace} ${owner === 'static' ? 'static pods' : owner || `${name}, no controller`}`,
);
const byNode = by('node', 'node', ({ node }) => node || 'no node');

export const podGroups: readonly Grouping<PodRow>[] = [byNamespace, byOwner];
/** Groupings of the pods of all nodes. */
export const clusterGroups: readonly Grouping<PodRow>[] = [byNode, byNamespace, byOwner];
export const isGroup = ({ here }: PodRow): boolean => here.uid.startsWith('group ');
