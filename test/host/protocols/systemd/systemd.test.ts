import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DbusReader, DbusWriter } from '../../../../src/host/protocols/systemd/dbus-values.ts';
import { systemd } from '../../../../src/host/protocols/systemd/systemd.ts';

const array = (items: DbusWriter) =>
  Buffer.concat([new DbusWriter().uint(items.length).align(8).bytes(), items.bytes()]);

/** Reply of `ListUnits`: listening sockets. */
function listed(sockets: number): Buffer {
  const rows = new DbusWriter();
  for (let i = 0; i < sockets; i++) {
    const name = `s${i}.socket`;
    rows.align(8);
    for (const text of [name, name, 'loaded', 'active', 'listening', '', `/u/${name}`]) rows.string(text);
    rows.uint(0).string('').string('/');
  }
  return array(rows);
}

const refused = (number: number) => array(new DbusWriter().align(8).string('NRefused').signature('u').uint(number));

function replyTo(serial: number, signature: string, body: Buffer): Buffer {
  const fields = new DbusWriter().align(8).byte(5).signature('u').uint(serial);
  fields.align(8).byte(8).signature('g').signature(signature);
  const head = new DbusWriter().byte(0x6c).byte(2).byte(0).byte(1).uint(body.length).uint(1).uint(fields.length);
  const pad = Buffer.alloc((8 - (fields.length % 8)) % 8);
  return Buffer.concat([head.bytes(), fields.bytes(), pad, body]);
}

/** A bus with systemd's manager, which replies to the properties of a unit after `delayMs`. */
function bus(sockets: number, delayMs: number) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  let rest = Buffer.alloc(0);
  let [calls, pending, most] = [0, 0, 0];
  const answer = async (message: Buffer) => {
    const [fields] = new DbusReader(message, 12).values('a(yv)') as [(readonly [number, unknown])[]];
    const member = new Map(fields).get(3);
    const serial = message.readUInt32LE(8);
    if (member === 'Hello') stdout.write(replyTo(serial, 's', new DbusWriter().string(':1.1').bytes()));
    if (member === 'ListJobs') stdout.write(replyTo(serial, 'a(usssoo)', array(new DbusWriter())));
    if (member === 'ListUnits') stdout.write(replyTo(serial, 'a(ssssssouso)', listed(sockets)));
    if (member !== 'GetAll') return;
    calls++;
    most = Math.max(most, ++pending);
    await sleep(delayMs);
    pending--;
    stdout.write(replyTo(serial, 'a{sv}', refused(4)));
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
  return { connection: systemd.connect(() => Promise.resolve(pipe)), most: () => most, calls: () => calls };
}

test('systemd reads the properties of 32 units at a time', async () => {
  const { connection, most } = bus(40, 10);
  const reply = JSON.parse(await connection.request('watched', 5000)) as { readonly sockets: object };
  expect(Object.entries(reply.sockets)).toHaveLength(40);
  expect(reply.sockets).toMatchObject({ 's39.socket': { NRefused: 4 } });
  expect(most()).toBe(32);
});

test('systemd sends no more calls once the request has timed out', async () => {
  const { connection, calls } = bus(90, 60);
  await expect(connection.request('watched', 30)).rejects.toThrow('watched: timeout after');
  expect(JSON.parse(await connection.request('manager', 5000))).toMatchObject({ manager: {} });
  // Those of the first part, and one of the manager.
  expect(calls()).toBe(33);
});
