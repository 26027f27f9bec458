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

/** Questions to made daemons of this machine through a real collector; what a test opened is closed after it. */

beforeEach(needsPython);

export const folder = mkdtempSync(join(tmpdir(), 'crashcart-talks-'));
afterAll(() => rmSync(folder, { recursive: true }));

export const opened: { close: () => void | Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** The dialect as it is, but for the places: no test dials a daemon of this machine. */
export const anywhere: Protocol = { ...http, refusal: () => undefined, daemons: () => undefined };

export async function reach(dialect: Protocol = anywhere) {
  const { lane } = await openUserLane(localTransport());
  const talks = new DaemonClients(
    () => undefined,
    () => dialect,
  );
  opened.unshift({ close: () => (talks.drop(lane), lane.close()) });
  const ask = (to: string, request = 'GET /_ping', timeoutMs = 2000) =>
    talks.ask(lane, { kind: 'talk', dialect: 'http', to, request, timeoutMs });
  return { lane, talks, ask };
}

let number = 0;
export async function serve(
  talk: (socket: Socket, heard: string) => void,
  name = `s${number++}.sock`,
): Promise<UnixServer> {
  const server = await unixServer(join(folder, name), talk);
  opened.push(server);
  return server;
}

/** Answers each whole request with these bytes. */
export const answering = (bytes: string | ((path: string) => string)) => (socket: Socket, heard: string) => {
  const path = /^GET (\S+) /.exec(heard)?.[1] ?? '';
  if (heard.endsWith('\r\n\r\n')) socket.end(typeof bytes === 'string' ? bytes : bytes(path));
};
export const ok = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
export const silent = () => undefined;
