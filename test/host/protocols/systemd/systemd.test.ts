import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DbusReader, DbusWriter } from '../../../../src/host/protocols/systemd/dbus-values.ts';
import { systemd } from '../../../../src/host/protocols/systemd/systemd.ts';

const array = (items: DbusWriter) =>
  Buffer.concat([new DbusWriter().uint(items.length).align(8).bytes(), items.bytes()]);

/** Unit of the manager, with its counter: NRestarts of a service, NRefused of a socket. */
interface FakeUnit {
  name: string;
  sub: string;
  counter: number;
  /** Accept= of a socket. */
  accepts?: boolean;
}

/** Reply of `ListUnits`. */
function listed(units: readonly FakeUnit[]): Buffer {
  const rows = new DbusWriter();
  for (const { name, sub } of units) {
    rows.align(8);
    for (const text of [name, name, 'loaded', 'active', sub, '', `/u/${name}`]) rows.string(text);
    rows.uint(0).string('').string('/');
  }
  return array(rows);
}

const listening = (count: number): readonly FakeUnit[] =>
  Array.from({ length: count }, (_, i) => ({ name: `s${i}.socket`, sub: 'listening', counter: 4 }));

/** Reply of `GetAll`. */
const allOf = ({ name, counter, accepts = false }: FakeUnit) => {
  const counterName = name.endsWith('.socket') ? 'NRefused' : 'NRestarts';
  const pairs = new DbusWriter().align(8).string(counterName).signature('u').uint(counter);
  return array(
    pairs
      .align(8)
      .string('Accept')
      .signature('b')
      .uint(accepts ? 1 : 0),
  );
};

function replyTo(serial: number, signature: string, body: Buffer): Buffer {
  const fields = new DbusWriter().align(8).byte(5).signature('u').uint(serial);
  fields.align(8).byte(8).signature('g').signature(signature);
  const head = new DbusWriter().byte(0x6c).byte(2).byte(0).byte(1).uint(body.length).uint(1).uint(fields.length);
  const pad = Buffer.alloc((8 - (fields.length % 8)) % 8);
  return Buffer.concat([head.bytes(), fields.bytes(), pad, body]);
}

/** A bus with systemd's manager, which replies to the properties of a unit after `delayMs`. */
function bus(units: readonly FakeUnit[], delayMs: number) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  let rest = Buffer.alloc(0);
  let [pending, most] = [0, 0];
  const calls: string[] = [];
  const answer = async (message: Buffer) => {
    const [fields] = new DbusReader(message, 12).values('a(yv)') as [(readonly [number, unknown])[]];
    const [path, member] = [1, 3].map((code) => new Map(fields).get(code));
    const serial = message.readUInt32LE(8);
    if (member === 'Hello') stdout.write(replyTo(serial, 's', new DbusWriter().string(':1.1').bytes()));
    if (member === 'ListJobs') stdout.write(replyTo(serial, 'a(usssoo)', array(new DbusWriter())));
    if (member === 'ListUnits') stdout.write(replyTo(serial, 'a(ssssssouso)', listed(units)));
    if (member === 'ListUnits') calls.push('ListUnits');
    if (member !== 'GetAll' && member !== 'Get') return;
    const unit = units.find(({ name }) => path === `/u/${name}`) ?? { name: 'manager', sub: '', counter: 0 };
    calls.push(`${member} ${unit.name}`);
    most = Math.max(most, ++pending);
    await sleep(delayMs);
    pending--;
    const body = member === 'Get' ? new DbusWriter().signature('u').uint(unit.counter).bytes() : allOf(unit);
    stdout.write(replyTo(serial, member === 'Get' ? 'v' : 'a{sv}', body));
  };
  stdin.on('data', (chunk: Buffer) => {
    if (chunk[0] === 0) return void stdout.write('OK 1234\r\n');
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 16) {
      const fields = rest.readUInt32LE(12);
      const end = 16 + fields + ((8 - (fields % 8)) % 8) + rest.readUInt32LE(4);
      if (rest.length < end) return;
      void answer(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  });
  const pipe = { stdin, stdout, stderr: new PassThrough(), exited: new Promise<undefined>(() => {}), kill: () => {} };
  return { connection: systemd.connect(() => Promise.resolve(pipe)), most: () => most, calls };
}

test('systemd reads the properties of 32 units at a time', async () => {
  const { connection, most } = bus(listening(40), 10);
  const reply = JSON.parse(await connection.request('watched', 5000)) as { readonly sockets: object };
  expect(Object.entries(reply.sockets)).toHaveLength(40);
  expect(reply.sockets).toMatchObject({ 's39.socket': { NRefused: 4 } });
  expect(most()).toBe(32);
});

test('systemd sends no more calls once the request has timed out', async () => {
  const { connection, calls } = bus(listening(90), 60);
  await expect(connection.request('watched', 30)).rejects.toThrow('watched: timeout after');
  expect(JSON.parse(await connection.request('manager', 5000))).toMatchObject({ manager: {} });
  // Those of the first part, and one of the manager.
  expect(calls.filter((call) => call.startsWith('GetAll'))).toHaveLength(33);
});

const suspects = async ({ connection }: ReturnType<typeof bus>): Promise<object> =>
  (JSON.parse(await connection.request('units', 5000)) as { readonly suspects: object }).suspects;

test('systemd has the restarts of a service that runs at each reading', async () => {
  const loop = { name: 'loop.service', sub: 'running', counter: 2 };
  const manager = bus([{ name: 'calm.service', sub: 'running', counter: 0 }, loop], 0);
  expect(await suspects(manager)).toEqual({});
  expect(manager.calls).toEqual(['ListUnits', 'Get calm.service', 'Get loop.service']);
  loop.counter = 7;
  expect(await suspects(manager)).toEqual({ 'loop.service': { NRestarts: 7 } });
  // The list of the units is that of the round.
  expect(manager.calls.slice(3)).toEqual(['Get loop.service', 'GetAll loop.service', 'GetAll loop.service']);
});

test('systemd reads NRestarts of a service that did not run before', async () => {
  const late = { name: 'late.service', sub: 'dead', counter: 5 };
  const manager = bus([late], 0);
  expect(await suspects(manager)).toEqual({});
  late.sub = 'running';
  await sleep(1600);
  expect(await suspects(manager)).toEqual({ 'late.service': { NRestarts: 5 } });
});

test('systemd reads counters of sockets that accept connections at each request', async () => {
  const own = { name: 'a.socket', sub: 'listening', counter: 0, accepts: true };
  const { connection, calls } = bus([own, ...listening(1)], 0);
  await connection.request('watched', 5000);
  own.counter = 3;
  const reply = JSON.parse(await connection.request('watched', 5000)) as object;
  expect(reply).toMatchObject({ sockets: { 'a.socket': { NRefused: 3 }, 's0.socket': { NRefused: 4 } } });
  expect(calls).toEqual(['ListUnits', 'GetAll a.socket', 'GetAll s0.socket', 'GetAll a.socket']);
});
