import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { joinControlSocket } from '../../../src/host/ssh/control-socket.ts';

let folder = '';
let path = '';
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
  path = join(folder, 'cm');
});
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((settle) => server.close(settle));
  rmSync(folder, { recursive: true });
});

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
/** Replies of the master of OpenSSH 9.2. */
const HELLO = hex('00000008 00000001 00000004');
const PROXIED = hex('00000008 8000000f 00000000');
const OPENED = hex('00000012 005b 00000000 00000007 00000000 00008000');
const REFUSED = hex('0000001d 005c 00000000 00000002 0000000b 6f70656e206661696c6564 00000000');

/** Master that sends each reply after a message of the client; the client's bytes are returned. */
async function master(
  replies: readonly Buffer[],
): Promise<{ readonly received: () => string; readonly end: () => void }> {
  let bytes = Buffer.alloc(0);
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    const left = [...replies];
    socket.on('data', (part: Buffer) => {
      bytes = Buffer.concat([bytes, part]);
      const reply = left.shift();
      // One byte at a time: messages come in any cut.
      for (const byte of reply ?? []) socket.write(Buffer.of(byte));
    });
  });
  servers.push(server);
  await new Promise<void>((settle) => {
    server.listen(path, settle);
  });
  return { received: () => bytes.toString('hex'), end: () => sockets.forEach((socket) => socket.destroy()) };
}

describe('joinControlSocket', () => {
  it('opens and closes a session, and probes the same way', async () => {
    const { received, end } = await master([Buffer.concat([HELLO, PROXIED]), OPENED, OPENED]);
    const join = await joinControlSocket(path);
    if (!join.ok) throw new Error(join.why);
    await new Promise<void>((settle) => {
      join.socket.probe(settle);
    });
    // Channel 7 of the master, closed.
    expect(received()).toContain('00000006006100000007');
    end();
    expect(await join.socket.ended).toBe('ControlMaster exited');
  });

  it.each([
    ['Session open refused by peer', [Buffer.concat([HELLO, PROXIED]), REFUSED]],
    ['proxy mode refused', [hex('00000008 80000003 00000000')]],
    ['closed by the master', [hex('7fffffff')]],
  ])('is refused with %s', async (why, replies) => {
    const { end } = await master(replies);
    expect(await joinControlSocket(path)).toEqual({ ok: false, why });
    end();
  });

  it('gives up a master without a reply within 2 s', async () => {
    const { end } = await master([HELLO]);
    const startMs = performance.now();
    expect(await joinControlSocket(path)).toEqual({ ok: false, why: 'no reply in 2 s' });
    expect(performance.now() - startMs).toBeLessThan(3000);
    end();
  });

  it('has no reason without a socket, and one for a file', async () => {
    expect(await joinControlSocket(path)).toEqual({ ok: false, why: undefined });
    writeFileSync(path, '');
    expect(await joinControlSocket(path)).toEqual({ ok: false, why: 'not a socket' });
  });

  it.runIf(process.getuid?.() === 0)('refuses a socket of another user', async () => {
    const { end } = await master([]);
    chownSync(path, 12_345, 0);
    expect(await joinControlSocket(path)).toEqual({ ok: false, why: 'owned by user 12345' });
    end();
  });
});
