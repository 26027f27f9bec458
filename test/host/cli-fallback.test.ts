import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SourceReader } from '../../src/collect/source-reader.ts';
import { DaemonError, type Protocol } from '../../src/host/protocols/protocol.ts';
import { unixctl } from '../../src/host/protocols/ovs/unixctl.ts';
import type { Host, DaemonGlobRead } from '../../src/host/host.ts';
import type { Lane } from '../../src/host/lane.ts';
import { localTransport } from '../../src/host/local-transport.ts';
import { openUserLane } from '../../src/host/open-lane.ts';
import { DaemonClients } from '../../src/host/daemon-clients.ts';
import { defineSource } from '../../src/sources/source.ts';

/** Host without python3, where fallback commands reply for daemons. */
const folder = mkdtempSync(join(tmpdir(), 'crashcart-fallback-'));
const servers: Server[] = [];
let lane: Lane;

beforeAll(async () => {
  const local = localTransport();
  const exec = (command: string) => local.exec(command.replaceAll('/usr/bin/python3', '/usr/bin/python3-is-not-here'));
  ({ lane } = await openUserLane({ ...local, exec }));
  for (const name of ['d.1.ctl', "d.$(id)'2.ctl"])
    await new Promise<void>((resolve) => {
      servers.push(createServer().listen(join(folder, name), resolve));
    });
});
afterAll(() => {
  lane.close();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

const protocol: Protocol = {
  ...unixctl,
  refusal: () => undefined,
  fallback: (to, request) => ({
    by: 'printf',
    everySeconds: 10,
    reply: async (run) => {
      const reading = await run(['printf', '%s: %s', to, request]);
      if (!reading.ok) throw new DaemonError(reading.why, reading.detail);
      return reading.value;
    },
  }),
};
const read: DaemonGlobRead = { kind: 'talks', dialect: 'unixctl', pattern: join(folder, '*.ctl'), request: 'hello' };

test('DaemonClients runs one command per socket and period, with a quoted name, on a host without python3', async () => {
  const ran: (readonly string[])[] = [];
  const reasons = new Set<string>();
  const daemons = new DaemonClients(
    (_, argv, why) => {
      ran.push(argv);
      reasons.add(why);
    },
    () => protocol,
  );
  const before = Number(execFileSync('cut', ['-d', ' ', '-f1', '/proc/uptime'], { encoding: 'utf8' }));
  for (let i = 0; i < 2; i++) {
    const reading = await daemons.requestAll(lane, read);
    expect(reading).toMatchObject({ ok: true, instead: { by: 'printf', everySeconds: 10 } });
    // Rates use the time of the reply, by the host's clock.
    expect(reading.ok && reading.at).toBeGreaterThanOrEqual(before - 1);
    expect(reading.ok && [...reading.value].map(([path, reply]) => [path, reply.ok && reply.text])).toEqual(
      ["d.$(id)'2.ctl", 'd.1.ctl'].map((name) => [join(folder, name), `${join(folder, name)}: hello`]),
    );
  }
  expect(ran).toHaveLength(2);
  expect([...reasons]).toEqual(['polls daemon every 10 s']);
});

test('DaemonClients lists no sockets when the protocol has no fallback', async () => {
  const { fallback: _, ...mute } = protocol;
  const daemons = new DaemonClients(
    () => undefined,
    () => mute,
  );
  expect(await daemons.requestAll(lane, read)).toMatchObject({ ok: false, why: 'denied' });
});

test('SourceReader uses the shortest fallback period, and none when a daemon itself replied', async () => {
  const answer = (everySeconds: number | undefined) => ({
    ok: true as const,
    value: '',
    at: 1,
    tookMs: 1,
    instead: everySeconds === undefined ? undefined : { by: 'x', everySeconds },
  });
  const daemonRead = (request: string) => ({ kind: 'talk' as const, dialect: 'unixctl' as const, to: '/x', request });
  const source = defineSource({
    id: 'x',
    title: 'x',
    why: 'x',
    everySeconds: 2,
    reads: {
      seldom: daemonRead('60'),
      often: daemonRead('10'),
      other: daemonRead('other'),
      file: { kind: 'file', path: '/proc/uptime' },
    },
    parse: () => undefined,
  });
  const paceOf = (other: number | undefined) =>
    new SourceReader({
      read: async (what: { request?: string }) => answer(what.request === 'other' ? other : Number(what.request)),
    } as unknown as Host)
      .read(source)
      .then(({ paceSeconds }) => paceSeconds);
  expect(await paceOf(30)).toBe(10);
  expect(await paceOf(undefined)).toBeUndefined();
});

writeFileSync(join(folder, 'no-socket.ctl'), '');
