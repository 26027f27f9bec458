import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach } from 'vitest';
import type { Protocol } from '../../src/host/protocols/protocol.ts';
import { http } from '../../src/host/protocols/http/http.ts';
import { localTransport } from '../../src/host/local-transport.ts';
import { openUserLane } from '../../src/host/open-lane.ts';
import { DaemonClients } from '../../src/host/daemon-clients.ts';
import { needsPython } from './python.ts';
import { unixServer, type UnixServer } from './unix-server.ts';

/** Requests to fake daemons on this machine through a real collector; closed after each test. */

beforeEach(needsPython);

export const folder = mkdtempSync(join(tmpdir(), 'crashcart-daemons-'));
afterAll(() => rmSync(folder, { recursive: true }));

export const opened: { close: () => void | Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** HTTP at any path: no test dials a real daemon of this machine. */
export const anywhere: Protocol = { ...http, refusal: () => undefined, daemons: () => undefined };

export async function reach(protocol: Protocol = anywhere) {
  const { lane } = await openUserLane(localTransport());
  const daemons = new DaemonClients(
    () => undefined,
    () => protocol,
  );
  opened.unshift({ close: () => (daemons.drop(lane), lane.close()) });
  const ask = (to: string, request = 'GET /_ping', timeoutMs = 2000) =>
    daemons.request(lane, { kind: 'talk', dialect: 'http', to, request, timeoutMs });
  return { lane, daemons, ask };
}

let number = 0;
export async function serve(
  respond: (socket: Socket, request: string) => void,
  name = `s${number++}.sock`,
): Promise<UnixServer> {
  const server = await unixServer(join(folder, name), respond);
  opened.push(server);
  return server;
}

/** Replies to each complete request with these bytes. */
export const answering = (bytes: string | ((path: string) => string)) => (socket: Socket, request: string) => {
  const path = /^GET (\S+) /.exec(request)?.[1] ?? '';
  if (request.endsWith('\r\n\r\n')) socket.end(typeof bytes === 'string' ? bytes : bytes(path));
};
export const ok = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
export const silent = () => undefined;
