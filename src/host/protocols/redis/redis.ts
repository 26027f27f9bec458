import type { Pipe } from '../../transport.ts';
import {
  DatabaseConnection,
  MessageStream,
  SqlError,
  type DatabaseSession,
  type Query,
} from '../database-connection.ts';
import { isListenerOf } from '../../../lib/listener-name.ts';
import { DaemonError, type Protocol } from '../protocol.ts';
import { clientsByAddress, latencyOf, pickedInfo, slowCommandsOf } from './replies.ts';
import { commandBytes, itemsOf, RespError, RespReplies, type RespValue } from './resp.ts';

/** Commands of Redis, of Valkey, and of the sentinel, which is the same program. */
const COMMANDS = ['redis-server', 'valkey-server', 'redis-sentinel', 'valkey-sentinel'];
/** Clients above which they are not listed: the reply is made on the one thread that serves all. */
const MOST_CLIENTS = 1000;
const REQUEST = 'server';

/**
 * Redis and Valkey as the default user, without a password. The reply is JSON: figures of INFO by name, slow commands without their
 * arguments, latency events, clients by address, and `errors` of what the server refused.
 */
export const redis: Protocol = {
  name: 'redis',
  what: 'Redis and Valkey for their figures',
  allowed: [
    `${REQUEST}: PING, INFO, CONFIG GET maxclients where INFO lacks it, CLUSTER INFO of a cluster, SLOWLOG GET 16, LATENCY LATEST, CLIENT LIST up to ${MOST_CLIENTS} clients`,
  ],
  refusal: (to, request) =>
    isListenerOf(to, 'listening', COMMANDS) && request === REQUEST ? undefined : `${to} < ${request}: not a request`,
  connect: (dial) => new DatabaseConnection(dial, (pipe) => new Session(pipe), queriesOf),
};

const queriesOf = (session: Session): readonly Query[] => [
  { name: 'info', rows: () => session.info() },
  { name: 'cluster', rows: async () => (session.isCluster ? pickedInfo(await session.text('CLUSTER', 'INFO')) : {}) },
  { name: 'slow', rows: async () => slowCommandsOf(await session.send('SLOWLOG', 'GET', '16')) },
  { name: 'latency', rows: async () => latencyOf(await session.send('LATENCY', 'LATEST')) },
  {
    name: 'clients',
    rows: async () => (session.clients <= MOST_CLIENTS ? clientsByAddress(await session.text('CLIENT', 'LIST')) : []),
  },
];

class Session implements DatabaseSession {
  readonly stream: MessageStream<RespValue>;
  clients = 0;
  isCluster = false;

  constructor(pipe: Pipe) {
    this.stream = new MessageStream(pipe, new RespReplies());
  }

  /** Nothing to log in with: the first command shows whether a password is wanted. */
  async start(): Promise<void> {
    this.stream.write(commandBytes(['PING']));
    const reply = await this.stream.next();
    if (!(reply instanceof RespError)) return;
    refuseDenied(reply);
    // LOADING, BUSY, MASTERDOWN and NOPERM of PING leave INFO to answer.
    if (/^ERR (?:max number of clients|.*protected mode)/i.test(reply.message)) throw new DaemonError('failed', reply.message); // prettier-ignore
  }

  async info(): Promise<Readonly<Record<string, string>>> {
    const info: Record<string, string> = pickedInfo(await this.text('INFO'));
    this.clients = Number(info['connected_clients'] ?? Number.NaN);
    this.isCluster = info['cluster_enabled'] === '1';
    if (info['maxclients'] === undefined && info['redis_mode'] !== 'sentinel') {
      const [, most] = await this.#configured('maxclients');
      if (typeof most === 'string') info['maxclients'] = most;
    }
    return info;
  }

  /** Reply to a command; rejects with a SqlError where the server refuses it. */
  async send(...words: readonly string[]): Promise<RespValue> {
    this.stream.write(commandBytes(words));
    const reply = await this.stream.next();
    if (!(reply instanceof RespError)) return reply;
    refuseDenied(reply);
    throw new SqlError(reply.message);
  }

  async text(...words: readonly string[]): Promise<string> {
    const reply = await this.send(...words);
    return typeof reply === 'string' ? reply : '';
  }

  /** Providers rename CONFIG, or forbid it. */
  async #configured(name: string): Promise<readonly RespValue[]> {
    try {
      return itemsOf(await this.send('CONFIG', 'GET', name));
    } catch (error) {
      if (error instanceof SqlError) return [];
      throw error;
    }
  }
}

function refuseDenied({ message }: RespError): void {
  if (/^(?:NOAUTH|WRONGPASS)\b/.test(message))
    throw new DaemonError('denied', 'password wanted (requirepass, or an ACL for the default user)');
  if (/^DENIED\b/.test(message)) throw new DaemonError('denied', 'protected mode, takes clients of loopback alone');
}
