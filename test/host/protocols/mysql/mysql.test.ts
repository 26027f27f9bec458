import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { mysql } from '../../../../src/host/protocols/mysql/mysql.ts';
import { flavourOf, mysqlQueries } from '../../../../src/host/protocols/mysql/queries.ts';
import type { Pipe } from '../../../../src/host/transport.ts';

const packet = (sequence: number, body: Buffer | string | readonly number[]): Buffer => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
  const head = Buffer.alloc(4);
  head.writeUIntLE(bytes.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, bytes]);
};
/** Handshake v10 as MariaDB 10.11 sends it. */
const greeting = (version = '5.5.5-10.11.19-MariaDB'): Buffer =>
  packet(0, Buffer.concat([Buffer.from([10]), Buffer.from(`${version}\0`), Buffer.from([7, 0, 0, 0]), Buffer.from('saltsalt\0'), Buffer.from([0xff, 0xf7, 8, 2, 0, 0xff, 0x81, 21]), Buffer.alloc(10), Buffer.from('saltsaltsalt\0mysql_native_password\0')])); // prettier-ignore
const OK = packet(2, [0, 0, 0, 2, 0, 0, 0]);
const DONE = packet(1, [0, 0, 0, 2, 0, 0, 0]);
const EOF = packet(3, [0xfe, 0, 0, 2, 0]);
const error = (code: number, text: string, state = '#HY000'): Buffer => packet(1, Buffer.concat([Buffer.from([0xff, code & 0xff, code >> 8]), Buffer.from(state + text)])); // prettier-ignore
const text = (value: string | null): Buffer =>
  value === null ? Buffer.from([0xfb]) : value.length < 251 ? Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]) : Buffer.concat([Buffer.from([0xfc, value.length & 0xff, value.length >> 8]), Buffer.from(value)]); // prettier-ignore
const result = (columns: readonly string[], ...rows: readonly (readonly (string | null)[])[]): Buffer =>
  Buffer.concat([
    packet(1, [columns.length]),
    ...columns.map((name) => packet(2, Buffer.concat(['def', '', '', '', name, name].map((one) => text(one))))),
    EOF,
    ...rows.map((row) => packet(4, Buffer.concat(row.map((one) => text(one))))),
    EOF,
  ]);

/** Server that replies to the login with `replies`, then to each statement; its bytes come in pieces of `pieceBytes`. */
function server(
  first: Buffer,
  replies: readonly Buffer[],
  reply: (sql: string) => Buffer | undefined,
  pieceBytes = 1 << 20,
) {
  const statements: string[] = [];
  const logins: Buffer[] = [];
  let dials = 0;
  const send = (to: PassThrough, bytes: Buffer): void => {
    for (let at = 0; at < bytes.length; at += pieceBytes) to.write(bytes.subarray(at, at + pieceBytes));
  };
  const dial = (): Promise<Pipe> => {
    dials++;
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    const left = [...replies];
    stdin.on('data', (chunk: Buffer) => {
      const next = left.shift();
      if (next) {
        logins.push(chunk);
        send(stdout, next);
        return;
      }
      const sql = chunk.subarray(5).toString();
      statements.push(sql);
      const bytes = sql.startsWith('SET SESSION') ? DONE : reply(sql);
      if (bytes) send(stdout, bytes);
    });
    send(stdout, first);
    return Promise.resolve({ stdin, stdout, stderr: new PassThrough(), exited: new Promise(() => {}), kill: () => stdout.destroy() }); // prettier-ignore
  };
  return { dial, statements, logins, dials: () => dials };
}

const long = 'x'.repeat(300);
const rowsFor = (sql: string): Buffer =>
  sql.includes('trx_started') ? result(['id', 'statement', 'Extra'], ['7', long, 'secret'], ['8', null, '']) : result(['command', 'number']); // prettier-ignore

test.each([1, 7, 1 << 20])('mysql replies with the rows of each statement in pieces of %i bytes', async (piece) => {
  const fake = server(greeting(), [OK], rowsFor, piece);
  const connection = mysql.connect(fake.dial);
  expect(JSON.parse(await connection.request('activity', 1000))).toEqual({
    sessions: [{ id: '7', statement: long }, { id: '8', statement: null }],
    commands: [],
    row_locks: [],
    metadata_locks: [],
    errors: {},
  }); // prettier-ignore
  await connection.request('activity', 1000);
  expect(fake.dials()).toBe(1);
  expect(fake.logins[0]?.subarray(36).toString()).toMatch(/^root\0\0mysql_native_password\0.*crashcart$/);
  expect(fake.statements.slice(0, 2)).toEqual([
    "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', SESSION lock_wait_timeout = 1, SESSION innodb_lock_wait_timeout = 1, SESSION max_statement_time = 3",
    'SET SESSION TRANSACTION READ ONLY',
  ]);
  expect(fake.statements.slice(2).every((sql) => sql.startsWith('select '))).toBe(true);
  connection.close();
});

const switchTo = (method: string): Buffer => packet(2, Buffer.concat([Buffer.from([0xfe]), Buffer.from(`${method}\0salt\0`)])); // prettier-ignore

test('mysql replies with an empty password to a switch of the method', async () => {
  const fake = server(greeting('8.0.36'), [switchTo('mysql_native_password'), OK], rowsFor);
  const connection = mysql.connect(fake.dial);
  await connection.request('activity', 1000);
  expect(fake.logins[1]).toEqual(Buffer.from([0, 0, 0, 3]));
  expect(fake.statements[0]).toContain('max_execution_time = 3000');
});

test('mysql goes on after a statement that the server refuses', async () => {
  const connection = mysql.connect(
    server(greeting(), [OK], (sql) => (sql.includes('LOCK_WAITS') ? error(1146, "Table doesn't exist") : rowsFor(sql))).dial, // prettier-ignore
  );
  expect(JSON.parse(await connection.request('activity', 1000))).toMatchObject({
    sessions: [{ id: '7' }, { id: '8' }],
    errors: { row_locks: "Table doesn't exist" },
  });
});

test.each([
  ['too many connections', error(1040, 'Too many connections', ''), [], { why: 'failed', message: 'too many connections: Too many connections' }],
  ['a password', greeting(), [error(1698, "Access denied for user 'root'@'localhost'")], { why: 'denied', message: "password wanted (mysql_native_password), root has no unix_socket login: Access denied for user 'root'@'localhost'" }],
  ['another method', greeting('8.4.0'), [switchTo('caching_sha2_password')], { why: 'denied', message: 'password wanted (caching_sha2_password), root has no unix_socket login' }],
  ['no MySQL', Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'), [], { why: 'failed', message: /not MySQL/ }],
  ['an old protocol', packet(0, [9, 51, 0]), [], { why: 'failed', message: /not MySQL/ }],
])('mysql rejects with the reason of %s', async (_, first, replies, expected) => {
  const connection = mysql.connect(server(first, replies, () => undefined).dial);
  await expect(connection.request('server', 1000)).rejects.toMatchObject(expected);
}); // prettier-ignore

test('mysql reads no file for a server that requests one', async () => {
  const connection = mysql.connect(
    server(greeting(), [OK], () => packet(1, Buffer.from('\u00fb/etc/shadow', 'latin1'))).dial,
  );
  await expect(connection.request('server', 1000)).rejects.toMatchObject({ why: 'failed' });
});

test('mysql times out on a server that is silent', async () => {
  const connection = mysql.connect(server(greeting(), [OK], () => undefined).dial);
  await expect(connection.request('activity', 50)).rejects.toMatchObject({ why: 'timeout' });
  connection.close();
});

test.each([
  ['/var/run/mysqld/mysqld.sock', 'activity', true],
  ['/var/run/mysqld/mysqld*.sock', 'server', true],
  ['/var/lib/mysql/mysql.sock', 'server', true],
  ['/var/run/mysqld/mysqld.sock', 'drop table x', false],
  ['/var/run/mysqld/mysqld.sock', 'toString', false],
  ['/var/run/mysqld/../docker.sock', 'activity', false],
  ['unix:mariadbd:*', 'server', true],
  ['unix:mysqld:812:%2Fvar%2Frun%2Fmysqld%2Fmysqld.sock', 'server', true],
  ['unix:mysqld:812:%2Frun%2Fdocker.sock', 'server', false],
])('mysql allows %s < %s: %s', (to, request, allowed) => {
  expect(mysql.refusal(to, request) === undefined).toBe(allowed);
});

test.each([
  ['5.5.5-10.11.19-MariaDB-0+deb12u1', /INNODB_LOCK_WAITS/, /regexp_replace/, /SHOW ALL SLAVES STATUS/],
  ['8.0.36', /performance_schema\.data_lock_waits/, /regexp_replace/, /SHOW REPLICA STATUS/],
  ['5.7.44-log', /INNODB_LOCK_WAITS/, /null as statement/, /SHOW SLAVE STATUS/],
])('mysqlQueries of %s have the views of that version', (version, locks, statement, replication) => {
  const of = (request: string) => mysqlQueries[request]?.(flavourOf(version)).map(({ sql }) => sql).join('\n'); // prettier-ignore
  expect(of('activity')).toMatch(locks);
  expect(of('activity')).toMatch(statement);
  expect(of('server')).toMatch(replication);
});
