import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SourceReader } from '../../src/collect/source-reader.ts';
import { TalkError, type Protocol } from '../../src/host/protocols/protocol.ts';
import { unixctl } from '../../src/host/protocols/ovs/unixctl.ts';
import type { Host, TalksRead } from '../../src/host/host.ts';
import type { Lane } from '../../src/host/lane.ts';
import { localTransport } from '../../src/host/local-transport.ts';
import { openUserLane } from '../../src/host/open-lane.ts';
import { DaemonClients } from '../../src/host/daemon-clients.ts';
import { defineSource } from '../../src/sources/source.ts';

/** A host without python3: no protocol can be spoken there, and commands answer in the stead of daemons. */
const folder = mkdtempSync(join(tmpdir(), 'crashcart-instead-'));
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

const dialect: Protocol = {
  ...unixctl,
  refusal: () => undefined,
  instead: (to, request) => ({
    by: 'printf',
    everySeconds: 10,
    answer: async (run) => {
      const reading = await run(['printf', '%s said %s', to, request]);
      if (!reading.ok) throw new TalkError(reading.why, reading.detail);
      return reading.value;
    },
  }),
};
const read: TalksRead = { kind: 'talks', dialect: 'unixctl', pattern: join(folder, '*.ctl'), request: 'hello' };

test('every socket that the pattern names is asked by a command, its name quoted; audited once for its time', async () => {
  const ran: (readonly string[])[] = [];
  const talks = new DaemonClients(
    (_, argv) => ran.push(argv),
    () => dialect,
  );
  const before = Number(execFileSync('cut', ['-d', ' ', '-f1', '/proc/uptime'], { encoding: 'utf8' }));
  for (let i = 0; i < 2; i++) {
    const reading = await talks.askAll(lane, read);
    expect(reading).toMatchObject({ ok: true, instead: { by: 'printf', everySeconds: 10 } });
    // Rates come from when it was had, by the host's own clock.
    expect(reading.ok && reading.at).toBeGreaterThanOrEqual(before - 1);
    expect(reading.ok && [...reading.value].map(([path, told]) => [path, told.ok && told.text])).toEqual(
      ["d.$(id)'2.ctl", 'd.1.ctl'].map((name) => [join(folder, name), `${join(folder, name)} said hello`]),
    );
  }
  expect(ran).toHaveLength(2);
});

test('a dialect without commands is not looked for', async () => {
  const { instead: _, ...mute } = dialect;
  const talks = new DaemonClients(
    () => undefined,
    () => mute,
  );
  expect(await talks.askAll(lane, read)).toMatchObject({ ok: false, why: 'denied' });
});

test('a source of such answers is paced by the most frequent of them, unless one comes from a daemon itself', async () => {
  const answer = (everySeconds: number | undefined) => ({
    ok: true as const,
    value: '',
    at: 1,
    tookMs: 1,
    instead: everySeconds === undefined ? undefined : { by: 'x', everySeconds },
  });
  const talk = (request: string) => ({ kind: 'talk' as const, dialect: 'unixctl' as const, to: '/x', request });
  const source = defineSource({
    id: 'x',
    title: 'x',
    why: 'x',
    everySeconds: 2,
    reads: {
      seldom: talk('60'),
      often: talk('10'),
      other: talk('other'),
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
