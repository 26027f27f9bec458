import { shareOf } from '../../entities/databases/connections.ts';
import { CHURN, gradeOf, GROWING_MESSAGES, RESOURCE_PCT } from '../../entities/databases/limits.ts';
import { nodeMemorySeverity, withoutConsumers } from '../../entities/databases/rabbitmq.ts';
import { serversRead } from '../../entities/databases/seen-servers.ts';
import { plain } from '../../lib/plain.ts';
import { binaryBytes, count, percent, plural } from '../../lib/units.ts';
import { rabbitmqNodes, rabbitmqQueues, type RabbitmqNode, type RabbitmqQueue } from '../../sources/databases/rabbitmq.ts'; // prettier-ignore
import { delta } from '../../timeline/moment.ts';
import { defineFinding, type Found } from '../finding.ts';
import { aboutServer, unresponsiveFound } from './listener-rules.ts';

const needs = { rabbitmqNodes };
const METRICS = '15692/metrics';

/** A node that does not reply. */
export const rabbitmqUnresponsive = defineFinding({
  id: 'rabbitmq-unresponsive',
  title: 'RabbitMQ that does not respond',
  needs,
  authority: '[own]: no reply of its metrics within 4 s',
  judge: ({ rabbitmqNodes: seen }): readonly Found[] => unresponsiveFound(seen, 'beam.smp'),
});

/** An alarm in force: publishers of the whole cluster are blocked. */
export const rabbitmqAlarm = defineFinding({
  id: 'rabbitmq-alarm',
  title: 'Alarm of RabbitMQ',
  needs,
  authority: 'rabbitmq.com, alarms: an alarm of any node blocks publishers of all',
  judge: ({ rabbitmqNodes: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state }) =>
      state.alarms.map((alarm): Found => ({
        ...aboutServer(server, `alarm-${alarm.replaceAll(' ', '-')}`),
        severity: 'crit',
        sentence: `${alarm} alarm, ${alarm === 'file descriptors' ? 'connections refused' : 'publishers blocked'}, ${figureOf(alarm, state)}`,
        evidence: [
          { what: 'node', value: plain(state.node ?? '—'), source: METRICS },
          { what: 'messages ready, unacked', value: `${count(state.ready)}, ${count(state.unacked)}`, source: METRICS },
          { what: 'connections', value: count(state.connections), source: METRICS },
        ],
        next:
          alarm === 'memory'
            ? 'open Databases, Queues: those without consumers; `rabbitmq-diagnostics memory_breakdown`'
            : alarm === 'disk'
              ? 'open Storage: the filesystem of /var/lib/rabbitmq; then disk_free_limit'
              : 'find the client with most connections; raise LimitNOFILE= of rabbitmq-server.service',
      })),
    ),
}); // prettier-ignore

const figureOf = (alarm: RabbitmqNode['alarms'][number], state: RabbitmqNode): string =>
  alarm === 'memory'
    ? `${binaryBytes(state.memoryBytes)} of ${binaryBytes(state.memoryLimitBytes)}`
    : alarm === 'disk'
      ? `${binaryBytes(state.diskFreeBytes)} free, limit ${binaryBytes(state.diskLimitBytes)}`
      : `${count(state.files)} of ${count(state.filesLimit)}`;

/** Memory and file descriptors near the alarm, peers out of reach. */
export const rabbitmqNode = defineFinding({
  id: 'rabbitmq-node',
  title: 'RabbitMQ near an alarm, or without a peer',
  needs,
  authority: 'cluster-operator: file descriptors above 80 %, churn above 10 %/s of more than 100 connections; memory 80 % of the watermark is [own]',
  judge: ({ rabbitmqNodes: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state, before, seconds }): Found[] => {
      const opened = delta(state.connectionsOpened, before?.connectionsOpened, seconds);
      const churns = (state.connections ?? 0) > CHURN.connections && (shareOf(opened, state.connections) ?? 0) > CHURN.pctPerSec;
      const files = gradeOf(shareOf(state.files, state.filesLimit), RESOURCE_PCT);
      const memory = state.alarms.includes('memory') ? undefined : nodeMemorySeverity(state);
      const peers = state.unreachablePeers ?? 0;
      return [
        ...(memory === undefined
          ? []
          : [
              {
                ...aboutServer(server, 'memory'),
                severity: memory,
                sentence: `${figureOf('memory', state)} memory, ${percent(shareOf(state.memoryBytes, state.memoryLimitBytes))} of the watermark`,
                evidence: [{ what: 'messages ready', value: count(state.ready), source: METRICS }],
                next: 'open Databases, Queues: those that grow; publishers are blocked at the watermark',
              },
            ]),
        ...(files === undefined
          ? []
          : [
              {
                ...aboutServer(server, 'files'),
                severity: files,
                sentence: `${figureOf('file descriptors', state)} file descriptors, ${percent(shareOf(state.files, state.filesLimit))}`,
                evidence: [{ what: 'connections', value: count(state.connections), source: METRICS }],
                next: 'find the client with most connections; raise LimitNOFILE= of rabbitmq-server.service',
              },
            ]),
        ...(churns
          ? [
              {
                ...aboutServer(server, 'churn'),
                severity: 'warn' as const,
                sentence: `connection churn: ${count(opened)} opened/s, ${count(state.connections)} open`,
                evidence: [{ what: 'opened since its start', value: count(state.connectionsOpened), source: METRICS }],
                next: 'find the client that connects for each message: open Network, peers of 5672',
              },
            ]
          : []),
        ...(peers > 0
          ? [
              {
                ...aboutServer(server, 'peers'),
                severity: 'crit' as const,
                sentence: `${plural(peers, 'cluster peer')} unreachable: node down or network partition`,
                evidence: [{ what: 'node', value: plain(state.node ?? '—'), source: METRICS }],
                next: '`rabbitmqctl cluster_status`: partitions and running nodes; then 25672/tcp between them',
              },
            ]
          : []),
      ];
    }),
}); // prettier-ignore

/** Queues whose messages no consumer takes, and queues that grow. */
export const rabbitmqQueue = defineFinding({
  id: 'rabbitmq-queue',
  title: 'Queues of RabbitMQ without consumers, or that grow',
  needs: { rabbitmqQueues },
  authority: 'hotsos: messages and no consumers; 1 000 messages that grew in each of 3 readings are [own]',
  judge: ({ rabbitmqQueues: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state: { queues }, before, seconds }): Found[] => {
      const alone = withoutConsumers(queues);
      const messages = alone.reduce((sum, { ready }) => sum + (ready ?? 0), 0);
      const earlier = seen.history.slice(-3).map(({ sample }) => {
        const one = sample?.servers.get(server);
        return one && 'state' in one ? one.state.queues : undefined;
      });
      return [
        ...(alone.length === 0
          ? []
          : [
              {
                ...aboutServer(server, messages < GROWING_MESSAGES ? 'few-without-consumers' : 'no-consumers'),
                severity: 'warn' as const,
                sentence: `${plural(alone.length, 'queue')} without consumers, ${plural(messages, 'message')}: ${alone.slice(0, 2).map(({ name }) => plain(name).slice(0, 20)).join(', ')}`,
                evidence: alone.slice(0, 5).map((one) => ({ what: plain(one.name), value: plural(one.ready ?? 0, 'message'), source: 'queue_consumers' })),
                next: 'open Databases, Queues: their owner; a service that ended, or a fanout queue of an old one',
              },
            ]),
        ...[...queues].flatMap(([key, queue]): Found[] => {
          if ((queue.consumers ?? 0) === 0 || !grows(earlier.map((of) => of?.get(key)))) return [];
          const perSec = delta(queue.ready, before?.queues.get(key)?.ready, seconds);
          return [
            {
              ...aboutServer(server, `grows:${key.replaceAll(/\s/g, '_')}`),
              severity: 'warn',
              sentence: `queue ${plain(queue.name).slice(0, 40)} grows by ${count(perSec)}/s, ${plural(queue.ready ?? 0, 'message')}, ${plural(queue.consumers ?? 0, 'consumer')}`,
              evidence: [{ what: 'unacked', value: count(queue.unacked), source: 'queue_messages_unacked' }],
              next: 'find its consumers: CPU and state of their processes, prefetch; unacked messages are in their hands',
            },
          ];
        }),
      ];
    }),
}); // prettier-ignore

function grows(readings: readonly (RabbitmqQueue | undefined)[]): boolean {
  const ready = readings.map((one) => one?.ready ?? 0);
  return (
    ready.length === 3 &&
    (ready.at(-1) ?? 0) >= GROWING_MESSAGES &&
    ready.every((value, at) => at === 0 || value > (ready[at - 1] ?? 0))
  );
}
