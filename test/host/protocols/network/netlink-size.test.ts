import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { netlink } from '../../../../src/host/protocols/network/netlink.ts';
import { neighbours } from '../../../../src/sources/network/routing.ts';

/** A kernel that sends so many messages of a type, with a payload, then the end of the dump. */
function kernelWith(count: number, type: number, payload: Buffer) {
  const stdout = new PassThrough({ highWaterMark: 1 << 26 });
  const stdin = new PassThrough();
  stdin.on('data', (request: Buffer) => {
    const message = (of: number, body: Buffer) => {
      const head = Buffer.alloc(16);
      head.writeUInt32LE(16 + body.length, 0);
      head.writeUInt16LE(of, 4);
      head.writeUInt32LE(request.readUInt32LE(8), 8);
      return Buffer.concat([head, body]);
    };
    const one = message(type, payload);
    for (let sent = 0; sent < count; sent += 500)
      stdout.write(Buffer.concat(Array.from({ length: Math.min(500, count - sent) }, () => one)));
    stdout.write(message(3, Buffer.alloc(4)));
  });
  const pipe = { stdin, stdout, stderr: new PassThrough(), exited: new Promise<undefined>(() => undefined), kill: () => undefined }; // prettier-ignore
  return netlink.connect(() => Promise.resolve(pipe));
}

/** ndmsg with an address: 192.0.2.1, STALE. */
const neighbour = Buffer.alloc(20);
neighbour.writeUInt16LE(0x04, 8);
neighbour.writeUInt16LE(8, 12);
neighbour.writeUInt16LE(1, 14);
neighbour.set([192, 0, 2, 1], 16);

test('netlink counts 100 000 neighbours and keeps 5 000', async () => {
  const text = await kernelWith(50_000, 28, neighbour).request('neighbours', 20_000);
  // A dump of each family.
  expect(neighbours.parse({ neighbours: text, limit4: undefined })?.all).toBe(100_000);
  expect(text.length).toBeLessThan(1 << 20);
});

test('netlink keeps 4 000 links, with less than 4 MiB', async () => {
  const link = Buffer.alloc(16 + 8 + 196);
  link.writeUInt16LE(8, 16);
  link.writeUInt16LE(3, 18);
  link.write('eth\0', 20);
  link.writeUInt16LE(196, 24);
  link.writeUInt16LE(23, 26);
  const text = await kernelWith(4000, 16, link).request('links', 20_000);
  expect(JSON.parse(text)).toMatchObject({ all: 4000 });
  expect(text.length).toBeLessThan(4 << 20);
});

test('netlink refuses a dump beyond 16 MiB', async () => {
  const links = kernelWith(20_000, 16, Buffer.alloc(1000)).request('links', 20_000);
  await expect(links).rejects.toThrow('exceeds 16 MiB');
});
