import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { postgresql } from '../../../../src/host/protocols/postgresql/postgresql.ts';
import { postgresqlQueries } from '../../../../src/host/protocols/postgresql/queries.ts';
import type { Pipe } from '../../../../src/host/transport.ts';

const message = (type: string, body: Buffer | string): Buffer => {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
};
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const OK = message('R', number(0));
const READY = message('Z', 'I');
const row = (text: string): Buffer => message('D', Buffer.concat([Buffer.from([0, 1]), number(Buffer.byteLength(text)), Buffer.from(text)])); // prettier-ignore
const error = (code: string, text: string): Buffer => message('E', `SERROR\0C${code}\0M${text}\0\0`);

/** Server that lets in with `greeting` and replies to each statement; its bytes come in pieces of `pieceBytes`. */
function server(greeting: Buffer, reply: (sql: string) => Buffer | undefined, pieceBytes = 1 << 20) {
  const statements: string[] = [];
  let dials = 0;
  const send = (to: PassThrough, bytes: Buffer): void => {
    for (let at = 0; at < bytes.length; at += pieceBytes) to.write(bytes.subarray(at, at + pieceBytes));
  };
  const dial = (): Promise<Pipe> => {
    dials++;
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    let isIn = false;
    stdin.on('data', (chunk: Buffer) => {
      if (!isIn) {
        isIn = true;
        statements.push(chunk.subarray(8).toString().replaceAll('\0', ' ').trim());
        send(stdout, greeting);
        return;
      }
      const sql = chunk.subarray(5, -1).toString();
      statements.push(sql);
      const bytes = reply(sql);
      if (bytes) send(stdout, bytes);
    });
    return Promise.resolve({ stdin, stdout, stderr: new PassThrough(), exited: new Promise(() => {}), kill: () => stdout.destroy() }); // prettier-ignore
  };
  return { dial, statements, dials: () => dials };
}

test.each([1, 7, 1 << 20])(
  'postgresql replies with the rows of each statement in pieces of %i bytes',
  async (piece) => {
    const fake = server(
      Buffer.concat([OK, message('S', 'server_version\x0015\0'), message('K', number(7)), READY]),
      (sql) => Buffer.concat([message('T', '\0\0'), row(sql.includes('coalesce(state') ? '[{"state":"idle","number":3}]' : '[{"pid":7}]'), message('C', 'SELECT 1\0'), READY]), // prettier-ignore
      piece,
    );
    const connection = postgresql.connect(fake.dial);
    expect(JSON.parse(await connection.request('activity', 1000))).toEqual({
      sessions: [{ pid: 7 }],
      states: [{ state: 'idle', number: 3 }],
      errors: {},
    });
    await connection.request('activity', 1000);
    expect(fake.dials()).toBe(1);
    expect(fake.statements[0]).toMatch(
      /^user postgres database postgres application_name crashcart options .*read_only=on.* search_path=pg_catalog /,
    );
    expect(fake.statements).toHaveLength(5);
    expect(fake.statements.slice(1).every((sql) => sql.startsWith('select coalesce(json_agg(t)'))).toBe(true);
    connection.close();
  },
);

test('postgresql reads a relation by the name that the server has for it, and none that it lacks', async () => {
  const found = '(select *, total_exec_time as ms from $&.pg_stat_statements)';
  const fake = server(Buffer.concat([OK, READY]), (sql) => {
    if (sql.includes('to_regclass')) return Buffer.concat([row(''), READY]);
    if (sql.includes('pg_extension')) return Buffer.concat([row(found), READY]);
    return Buffer.concat([row(sql.includes('pg_database d join') ? '[{"datname":"shop"}]' : '[]'), READY]);
  });
  const connection = postgresql.connect(fake.dial);
  expect(JSON.parse(await connection.request('workload', 4000))).toMatchObject({ io: [], ofDatabases: [{ database: 'shop', tables: [], statements: [] }] }); // prettier-ignore
  expect(fake.statements.filter((sql) => sql.includes('read_bytes'))).toEqual([]);
  expect(fake.statements.at(-1)).toContain(`from (select * from ${found} f order by ms desc limit`);
  expect(fake.statements.filter((sql) => sql.startsWith('user postgres'))).toEqual([expect.stringContaining('database postgres '), expect.stringContaining('database shop ')]); // prettier-ignore
  connection.close();
});

test('postgresql goes on after a statement that the server refuses', async () => {
  const refused = Buffer.concat([error('42501', 'permission denied for view'), READY]);
  const connection = postgresql.connect(
    server(Buffer.concat([OK, READY]), (sql) => (sql.includes('coalesce(state') ? refused : Buffer.concat([row('[]'), READY]))).dial, // prettier-ignore
  );
  expect(JSON.parse(await connection.request('activity', 1000))).toEqual({
    sessions: [],
    errors: { states: 'permission denied for view' },
  });
});

test.each([
  ['a password wanted', message('R', number(10)), { why: 'denied', message: 'password wanted (scram-sha-256), no peer or trust entry in pg_hba.conf' }],
  ['peer authentication failed', error('28000', 'Peer authentication failed for user "postgres"'), { why: 'denied', message: 'role refused: Peer authentication failed for user "postgres"' }],
  ['too many sessions', error('53300', 'sorry, too many clients already'), { why: 'failed', message: 'too many connections: sorry, too many clients already' }],
  ['starting up', error('57P03', 'the database system is starting up'), { why: 'failed', message: 'cannot connect now: the database system is starting up' }],
  ['no PostgreSQL', Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'), { why: 'failed', message: /not PostgreSQL or too long/ }],
])('postgresql rejects with the reason of %s', async (_, greeting, expected) => {
  const connection = postgresql.connect(server(greeting, () => undefined).dial);
  await expect(connection.request('server', 1000)).rejects.toMatchObject(expected);
}); // prettier-ignore

test('postgresql fails when the first statement of a request is refused', async () => {
  const refused = Buffer.concat([error('57014', 'canceling statement due to statement timeout'), READY]);
  const connection = postgresql.connect(server(Buffer.concat([OK, READY]), () => refused).dial);
  await expect(connection.request('activity', 1000)).rejects.toMatchObject({
    why: 'failed',
    message: 'sessions: canceling statement due to statement timeout',
  });
});

test('postgresql dials a server that refused it once, and repeats the reason', async () => {
  const fake = server(error('28000', 'no entry'), () => undefined);
  const connection = postgresql.connect(fake.dial);
  for (let i = 0; i < 3; i++)
    await expect(connection.request('activity', 1000)).rejects.toMatchObject({ message: 'role refused: no entry' });
  expect(fake.dials()).toBe(1);
});

test('postgresql ends a reply of too many rows', async () => {
  const rows = Buffer.concat(Array.from({ length: 9 }, () => row('x'.repeat(1 << 20))));
  const connection = postgresql.connect(server(Buffer.concat([OK, READY]), () => rows).dial);
  await expect(connection.request('activity', 5000)).rejects.toMatchObject({ message: /^reply of more than/ });
});

test.each([
  ["a = 'x' and b = 42 and c = 'it''s x'", 'a = ? and b = 42 and c = ??'],
  ["/* it's */ b = 'x' -- don't", '? b = ? ?'],
  ["a = E'it\\'s x' and b = 'x'", 'a = E?'],
  ["a = 'C:\\' and b = 'x'", 'a = ?'],
  ['do $tag$ x $tag$', 'do ?'],
  ['"a" = $1 and b = \'x', '"a" = $1 and b = ?'],
])('postgresql requests the statement %s as %s', (statement, without) => {
  const [, quoted = ''] = /\$r\$(.*?)\$r\$/s.exec(postgresqlQueries['activity']?.[0]?.select ?? '') ?? [];
  expect(statement.replaceAll(new RegExp(quoted, 'gs'), '?')).toBe(without);
});

test('postgresql times out on a server that is silent, and dials again after it closed', async () => {
  const fake = server(Buffer.concat([OK, READY]), () => undefined);
  const connection = postgresql.connect(fake.dial);
  await expect(connection.request('activity', 50)).rejects.toMatchObject({ why: 'timeout' });
  connection.close();
});

test.each([
  ['/var/run/postgresql/.s.PGSQL.5432', 'activity', true],
  ['/var/run/postgresql/.s.PGSQL.[0-9][0-9][0-9][0-9]', 'server', true],
  ['/var/run/postgresql/.s.PGSQL.5432', 'drop table x', false],
  ['/var/run/postgresql/.s.PGSQL.5432', 'toString', false],
  ['/var/run/postgresql/../docker.sock', 'activity', false],
  ['unix:postgres:*', 'server', true],
  ['unix:postgres:812:%2Fvar%2Frun%2Fpostgresql%2F.s.PGSQL.5432', 'server', true],
  ['unix:postgres:812:%2Frun%2Fdocker.sock', 'server', false],
  ['unix:dockerd:812:%2Ftmp%2F.s.PGSQL.5432', 'server', false],
])('postgresql allows %s < %s: %s', (to, request, allowed) => {
  expect(postgresql.refusal(to, request) === undefined).toBe(allowed);
});
