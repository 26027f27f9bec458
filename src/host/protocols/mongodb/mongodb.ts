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
import type { BsonDocument, CommandDocument } from './bson.ts';
import {
  CLIENT,
  CURRENT_OP,
  HELLO,
  IS_MASTER,
  MOST_OPERATIONS,
  oplogEnd,
  OPERATIONS,
  REPLICA_STATUS,
  SERVER_STATUS,
} from './commands.ts';
import { commandMessage, MongodbReplies, type MongodbReply } from './messages.ts';
import { firstBatch, helloOf, isDocument, operationsOf, replicaOf, statusOf } from './replies.ts';

/** Server, router of a sharded cluster, and FerretDB, which speaks the protocol. */
const COMMANDS = ['mongod', 'mongos', 'ferretdb'];
const REQUESTS = ['server', 'operations', 'oplog'];
/** Time for which a command that needs a login is not sent again: the server logs each refusal. */
const REFUSED_MS = 600_000;
/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml: Unauthorized, AuthenticationFailed, Location13 of old servers. */
const LOGIN_WANTED = new Set([13, 18]);
const PASSWORD_WANTED = 'password wanted (authorization is on)';
const COMMAND_NOT_FOUND = 59;
/** Not parsed, command not found, not supported or implemented, stage not known: another server than mongod. */
const WITHOUT_CURRENT_OP = new Set([9, COMMAND_NOT_FOUND, 115, 238, 40_324]);

/**
 * MongoDB without a login, as far as it replies then: `hello` always. Nothing is guessed where it wants one. The reply is JSON: figures by
 * their path, members of the replica set, operations without what they ask for, and `errors` of what the server refused.
 */
export const mongodb: Protocol = {
  name: 'mongodb',
  what: 'MongoDB for its figures, replica set and operations',
  allowed: [
    'server: hello, serverStatus without its long sections, replSetGetStatus of a replica set',
    `operations: $currentOp up to ${MOST_OPERATIONS} operations without their commands, else currentOp`,
    'oplog: time of the oldest and the newest entry of local.oplog.rs',
  ],
  refusal: (to, request) =>
    isListenerOf(to, 'listening', COMMANDS) && REQUESTS.includes(request) ? undefined : `${to} < ${request}: not a request`, // prettier-ignore
  connect: (dial) => {
    const logins = new LoginsWanted();
    return new DatabaseConnection(dial, (pipe) => new Session(pipe, logins), queriesOf);
  },
};

function queriesOf(session: Session, request: string): readonly Query[] {
  switch (request) {
    case 'operations':
      return [{ name: 'operations', rows: () => denied(session.operations()) }];
    case 'oplog':
      return [{ name: 'oplog', rows: () => denied(session.oplog()) }];
    default:
      return [
        { name: 'hello', rows: async () => helloOf(await session.hello()) },
        { name: 'status', rows: async () => statusOf(await session.send(SERVER_STATUS)) },
        { name: 'replica', rows: async () => (session.isMember ? replicaOf(await session.send(REPLICA_STATUS)) : undefined) }, // prettier-ignore
      ];
  }
}

/** A request that is one command is refused as a whole. */
async function denied<Value>(rows: Promise<Value>): Promise<Value> {
  try {
    return await rows;
  } catch (error) {
    throw error instanceof LoginWanted ? new DaemonError('denied', error.message, { cause: error }) : error;
  }
}

class CommandError extends SqlError {
  readonly code: number | undefined;
  constructor(message: string, code: number | undefined) {
    super(message);
    this.code = code;
  }
}
class LoginWanted extends SqlError {}

/** LoginsWanted holds commands that the server executes for a login alone, over its sessions. */
class LoginsWanted {
  readonly #untilMs = new Map<string, number>();

  has = (command: string): boolean => performance.now() < (this.#untilMs.get(command) ?? 0);
  add = (command: string): void => void this.#untilMs.set(command, performance.now() + REFUSED_MS);
}

class Session implements DatabaseSession {
  readonly stream: MessageStream<MongodbReply>;
  /** Of a replica set. */
  isMember = false;
  readonly #logins: LoginsWanted;
  #hello = HELLO;
  #requestId = 0;
  #hasCurrentOp = true;

  constructor(pipe: Pipe, logins: LoginsWanted) {
    this.stream = new MessageStream(pipe, new MongodbReplies());
    this.#logins = logins;
  }

  /** The first command of a connection names the client. */
  async start(): Promise<void> {
    try {
      await this.#send({ ...this.#hello, ...CLIENT });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (error.code !== COMMAND_NOT_FOUND)
        throw new DaemonError('failed', `hello: ${error.message}`, { cause: error });
      this.#hello = IS_MASTER;
    }
  }

  async hello(): Promise<BsonDocument> {
    const reply = await this.#send(this.#hello);
    this.isMember = typeof reply['setName'] === 'string';
    return reply;
  }

  async operations(): Promise<readonly object[]> {
    if (this.#hasCurrentOp)
      try {
        return operationsOf(firstBatch(await this.send(OPERATIONS)), MOST_OPERATIONS);
      } catch (error) {
        if (!(error instanceof CommandError && WITHOUT_CURRENT_OP.has(error.code ?? 0))) throw error;
        this.#hasCurrentOp = false;
      }
    return operationsOf((await this.send(CURRENT_OP))['inprog'], MOST_OPERATIONS);
  }

  /** Seconds since 1970 of its oldest and newest entry; none of a server without an oplog. */
  async oplog(): Promise<object> {
    const end = async (direction: 1 | -1): Promise<number | undefined> => {
      const batch = firstBatch(await this.send(oplogEnd(direction)));
      const entry: unknown = Array.isArray(batch) ? batch[0] : undefined;
      const ts = isDocument(entry as BsonDocument | undefined) ? (entry as BsonDocument)['ts'] : undefined;
      return typeof ts === 'number' ? ts : undefined;
    };
    return { oldest: await end(1), newest: await end(-1) };
  }

  /** Reply to a command; rejects with a SqlError where the server refuses it, of one that needs a login without asking again. */
  async send(command: CommandDocument): Promise<BsonDocument> {
    const [name = ''] = Object.keys(command);
    if (this.#logins.has(name)) throw new LoginWanted(PASSWORD_WANTED);
    try {
      return await this.#send(command);
    } catch (error) {
      if (!(error instanceof CommandError && LOGIN_WANTED.has(error.code ?? 0))) throw error;
      this.#logins.add(name);
      throw new LoginWanted(PASSWORD_WANTED);
    }
  }

  async #send(command: CommandDocument): Promise<BsonDocument> {
    const requestId = ++this.#requestId;
    this.stream.write(commandMessage(requestId, command));
    const reply = await this.stream.next();
    if (reply.requestId !== requestId) throw this.stream.fail(new DaemonError('failed', 'reply to another request'));
    const { ok, code, errmsg } = reply.document;
    if (ok === 1 || ok === true) return reply.document;
    throw new CommandError(typeof errmsg === 'string' ? errmsg.slice(0, 300) : 'no reason', typeof code === 'number' ? code : undefined); // prettier-ignore
  }
}
