import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Lane } from '../../src/host/lane.ts';
import { localTransport } from '../../src/host/local-transport.ts';
import { openUserLane } from '../../src/host/open-lane.ts';
import { DaemonClients } from '../../src/host/daemon-clients.ts';
import { anywhere, answering, folder, ok, opened, reach, serve, silent } from '../helpers/daemon-reach.ts';
import { sshReach } from '../helpers/ssh-reach.ts';

describe('a request', () => {
  test('gets a reply with host time and duration', async () => {
    const { ask, lane } = await reach();
    const { path, received } = await serve(answering(ok('{"Containers":[{"Env":["A=b"],"Id":"x"}]}')));
    const reading = await ask(path, 'GET /containers/json?all=1');
    expect(reading).toMatchObject({ ok: true, value: '{"Containers":[{"Id":"x"}]}' });
    expect(reading.ok && reading.tookMs).toBeLessThan(1000);
    const uptime = Number(process.hrtime.bigint()) / 1e9;
    expect(Math.abs((reading.ok ? reading.at : 0) - uptime)).toBeLessThan(1);
    expect(Math.abs((lane.clock() ?? 0) - uptime)).toBeLessThan(1);
    expect(received()).toMatch(/^GET \/containers\/json\?all=1 HTTP\/1\.1\r\nhost: localhost\r\n/);
  });

  test('gets a reply of several megabytes in small pieces', async () => {
    const { ask } = await reach();
    const body = `"${'x'.repeat(3 << 20)}"`;
    const { path } = await serve(answering(ok(body)));
    expect(await ask(path, 'GET /big', 5000)).toMatchObject({ ok: true, value: body });
  });

  test.each([
    [
      'closes early',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc'),
      /connection closed in the middle of the reply/,
    ],
    ['closes without a reply', (socket: Socket) => socket.end(), /connection closed in the middle of the reply/],
    ['speaks another protocol', (socket: Socket) => socket.write('SSH-2.0-x\r\n\r\n'), /not HTTP/],
    ['answers without end', (socket: Socket) => flood(socket), /reply exceeds 8 MiB/],
    ['answers broken JSON', (socket: Socket) => socket.end(ok('{"Env":["A=b"]')), /reply is not JSON/],
  ])('fails with a reason when the daemon %s', async (_, respond, reason) => {
    const { ask } = await reach();
    const { path, open } = await serve(respond);
    expect(await ask(path)).toMatchObject({ ok: false, why: 'failed', detail: expect.stringMatching(reason) });
    await expect.poll(open).toBe(0);
  });

  test('fails with a reason when the daemon closes without a read', async () => {
    const path = join(folder, 'rude.sock');
    const rude = spawn('/usr/bin/python3', [
      '-c',
      `import socket,time
s=socket.socket(socket.AF_UNIX); s.bind(${JSON.stringify(path)}); s.listen(); print("up",flush=True)
c,_=s.accept(); time.sleep(0.3); c.close(); time.sleep(30)`,
    ]);
    onTestFinished(() => void rude.kill());
    await once(rude.stdout, 'data');
    const { ask } = await reach();
    expect(await ask(path)).toMatchObject({
      ok: false,
      why: 'failed',
      detail: expect.stringMatching(/connection lost: Connection reset by peer/),
    });
  });

  test.each([
    [404, 'absent', '{"message":"No such container: web"}', /No such container: web/],
    [403, 'denied', '{"type":"error","error":"not authorized"}', /not authorized/],
    [500, 'failed', '{"type":"error","error":"database is locked"}', /HTTP 500: database is locked/],
    [500, 'absent', '{"type":"error","error":"Server is not clustered"}', /Server is not clustered/],
  ] as const)('with HTTP status %i is %s, with the message of the daemon', async (status, why, body, words) => {
    const { ask } = await reach();
    const { path } = await serve(answering(ok(body).replace('200 OK', `${status} X`)));
    expect(await ask(path)).toMatchObject({ ok: false, why, detail: expect.stringMatching(words) });
  });

  test('times out when the reply drips, and stays the only one at the daemon', async () => {
    const { ask } = await reach();
    const { path, made } = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await ask(path, 'GET /_ping', 300)).toMatchObject({ ok: false, why: 'timeout' });
    expect(await ask(path, 'GET /_ping', 300)).toMatchObject({
      why: 'timeout',
      detail: expect.stringMatching(/not sent, no reply to/),
    });
    expect(made()).toBe(1);
  });

  test('sent 200 times to a frozen daemon leaves two connections', async () => {
    const { ask } = await reach();
    const { path, open } = await serve(silent);
    const readings = await Promise.all(Array.from({ length: 200 }, (_, i) => ask(path, `GET /${i % 20}`, 500)));
    expect(new Set(readings.map((reading) => (reading.ok ? 'ok' : reading.why)))).toEqual(new Set(['timeout']));
    // A request in the queue may start just before its timeout; a later one closes at once.
    await expect.poll(open).toBeLessThanOrEqual(2);
    for (let i = 0; i < 10; i++) await ask(path, `GET /${i}`, 100);
    await expect.poll(open).toBe(2);
  });

  test('gets a reply again when the daemon has thawed', async () => {
    const { ask } = await reach();
    const held: Socket[] = [];
    let frozen = true;
    const { path } = await serve((socket) => {
      if (frozen) held.push(socket);
      else socket.end(ok('OK'));
    });
    expect(await ask(path, 'GET /_ping', 200)).toMatchObject({ why: 'timeout' });
    frozen = false;
    for (const socket of held) socket.end(ok('late'));
    await vi.waitFor(async () => expect(await ask(path)).toMatchObject({ ok: true, value: 'OK' }), 5000);
  });

  test('does not block others when it hangs', async () => {
    const { ask } = await reach();
    const { path } = await serve((socket, request) => {
      if (!request.startsWith('GET /stuck')) socket.end(ok('OK'));
    });
    expect(await ask(path, 'GET /stuck', 200)).toMatchObject({ why: 'timeout' });
    expect(await ask(path)).toMatchObject({ ok: true, value: 'OK' });
  });

  test('EACH reads a resource of every list item', async () => {
    const { ask } = await reach();
    const lists: Record<string, string> = {
      '/pools?recursion=1': '{"metadata":[{"name":"a"},{"name":"../b"},{"name":"c"}]}',
      '/pools/a/resources': '{"metadata":{"space":{"used":1}}}',
    };
    const { path } = await serve(
      answering((at) => (lists[at] === undefined ? ok('{"error":"no"}').replace('200 OK', '500 X') : ok(lists[at]))),
    );
    const reading = await ask(path, 'EACH /pools resources');
    expect(JSON.parse(reading.ok ? reading.value : 'null')).toEqual({
      list: [{ name: 'a' }, { name: '../b' }, { name: 'c' }],
      each: { a: { space: { used: 1 } }, c: { error: '/pools/c/resources: HTTP 500: no' } },
    });
  });

  test('fails when the collector ends in the middle', async () => {
    const { ask, lane } = await reach();
    const { path } = await serve(silent);
    const pending = ask(path, 'GET /_ping', 4000);
    await sleep(200);
    expect(lane.pid).toBeGreaterThan(1);
    process.kill(lane.pid ?? Number.NaN, 'SIGKILL');
    expect(await pending).toMatchObject({ ok: false, why: 'failed' });
    await lane.ended;
    expect(await ask(path)).toMatchObject({ ok: false, why: 'failed', detail: expect.stringMatching(/ended|lost/) });
  });

  test('is never sent when it is not on the read-only list', async () => {
    const { ask } = await reach({ ...anywhere, refusal: () => 'not that' });
    const { path, made } = await serve(silent);
    expect(await ask(path)).toMatchObject({ why: 'failed', detail: expect.stringMatching(/read-only list: not that/) });
    expect(made()).toBe(0);
  });
});

function flood(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  const more = () => {
    while (socket.writable && socket.write(Buffer.alloc(1 << 18, 'x')));
  };
  socket.on('drain', more);
  more();
}

describe('a socket', () => {
  test('is absent when it does not exist', async () => {
    const { ask } = await reach();
    expect(await ask(join(folder, 'missing.sock'))).toMatchObject({ ok: false, why: 'absent' });
  });

  test('fails with the reason when no process listens', async () => {
    const { ask } = await reach();
    const path = join(folder, 'stale.sock');
    execFileSync('/usr/bin/python3', [
      '-c',
      `import socket; socket.socket(socket.AF_UNIX).bind(${JSON.stringify(path)})`,
    ]);
    expect(await ask(path)).toMatchObject({ why: 'failed', detail: expect.stringMatching(/nothing listens/) });
  });

  test.runIf(process.getuid?.() === 0)('is denied without permission', async () => {
    const { path } = await serve(answering(ok('OK')));
    chmodSync(path, 0o600);
    chmodSync(folder, 0o755);
    const local = localTransport();
    // Another uid: root may open anything.
    const { lane } = await openUserLane({
      ...local,
      exec: (command) =>
        local.exec(`exec setpriv --reuid 65534 --regid 65534 --clear-groups ${command.replace(/^exec /, '')}`),
    });
    const daemons = new DaemonClients(
      () => undefined,
      () => anywhere,
    );
    opened.unshift({ close: () => (daemons.drop(lane), lane.close()) });
    expect(
      await daemons.request(lane, { kind: 'talk', dialect: 'http', to: path, request: 'GET /_ping' }),
    ).toMatchObject({
      why: 'denied',
    });
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    const all = { kind: 'talks', dialect: 'http', pattern: join(closed, '*.sock'), request: 'GET /' } as const;
    expect(await daemons.requestAll(lane, all)).toMatchObject({ why: 'denied' });
  });

  test('fails at once when its backlog is full', async () => {
    const path = join(folder, 'full.sock');
    const hog = spawn('/usr/bin/python3', [
      '-c',
      `import socket,sys
s=socket.socket(socket.AF_UNIX); s.bind(${JSON.stringify(path)}); s.listen(0)
held=[]
while True:
    c=socket.socket(socket.AF_UNIX); c.setblocking(False)
    try: c.connect(${JSON.stringify(path)})
    except BlockingIOError: break
    held.append(c)
print("full", flush=True); sys.stdin.read()`,
    ]);
    onTestFinished(() => void hog.kill());
    await once(hog.stdout, 'data');
    const { ask, lane } = await reach();
    const pending = ask(path);
    const startMs = performance.now();
    expect(await lane.read({ kind: 'file', path: '/proc/sys/kernel/ostype' })).toMatchObject({ ok: true });
    expect(performance.now() - startMs).toBeLessThan(300);
    expect(await pending).toMatchObject({ why: 'failed', detail: expect.stringMatching(/backlog is full/) });
  });

  test('is dialled when its path exceeds sun_path', async () => {
    const deep = join(folder, 'd'.repeat(120));
    mkdirSync(deep);
    // Node cannot bind it; Python does from inside the folder.
    const server = spawn('/usr/bin/python3', [
      '-c',
      `import os,socket,sys
os.chdir(${JSON.stringify(deep)}); s=socket.socket(socket.AF_UNIX); s.bind("a.sock"); s.listen(); print("up",flush=True)
c,_=s.accept(); c.recv(9999); c.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nOK"); c.close()`,
    ]);
    onTestFinished(() => void server.kill());
    await once(server.stdout, 'data');
    const { ask } = await reach();
    expect(await ask(join(deep, 'a.sock'))).toMatchObject({ ok: true, value: 'OK' });
  });

  test('is not dialled when its daemon does not run: socket activation would start it', async () => {
    const { ask } = await reach({ ...anywhere, daemons: () => ['no-such-daemon'] });
    const { path, made } = await serve(answering(ok('OK')));
    expect(await ask(path)).toMatchObject({
      why: 'failed',
      detail: expect.stringMatching(/no-such-daemon does not run/),
    });
    expect(await ask(join(folder, 'missing.sock'))).toMatchObject({ why: 'absent' });
    expect(made()).toBe(0);
    const running = await reach({ ...anywhere, daemons: () => ['other', 'python3'] });
    expect(await running.ask(path)).toMatchObject({ ok: true });
  });

  test('is not dialled after its daemon closed a stream, while that process lives', async () => {
    // A unique name: a new process of the same name would count as a restarted daemon.
    const program = join(folder, 'lab-hangs-up');
    copyFileSync('/bin/sleep', program);
    const daemon = spawn(program, ['60']);
    onTestFinished(() => void daemon.kill());
    const { ask } = await reach({ ...anywhere, daemons: () => ['lab-hangs-up'] });
    const listeners: Socket[] = [];
    const { path, made } = await serve((socket, request) => {
      if (!request.startsWith('GET /events')) return answering(ok('OK'))(socket, request);
      listeners.push(socket);
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
    });
    // The end of a one-request connection does not count.
    for (let i = 0; i < 2; i++) expect(await ask(path)).toMatchObject({ ok: true, value: 'OK' });
    expect(await ask(path, 'EVENTS /events')).toMatchObject({ ok: true });
    expect(await ask(path)).toMatchObject({ ok: true });
    for (const listener of listeners) listener.end();
    await expect
      .poll(() => ask(path), { timeout: 10_000 })
      .toMatchObject({ why: 'failed', detail: expect.stringMatching(/hung up and may be ending/) });
    const after = made();
    // Retries of the stream are not dialled either.
    await sleep(1500);
    expect(await ask(path)).toMatchObject({ why: 'failed' });
    expect(made()).toBe(after);
  });
});

describe('many sockets', () => {
  test('reply independently of a frozen one, a stale one and a file', async () => {
    const { daemons, lane } = await reach();
    const own = join(folder, 'osd');
    mkdirSync(own);
    for (let i = 0; i < 6; i++) await serve(answering(ok(`${i}`)), `osd/osd.${i}.asok`);
    await serve(silent, 'osd/osd.6.asok');
    writeFileSync(join(own, 'osd.7.asok'), 'a file');
    const pattern = join(own, 'osd.*.asok');
    const startMs = performance.now();
    const reading = await daemons.requestAll(lane, {
      kind: 'talks',
      dialect: 'http',
      pattern,
      request: 'GET /',
      timeoutMs: 500,
    });
    expect(performance.now() - startMs).toBeLessThan(1500);
    const replies = reading.ok ? [...reading.value] : [];
    // Rates use the time of each reply: the frozen daemon delays the reading by half a second.
    const first = replies[0]?.[1];
    expect((reading.ok ? reading.at : 0) - (first?.ok ? (first.at ?? 0) : 0)).toBeGreaterThan(0.4);
    expect(replies.map(([path, one]) => [path.slice(own.length + 1), one.ok ? one.text : one.why])).toEqual([
      ...[0, 1, 2, 3, 4, 5].map((i) => [`osd.${i}.asok`, `${i}`]),
      ['osd.6.asok', 'timeout'],
    ]);
  });

  test('are absent when none matches', async () => {
    const { daemons, lane } = await reach();
    const all = { kind: 'talks', dialect: 'http', pattern: join(folder, 'none-*.asok'), request: 'GET /' } as const;
    expect(await daemons.requestAll(lane, all)).toMatchObject({ ok: false, why: 'absent' });
  });
});

describe('over SSH', () => {
  const ssh = sshReach();
  afterAll(() => ssh.end());

  test('requests run in parallel, and fail when the connection is lost', async () => {
    const server = await ssh.serverWithKey();
    const { lane } = await openUserLane(await ssh.connected(ssh.resolved(server)));
    const daemons = new DaemonClients(
      () => undefined,
      () => anywhere,
    );
    opened.unshift({ close: () => (daemons.drop(lane), lane.close()) });
    const body = `"${'x'.repeat(1 << 20)}"`;
    const big = await serve(answering(ok(body)));
    const frozen = await serve(silent);
    const ask = (to: string, request: string) => daemons.request(lane, { kind: 'talk', dialect: 'http', to, request });
    const stuck = ask(frozen.path, 'GET /_ping');
    const answers = await Promise.all(['/a', '/b', '/c'].map((path) => ask(big.path, `GET ${path}`)));
    expect(answers.map((reading) => reading.ok && reading.value === body)).toEqual([true, true, true]);
    await server.close();
    expect(await stuck).toMatchObject({ ok: false, why: 'failed' });
    await expect.poll(frozen.open, { timeout: 4000 }).toBe(0);
  });
});

test('drop closes all connections of a lane', async () => {
  const { daemons, lane, ask } = (await reach()) as {
    daemons: DaemonClients;
    lane: Lane;
    ask: (to: string, request?: string, ms?: number) => Promise<unknown>;
  };
  const frozen = await serve(silent);
  const stream = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'));
  await Promise.all([ask(frozen.path, 'GET /_ping', 200), ask(stream.path, 'EVENTS /events')]);
  expect([frozen.open(), stream.open()]).toEqual([1, 1]);
  daemons.drop(lane);
  await expect.poll(() => [frozen.open(), stream.open()]).toEqual([0, 0]);
});
