import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { DatabaseConnection, MessageStream, SqlError, type DatabaseSession } from '../../../src/host/protocols/database-connection.ts'; // prettier-ignore
import { DaemonError } from '../../../src/host/protocols/protocol.ts';
import type { Pipe } from '../../../src/host/transport.ts';

/** Messages of one byte. */
const bytes = () => {
  const left: number[] = [];
  return { push: (chunk: Buffer) => left.push(...chunk), next: () => left.shift() };
};

/** Connections to a server that replies to each byte with what `reply` makes of it. */
function server(reply: (sent: Buffer) => Buffer | undefined) {
  let dials = 0;
  const dial = (): Promise<Pipe> => {
    dials++;
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    stdin.on('data', (sent: Buffer) => {
      const bytesOfReply = reply(sent);
      if (bytesOfReply) stdout.write(bytesOfReply);
    });
    return Promise.resolve({ stdin, stdout, stderr: new PassThrough(), exited: new Promise(() => {}), kill: () => stdout.destroy() }); // prettier-ignore
  };
  return { dial, dials: () => dials };
}

const connectionTo = (dial: () => Promise<Pipe>, rows: (stream: MessageStream<number>) => Promise<unknown>, refusal?: DaemonError) =>
  new DatabaseConnection<DatabaseSession & { readonly stream: MessageStream<number> }>(
    dial,
    (pipe) => ({
      stream: new MessageStream(pipe, bytes()),
      start: () => (refusal ? Promise.reject(refusal) : Promise.resolve()),
    }),
    (session) => [{ name: 'first', rows: () => rows(session.stream) }],
  ); // prettier-ignore

const ask = async (stream: MessageStream<number>): Promise<number> => {
  stream.write(Buffer.from([7]));
  return stream.next();
};

test('DatabaseConnection keeps a session, and opens another after its end', async () => {
  const fake = server((sent) => sent);
  const connection = connectionTo(fake.dial, ask);
  expect(await connection.request('x', 1000)).toBe('{"first":7,"errors":{}}');
  expect(await connection.request('x', 1000)).toBe('{"first":7,"errors":{}}');
  expect(fake.dials()).toBe(1);
  connection.close();
  await connection.request('x', 1000);
  expect(fake.dials()).toBe(2);
});

test('DatabaseConnection does not log in again at once where the server refused it', async () => {
  const fake = server(() => undefined);
  const connection = connectionTo(fake.dial, ask, new DaemonError('denied', 'password wanted'));
  for (let i = 0; i < 3; i++) await expect(connection.request('x', 1000)).rejects.toMatchObject({ why: 'denied', message: 'password wanted' }); // prettier-ignore
  expect(fake.dials()).toBe(1);
});

test('DatabaseConnection fails a request whose first statement is refused, and keeps the session', async () => {
  const fake = server((sent) => sent);
  const connection = connectionTo(fake.dial, () => Promise.reject(new SqlError('permission denied')));
  await expect(connection.request('x', 1000)).rejects.toMatchObject({ why: 'failed', message: 'first: permission denied' }); // prettier-ignore
  await expect(connection.request('x', 1000)).rejects.toMatchObject({ why: 'failed' });
  expect(fake.dials()).toBe(1);
});

test('DatabaseConnection ends a session whose messages cannot be read', async () => {
  const fake = server((sent) => sent);
  const connection = connectionTo(fake.dial, () => Promise.reject(new RangeError('out of range')));
  await expect(connection.request('x', 1000)).rejects.toMatchObject({ why: 'failed' });
  await expect(connection.request('x', 1000)).rejects.toMatchObject({ why: 'failed' });
  expect(fake.dials()).toBe(2);
});

test('MessageStream ends when a reply is above its limit', async () => {
  const connection = connectionTo(server(() => Buffer.alloc(9 << 20)).dial, ask);
  await expect(connection.request('x', 5000)).rejects.toMatchObject({ why: 'failed', message: /reply of more than/ });
});
