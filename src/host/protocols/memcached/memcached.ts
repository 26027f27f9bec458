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

const REQUEST = 'server';
const MOST_FIGURES = 500;

/** memcached by its text protocol. The reply is JSON: figures of `stats` and of `stats settings`, by name. */
export const memcached: Protocol = {
  name: 'memcached',
  what: 'memcached for its figures',
  allowed: [`${REQUEST}: stats, stats settings`],
  refusal: (to, request) =>
    isListenerOf(to, 'listening', ['memcached']) && request === REQUEST ? undefined : `${to} < ${request}: not a request`, // prettier-ignore
  connect: (dial) => new DatabaseConnection(dial, (pipe) => new Session(pipe), queriesOf),
};

const queriesOf = (session: Session): readonly Query[] => [
  { name: 'stats', rows: () => session.figures('stats') },
  { name: 'settings', rows: () => session.figures('stats settings') },
];

/** Lines that end with CR LF. https://github.com/memcached/memcached/blob/master/doc/protocol.txt */
class Lines {
  #text = '';

  push(chunk: Buffer): void {
    this.#text += chunk.toString('latin1');
  }

  next(): string | undefined {
    const end = this.#text.indexOf('\n');
    if (end < 0) {
      if (this.#text.length > 4096) throw new DaemonError('failed', 'not the text protocol of memcached');
      return undefined;
    }
    const line = this.#text.slice(0, end).replace(/\r$/, '');
    this.#text = this.#text.slice(end + 1);
    return line;
  }
}

class Session implements DatabaseSession {
  readonly stream: MessageStream<string>;

  constructor(pipe: Pipe) {
    this.stream = new MessageStream(pipe, new Lines());
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async figures(command: string): Promise<Readonly<Record<string, string>>> {
    this.stream.write(Buffer.from(`${command}\r\n`));
    const found: Record<string, string> = {};
    for (let left = MOST_FIGURES; left > 0; left--) {
      const line = await this.stream.next();
      if (line === 'END') return found;
      if (/unauthenticated|^CLIENT_ERROR.*auth/.test(line)) throw new DaemonError('denied', 'password wanted (SASL, or a file of users)'); // prettier-ignore
      if (/^(?:ERROR|CLIENT_ERROR|SERVER_ERROR)\b/.test(line)) throw new SqlError(line.slice(0, 200));
      const [, name, value] = /^STAT (\S{1,60}) (.{0,200})$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new DaemonError('failed', 'not a reply of memcached');
      found[name] = value;
    }
    throw this.stream.fail(new DaemonError('failed', `more than ${MOST_FIGURES} figures`));
  }
}
