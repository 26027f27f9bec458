import { withoutConsumers, nodeMemorySeverity } from '../../entities/databases/rabbitmq.ts';
import { shareOf } from '../../entities/databases/connections.ts';
import { gradeOf, RESOURCE_PCT } from '../../entities/databases/limits.ts';
import { serversRead, type SeenServers } from '../../entities/databases/seen-servers.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { RabbitmqNode, RabbitmqNodesSample, RabbitmqQueue, RabbitmqQueues } from '../../sources/databases/rabbitmq.ts'; // prettier-ignore
import type { Process } from '../../sources/processes/processes.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { bytesColumn, countColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';
import { problemColumn, serverColumn, serverTable, unreadServers } from './server-table.ts';
import { versionOf } from './server-version.ts';

export interface RabbitmqRow {
  readonly server: string;
  readonly state: RabbitmqNode | undefined;
  readonly publishedPerSec: number | undefined;
  readonly deliveredPerSec: number | undefined;
  readonly problem: string | undefined;
}

export interface QueueRow {
  readonly server: string;
  readonly queue: RabbitmqQueue;
  readonly growthPerSec: number | undefined;
  readonly isAlone: boolean;
}

/** Nodes by their metrics, and those of which the process alone is known. */
export function rabbitmqRows(
  seen: Seen<RabbitmqNodesSample | undefined>,
  all: ReadonlyMap<number, Process> | undefined,
): readonly RabbitmqRow[] {
  const read = new Set([...(seen.now?.servers.values() ?? [])].map(({ pid }) => pid));
  const silent = [...(all?.values() ?? [])].filter(
    ({ pid, command, commandLine }) =>
      command === 'beam.smp' && commandLine?.includes('rabbit') === true && !read.has(pid),
  );
  const unknown = { state: undefined, publishedPerSec: undefined, deliveredPerSec: undefined };
  return [
    ...serversRead(seen).map(({ server, state, before, seconds }): RabbitmqRow => ({
      server,
      state,
      publishedPerSec: delta(state.published, before?.published, seconds),
      deliveredPerSec: delta(state.delivered, before?.delivered, seconds),
      problem: undefined,
    })),
    ...unreadServers(seen).map((one): RabbitmqRow => ({ ...unknown, ...one })),
    ...silent.map(({ pid }): RabbitmqRow => ({ ...unknown, server: `rabbitmq@${pid}`, problem: 'no metrics on port 15692: plugin rabbitmq_prometheus is off' })), // prettier-ignore
  ];
}

/** Figures of queues that are not listed. */
export const queuesLeft = (seen: SeenServers<RabbitmqQueues>): number =>
  serversRead(seen).reduce((sum, { state }) => sum + state.left, 0);

export const queueRows = (seen: SeenServers<RabbitmqQueues>): readonly QueueRow[] =>
  serversRead(seen).flatMap(({ server, state, before, seconds }) => {
    const alone = new Set(withoutConsumers(state.queues));
    return [...state.queues].map(([key, queue]): QueueRow => {
      const was = before?.queues.get(key);
      // A queue that drains has a negative growth, which a rate of a counter cannot have.
      const growthPerSec = seconds && queue.ready !== undefined && was?.ready !== undefined ? (queue.ready - was.ready) / seconds : undefined; // prettier-ignore
      return { server, queue, growthPerSec, isAlone: alone.has(queue) };
    });
  });

const columns: readonly Column<RabbitmqRow>[] = [
  serverColumn('Port of its metrics, or pid where it has none.', 15),
  textColumn({ id: 'node', title: 'NODE', about: 'Name of the node.', width: 14, widest: 30, rank: 2, value: ({ state }) => state?.node && plain(state.node) }),
  textColumn({ id: 'version', title: 'VERSION', about: 'Version of RabbitMQ.', width: 7, rank: 3, value: ({ state }) => versionOf(state?.version) }),
  textColumn({ id: 'alarms', title: 'ALARMS', about: 'Alarms in force, which block publishers of the whole cluster.', vocabulary: 'fixed', width: 8, widest: 16, rank: 0, role: ({ state }) => (state && state.alarms.length > 0 ? 'crit' : 'text'), value: ({ state }) => state && (state.reportsAlarms ? state.alarms.join(', ') || 'none' : undefined) }),
  bytesColumn({ id: 'memory', title: 'MEMORY', about: 'Resident memory.', width: 6, rank: 0, role: ({ state }) => (state && state.alarms.length === 0 ? (nodeMemorySeverity(state) ?? 'text') : 'text'), value: ({ state }) => state?.memoryBytes }),
  bytesColumn({ id: 'watermark', title: 'WMARK', about: 'Memory watermark, at which publishers are blocked.', width: 6, rank: 1, value: ({ state }) => state?.memoryLimitBytes }),
  bytesColumn({ id: 'disk', title: 'DISK', about: 'Free space of its disk.', width: 6, rank: 2, value: ({ state }) => state?.diskFreeBytes }),
  totalColumn({ id: 'files', title: 'FILES', about: 'Open file descriptors.', width: 6, rank: 3, role: ({ state }) => gradeOf(shareOf(state?.files, state?.filesLimit), RESOURCE_PCT) ?? 'text', value: ({ state }) => state?.files }),
  totalColumn({ id: 'connections', title: 'CONNS', about: 'Client connections.', width: 6, rank: 0, value: ({ state }) => state?.connections }),
  totalColumn({ id: 'queues', title: 'QUEUES', about: 'Queues of the node.', width: 6, rank: 1, value: ({ state }) => state?.queues }),
  totalColumn({ id: 'consumers', title: 'CONSUM', about: 'Consumers of all queues.', width: 6, rank: 2, value: ({ state }) => state?.consumers }),
  countColumn({ id: 'ready', title: 'READY', about: 'Messages that wait for a consumer.', width: 6, rank: 0, value: ({ state }) => state?.ready }),
  countColumn({ id: 'unacked', title: 'UNACKED', about: 'Messages delivered and not acknowledged.', width: 7, rank: 1, value: ({ state }) => state?.unacked }),
  countColumn({ id: 'published', title: 'PUB/s', about: 'Messages published per second.', width: 6, rank: 1, value: ({ publishedPerSec }) => publishedPerSec }),
  countColumn({ id: 'delivered', title: 'DELIV/s', about: 'Messages delivered per second.', width: 7, rank: 2, value: ({ deliveredPerSec }) => deliveredPerSec }),
  problemColumn('Why it was not read.', 1),
]; // prettier-ignore

export const rabbitmqSection = (rows: readonly RabbitmqRow[], empty: NothingWords): TableSection<RabbitmqRow> =>
  serverTable({ id: 'rabbitmq', title: 'RabbitMQ', sources: ['rabbitmq-nodes'], columns }, rows, empty);

const queueColumns: readonly Column<QueueRow>[] = [
  textColumn({ id: 'queue', title: 'QUEUE', about: 'Name of the queue.', width: 24, grow: true, rank: 0, value: ({ queue }) => plain(queue.name) }),
  textColumn({ id: 'vhost', title: 'VHOST', about: 'Its virtual host.', width: 10, widest: 20, rank: 1, value: ({ queue }) => plain(queue.vhost) }),
  countColumn({ id: 'ready', title: 'READY', about: 'Messages that wait for a consumer.', width: 6, rank: 0, zero: '·', value: ({ queue }) => queue.ready }),
  countColumn({ id: 'growth', title: 'GROWTH/s', about: 'Growth of the waiting messages per second; negative while it drains.', width: 8, rank: 0, zero: '·', value: ({ growthPerSec }) => growthPerSec }),
  countColumn({ id: 'unacked', title: 'UNACKED', about: 'Messages delivered and not acknowledged.', width: 7, rank: 0, zero: '·', value: ({ queue }) => queue.unacked }),
  totalColumn({ id: 'consumers', title: 'CONSUM', about: 'Its consumers.', width: 6, rank: 0, role: ({ isAlone }) => (isAlone ? 'warn' : 'text'), value: ({ queue }) => queue.consumers }),
  { id: 'server', title: 'SERVER', about: 'Node of the queue.', vocabulary: 'fixed', width: 15, rank: 2, value: ({ server }) => server },
]; // prettier-ignore

export const queuesSection = (
  rows: readonly QueueRow[],
  left: number,
  empty: NothingWords,
): TableSection<QueueRow> => ({
  kind: 'table',
  id: 'queues',
  title: 'Queues',
  note: left > 0 ? `${count(rows.length)}, more not listed` : count(rows.length),
  sources: ['rabbitmq-queues'],
  columns: queueColumns,
  rows,
  key: ({ server, queue }) => `${server} ${queue.vhost}/${queue.name}`,
  sort: { column: 'ready', descending: true },
  first: ({ isAlone }) => isAlone,
  name: ({ queue }) => plain(queue.name),
  empty,
});
