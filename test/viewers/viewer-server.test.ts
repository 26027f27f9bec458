import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { helloMessage, Tickets } from '../../src/viewers/hello.ts';
import { ViewerServer, type ListenAt } from '../../src/viewers/viewer-server.ts';
import { TestViewer, until } from '../helpers/viewer.ts';

let folder = '';
const cleanup: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-viewers-'));
});
afterEach(() => {
  for (const clean of cleanup.splice(0)) clean();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(at?: ListenAt) {
  const path = join(folder, 'viewers');
  const events: string[] = [];
  const server = await ViewerServer.listen(at ?? { path, mode: 0o600 }, {
    joined: ({ number, name }) => events.push(`joined ${number} ${name}`),
    left: ({ number }, why) => events.push(`left ${number} ${why}`),
    refused: ({ why, count }) => events.push(`refused ${count}: ${why}`),
  });
  cleanup.push(() => server.end('test over'));
  const viewer = (hello?: string, to: string | number = server.port ?? path) => {
    const made = new TestViewer(to, hello);
    cleanup.push(() => made.socket.destroy());
    return made;
  };
  return { server, path, events, viewer };
}

const frame = (...lines: readonly string[]) => ({ columns: 20, rows: lines.length, lines });

test('ViewerServer shows the same frames to all viewers, changed lines alone', async () => {
  const { server, events, viewer } = await serve();
  server.show(frame('one', 'two'));
  const [first, second] = [viewer(), viewer(helloMessage({ name: 'bob \u001B[2J\u202E', ticket: undefined }))];
  await until(() => first.text() === 'one\ntwo' && second.text() === 'one\ntwo');
  expect(events.map((event) => event.replace(/\d/, 'n')).toSorted()).toEqual(['joined n alice', 'joined n bob ␛[2J�']);
  expect(events.join()).not.toMatch(/[\u001B\u202E]/);
  server.show(frame('one', 'changed'));
  await until(() => first.text() === 'one\nchanged' && second.text() === 'one\nchanged');
  expect(server.viewers()).toHaveLength(2);
});

test('ViewerServer gives its socket the chosen mode', async () => {
  const { path } = await serve();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const group = join(folder, 'group');
  await serve({ path: group, mode: 0o660 });
  expect(statSync(group).mode & 0o777).toBe(0o660);
});

test('ViewerServer admits one viewer by each ticket', async () => {
  const tickets = new Tickets(2);
  const [ticket, other] = tickets.left;
  const { server, events, viewer } = await serve({ port: 0, tickets });
  server.show(frame('screen'));
  const admitted = viewer(helloMessage({ name: 'alice', ticket }));
  await until(() => admitted.text() === 'screen');
  const again = viewer(helloMessage({ name: 'mallory', ticket }));
  const none = viewer(helloMessage({ name: 'mallory', ticket: undefined }));
  await until(() => again.closed && none.closed);
  expect([again.end, none.end]).toEqual(['unknown or used ticket', 'unknown or used ticket']);
  expect(again.frames + none.frames).toBe(0);
  expect(events).toContain('refused 1: unknown or used ticket');
  const second = viewer(helloMessage({ name: 'bob', ticket: other }));
  await until(() => second.text() === 'screen');
  expect(tickets.left).toEqual([]);
});

test('ViewerServer refuses what is not a viewer, and ignores all that a viewer sends after its first line', async () => {
  const { server, events, viewer } = await serve();
  server.show(frame('screen'));
  const http = viewer('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  const long = viewer('x'.repeat(100_000));
  await until(() => http.closed && long.closed);
  expect(http.frames + long.frames).toBe(0);
  // Another one within 10 s waits for the next notice.
  expect(events).toEqual(['refused 1: no first line of a viewer']);
  const hostile = viewer();
  await until(() => hostile.text() === 'screen');
  hostile.socket.write(Buffer.alloc(4 << 20, '\u0003qR'));
  hostile.socket.write(helloMessage({ name: 'again', ticket: undefined }));
  await sleep(200);
  server.show(frame('still shown'));
  await until(() => hostile.text() === 'still shown');
  expect(server.viewers()).toEqual([{ number: 1, name: 'alice' }]);
});

test('ViewerServer gives no notice of connections that sent nothing, and one of many that sent anything', async () => {
  const { events, path } = await serve();
  const connected = async (text: string) => {
    const socket = createConnection(path).on('error', () => undefined);
    cleanup.push(() => socket.destroy());
    await new Promise((done) => socket.once('connect', done));
    const closed = new Promise((done) => socket.once('close', done));
    if (text === '') socket.destroy();
    else socket.resume().write(text);
    await closed;
  };
  for (let i = 0; i < 20; i++) await connected('');
  await sleep(100);
  expect(events).toEqual([]);
  for (let i = 0; i < 20; i++) await connected('GET / HTTP/1.1\n');
  await sleep(100);
  expect(events).toEqual(['refused 1: no first line of a viewer']);
});

test('ViewerServer drops whole frames for a viewer that does not read, and never waits for it', async () => {
  const { server, viewer, path } = await serve();
  const fast = viewer();
  const slow = createConnection(path);
  cleanup.push(() => slow.destroy());
  slow.pause();
  slow.write(helloMessage({ name: 'slow', ticket: undefined }));
  await until(() => server.viewers().length === 2);
  const before = process.memoryUsage().rss;
  let last = '';
  for (let i = 0; i < 40; i++) {
    last = `frame ${i}`;
    // 400 kB each: all of them would be 16 MB.
    server.show({ columns: 900, rows: 450, lines: Array.from({ length: 450 }, (_, row) => `${last} ${row} ${'x'.repeat(890)}`) }); // prettier-ignore
    await sleep(110);
  }
  await until(() => fast.text().startsWith(last));
  expect(fast.frames).toBeGreaterThan(20);
  expect(process.memoryUsage().rss - before).toBeLessThan(150 << 20);
  let text = '';
  slow.setEncoding('utf8').on('data', (data) => (text += String(data)));
  slow.resume();
  await until(() => text.includes(`${last} 449`));
  // Every message is a whole one, and most frames are missing.
  const messages = text.trimEnd().split('\n');
  for (const message of messages) expect(JSON.parse(message)).toMatchObject({ columns: 900, rows: 450 });
  expect(messages.length).toBeLessThan(10);
}, 60_000);

test('ViewerServer disconnects all viewers at its end, also one that does not read', async () => {
  const { server, viewer } = await serve();
  server.show(frame('screen'));
  const [first, second] = [viewer(), viewer()];
  await until(() => first.frames > 0 && second.frames > 0);
  second.socket.pause();
  server.end('ended by the engineer');
  await until(() => first.closed);
  expect(first.end).toBe('ended by the engineer');
  const late = viewer();
  await until(() => late.closed);
  expect(late.frames).toBe(0);
});
