import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { answering, folder, ok, reach, serve, silent } from '../helpers/daemon-reach.ts';

describe('events', () => {
  interface DaemonReply {
    readonly listening: boolean;
    readonly sinceMs: number | null;
    readonly lost: number;
    readonly why: string | null;
    readonly events: readonly unknown[];
  }
  const parsed = (reading: { readonly ok: boolean; readonly value?: string }): DaemonReply =>
    JSON.parse(reading.value ?? 'null') as DaemonReply;
  const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

  test('are followed on one connection, kept up to 500, without secrets', async () => {
    const { ask } = await reach();
    let stream: Socket | undefined;
    const { path, made } = await serve((socket) => {
      stream = socket;
      socket.write(HEAD + chunk('{"n":0,"Env":["A=b"]}\n'));
    });
    await ask(path, 'EVENTS /events');
    await expect.poll(async () => parsed(await ask(path, 'EVENTS /events')).events).toEqual([{ n: 0 }]);
    for (let i = 1; i < 510; i++) stream?.write(chunk(`{"n":${i}}\n`));
    await expect.poll(async () => parsed(await ask(path, 'EVENTS /events')).lost).toBe(10);
    const now = parsed(await ask(path, 'EVENTS /events'));
    expect(now).toMatchObject({ listening: true, why: null });
    expect(now.events).toHaveLength(500);
    expect(now.events.at(-1)).toEqual({ n: 509 });
    expect(made()).toBe(1);
    // The same text until an event, so that it is parsed once.
    expect(await ask(path, 'EVENTS /events')).toMatchObject({
      value: ((await ask(path, 'EVENTS /events')) as { value: string }).value,
    });
  });

  test('continue after a restart of the daemon, repeated ones kept once', async () => {
    const { ask } = await reach();
    let starts = 0;
    const { path } = await serve((socket) => {
      starts++;
      socket.write(HEAD + chunk('{"old":1}') + chunk(`{"start":${starts}}`));
      if (starts === 1) setTimeout(() => socket.destroy(), 300);
    });
    await expect.poll(async () => parsed(await ask(path, 'EVENTS /events')).listening).toBe(true);
    await expect
      .poll(async () => parsed(await ask(path, 'EVENTS /events')), { timeout: 2000 })
      .toMatchObject({ listening: false, sinceMs: null, why: expect.any(String) });
    await expect
      .poll(async () => parsed(await ask(path, 'EVENTS /events')), { timeout: 4000 })
      .toMatchObject({ listening: true, events: [{ old: 1 }, { start: 1 }, { start: 2 }] });
  });

  test('are missing with the reason when the daemon refuses the stream', async () => {
    const { ask } = await reach();
    const { path } = await serve(answering(ok('{"message":"page not found"}').replace('200 OK', '404 Not Found')));
    expect(await ask(path, 'EVENTS /events')).toMatchObject({
      ok: false,
      why: 'absent',
      detail: expect.stringMatching(/page not found/),
    });
    expect(await ask(join(folder, 'missing.sock'), 'EVENTS /events')).toMatchObject({ why: 'absent' });
    const frozen = await serve(silent);
    expect(await ask(frozen.path, 'EVENTS /events', 200)).toMatchObject({ why: 'timeout' });
  });

  test('over a WebSocket get pongs, joined fragments, and an end', async () => {
    const { ask } = await reach();
    let server: Socket | undefined;
    const { path, received } = await serve((socket, request) => {
      const key = /sec-websocket-key: (\S+)\r\n/.exec(request)?.[1];
      if (server || key === undefined) return;
      server = socket;
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
    });
    const stream = 'EVENTS-WS /1.0/events?type=lifecycle';
    expect(parsed(await ask(path, stream))).toMatchObject({ listening: true, events: [] });
    server?.write(Buffer.from([0x01, 5, ...Buffer.from('{"a":')]));
    server?.write(Buffer.from([0x89, 2, ...Buffer.from('hi')]));
    server?.write(Buffer.from([0x80, 2, ...Buffer.from('1}')]));
    await expect.poll(async () => parsed(await ask(path, stream)).events).toEqual([{ a: 1 }]);
    // A pong, masked: 4 bytes of mask, then "hi" under it. It reaches the daemon after the event or before.
    const pong = () => Buffer.from(received().slice(received().indexOf('\r\n\r\n') + 4), 'latin1');
    await expect.poll(() => pong().length).toBe(8);
    const [begin, length, ...rest] = pong();
    expect([begin, length]).toEqual([0x8a, 0x82]);
    const [a = 0, b = 0, , , first = 0, second = 0] = rest;
    expect(String.fromCharCode(first ^ a, second ^ b)).toBe('hi');
    server?.write(Buffer.from([0x88, 0]));
    await expect.poll(async () => parsed(await ask(path, stream)).listening).toBe(false);
  });
});
