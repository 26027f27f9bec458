import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { DaemonError } from '../../../../src/host/protocols/protocol.ts';
import { RadosConnection } from '../../../../src/host/protocols/ceph/rados-connection.ts';
import { RadosFrames, type RadosFrame } from '../../../../src/host/protocols/ceph/rados-frames.ts';
import { rados } from '../../../../src/host/protocols/ceph/rados.ts';
import { bytePipe, type BytePipe } from '../../../helpers/byte-pipe.ts';
import { needsPython } from '../../../helpers/python.ts';

const CONF = '/etc/ceph/ceph.conf';

interface SentRequest {
  readonly id: number;
  readonly to: string;
  readonly cmd: { readonly prefix: string };
}

const frame = (head: object, body = ''): string =>
  `${JSON.stringify({ ...head, len: Buffer.byteLength(body) })}\n${body}`;

/** Sessions that send `hello` and reply with `answer`; each start is one more pipe. */
function sessions(
  reply: (request: SentRequest, pipe: BytePipe) => void,
  hello: string = frame({ ready: 1, fsid: 'f' }),
  stuckMs = 200,
) {
  const pipes: BytePipe[] = [];
  const connection = new RadosConnection(
    async () => {
      let seen = 0;
      const made = bytePipe((all, pipe) => {
        const lines = all.split('\n').slice(0, -1);
        // Requests parse as they were sent.
        for (const line of lines.slice(seen)) reply(JSON.parse(line) as SentRequest, pipe);
        seen = lines.length;
      });
      pipes.push(made);
      made.say(hello);
      return made.pipe;
    },
    { startMs: 400, connectMs: 60, stuckMs, retryMs: [40] },
  );
  return { connection, pipes };
}

const whyOf = (promise: Promise<string>) =>
  promise.then(
    (text) => `replied ${text}`,
    (error: unknown) => (error instanceof DaemonError ? `${error.why}: ${error.message}` : `threw ${String(error)}`),
  );
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const STATUS = '{"_to":"mon","prefix":"status"}';
const PERF = '{"_to":"mgr","prefix":"osd perf"}';

describe('rados refusal', () => {
  test('allows only read-only commands on Ceph configuration paths', () => {
    for (const request of [STATUS, PERF, '{"_to":"osds","prefix":"perf dump"}', '{"_to":"17","prefix":"perf dump"}'])
      expect(rados.refusal(CONF, request)).toBeUndefined();
    for (const request of [
      '{"_to":"mon","prefix":"osd down","ids":["1"]}',
      '{"_to":"mon","prefix":"config dump"}',
      '{"_to":"mon","prefix":"auth ls"}',
      '{"_to":"mgr","prefix":"status"}',
      '{"_to":"osds","prefix":"dump_ops_in_flight"}',
      '{"_to":"1","prefix":"injectargs"}',
      '{"_to":"-1","prefix":"perf dump"}',
      '{"prefix":"status"}',
    ])
      expect(rados.refusal(CONF, request), `request ${request}`).toMatch(/not allowed|must be/);
    expect(rados.refusal('/etc/passwd', STATUS)).toContain('not a path of a Ceph configuration');
    expect(rados.refusal('/etc/ceph/../x.conf', STATUS)).toContain('not a path of a Ceph configuration');
  });

  test('matches the command lists of the program', () => {
    const program = rados.argv?.(CONF)[4] ?? '';
    for (const line of rados.allowed) {
      const prefix = line.replace(/^\w+: /, '').replace(/ (?:<\w+>|detail|tree)$/, '');
      expect(program).toContain(`"${prefix}"`);
    }
  });
});

describe('RadosConnection', () => {
  test('serves mon, mgr and OSDs by one session, in any order', async () => {
    const { connection, pipes } = sessions(({ id, to, cmd }, pipe) => {
      setTimeout(() => pipe.say(frame({ id, ret: 0 }, `${to} ${cmd.prefix}`)), to === 'mon' ? 10 : 0);
    });
    expect(await Promise.all([connection.request(STATUS, 500), connection.request(PERF, 500)])).toEqual([
      'mon status',
      'mgr osd perf',
    ]);
    expect(pipes).toHaveLength(1);
  });

  test('reaches the mon while the mgr is frozen', async () => {
    const { connection } = sessions(({ id, to }, pipe) => {
      if (to === 'mon') pipe.say(frame({ id, ret: 0 }, 'fine'));
    });
    const pending = whyOf(connection.request(PERF, 80));
    expect(await connection.request(STATUS, 80)).toBe('fine');
    expect(await pending).toMatch(/^timeout: osd perf of mgr: timeout after/);
    expect(await connection.request(STATUS, 80)).toBe('fine');
  });

  test('maps errno 110 to timeout, 13 to denied and others to failed', async () => {
    const { connection } = sessions(({ id, cmd }, pipe) => {
      const ret = { status: 110, health: 13, versions: 22 }[cmd.prefix];
      pipe.say(frame({ id, ret, message: 'words' }));
    });
    expect(await whyOf(connection.request(STATUS, 500))).toMatch(/^timeout: mon: librados timeout/);
    expect(await whyOf(connection.request('{"_to":"mon","prefix":"health"}', 500))).toBe('denied: mon: words');
    expect(await whyOf(connection.request('{"_to":"mon","prefix":"versions"}', 500))).toBe('failed: mon: words');
  });

  test('keeps the reason of a failed session until the next retry', async () => {
    const { connection, pipes } = sessions(
      () => undefined,
      frame({ fail: 'absent', message: 'python3-rados is not installed' }),
    );
    for (let i = 0; i < 20; i++)
      expect(await whyOf(connection.request(STATUS, 500))).toBe('absent: python3-rados is not installed');
    expect(pipes).toHaveLength(1);
    await sleep(50);
    await whyOf(connection.request(STATUS, 500));
    expect(pipes).toHaveLength(2);
  });

  test('marks a host without librados, for the CLI fallback', async () => {
    const { connection } = sessions(() => undefined, frame({ fail: 'unsupported', message: 'no librados' }));
    const error = await connection.request(STATUS, 500).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ why: 'absent', unsupported: true });
  });

  test('kills a session that hangs in connect', async () => {
    const { connection, pipes } = sessions(() => undefined, frame({ connecting: 1 }));
    expect(await whyOf(connection.request(STATUS, 500))).toMatch(/^timeout: no session with the cluster/);
    expect(pipes[0]?.killed()).toBe(true);
  });

  test('fails without blaming monitors while librados starts slowly', async () => {
    const { connection, pipes } = sessions(() => undefined, '');
    expect(await whyOf(connection.request(STATUS, 50))).toMatch(
      /^failed: status of mon not sent: librados has not connected yet/,
    );
    expect(await whyOf(connection.request(STATUS, 5000))).toMatch(/^failed: librados did not start within/);
    expect(pipes[0]?.killed()).toBe(true);
  });

  test('blames monitors only after an attempt to connect has ended by its own timeout', async () => {
    const { connection, pipes } = sessions(() => undefined, frame({ connecting: 1 }));
    expect(await whyOf(connection.request(STATUS, 20))).toMatch(/^failed: status of mon not sent: librados has not/);
    expect(await whyOf(connection.request(STATUS, 500))).toMatch(/^timeout: no session with the cluster/);
    await sleep(50);
    // The next attempt is under way: what is known of the monitors stays.
    expect(await whyOf(connection.request(STATUS, 20))).toMatch(/^timeout: status of mon/);
    expect(pipes).toHaveLength(2);
  });

  test('kills a stuck session and starts the next, never two at once', async () => {
    let frozen = true;
    const { connection, pipes } = sessions(
      ({ id }, pipe) => {
        if (!frozen) pipe.say(frame({ id, ret: 0 }, 'fine'));
      },
      undefined,
      // Five requests take a while on a busy machine.
      1500,
    );
    for (let i = 0; i < 5; i++) await whyOf(connection.request(STATUS, 20));
    expect(pipes).toHaveLength(1);
    await expect.poll(() => pipes[0]?.killed(), { timeout: 10_000 }).toBe(true);
    frozen = false;
    expect(await connection.request(STATUS, 5000)).toBe('fine');
    expect(pipes).toHaveLength(2);
  }, 20_000);

  test('ends the session on garbage', async () => {
    const { connection, pipes } = sessions((_, pipe) => pipe.say('Traceback (most recent call last):\n'));
    expect(await whyOf(connection.request(STATUS, 500))).toMatch(/^failed: protocol error of the librados session/);
    expect(pipes[0]?.killed()).toBe(true);
  });
});

test('RadosFrames parses frames cut anywhere', () => {
  const bodies = ['', '{"a":"ü\\n"}', 'x'.repeat(300)];
  const all = Buffer.from(bodies.map((body, id) => frame({ id, ret: 0 }, body)).join(''));
  fc.assert(
    fc.property(fc.array(fc.nat(all.length), { maxLength: 10 }), (cuts) => {
      const frames = new RadosFrames();
      const places = [0, ...cuts.toSorted((a, b) => a - b), all.length];
      const got = places.slice(1).flatMap((end, i) => frames.push(all.subarray(places[i], end)));
      expect(got.map(({ id, body }) => [id, body])).toEqual(bodies.map((body, id) => [id, body]));
    }),
  );
});

test('session program exits at the end of its input', (context) => {
  needsPython(context);
  const [, ...args] = rados.argv?.('/etc/ceph/there-is-none.conf') ?? [];
  const run = spawnSync('python3', args, { input: '', encoding: 'utf8', timeout: 10_000 });
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
});

describe('session program with a fake librados', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crashcart-rados-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** First frame and one frame per request; the input ends after the last of them. */
  async function session(conf: string, library: string, ...requests: readonly object[]) {
    writeFileSync(join(folder, 'rados.py'), library);
    // Without -I it imports the fake library.
    const program = spawn('/usr/bin/python3', ['-u', '-c', rados.argv?.(CONF)[4] ?? '', conf], {
      env: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const reader = new RadosFrames();
    const received: RadosFrame[] = [];
    program.stdin.write(requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
    for await (const piece of program.stdout) {
      // A stream of bytes without an encoding.
      received.push(...reader.push(piece as Buffer).filter(({ connecting }) => !connecting));
      if (received.length > requests.length) program.stdin.end();
    }
    return received;
  }

  const LIBRARY = `
import json, time
MARK_DOWN = False
class Rados:
    def __init__(self, **how): self.how = how
    def connect(self): pass
    def get_fsid(self): return "f"
    def mon_command(self, request, data):
        osds = [{"osd": 0, "up": 1, "in": 1, "weight": 1.0, "uuid": "x", "addrs": ["secret"]}]
        reply = {"epoch": 7, "flags": "noout", "osds": osds, "pools": [1]}
        if MARK_DOWN:
            stamp = lambda ago: time.strftime("%Y-%m-%dT%H:%M:%S.000000+0000", time.gmtime(time.time() - ago))
            osds[0].update(up_from=9, down_at=4)
            osds += [{"osd": n, "up": 0, "in": 1, "weight": 1, "up_from": 3, "down_at": n + 10} for n in (1, 2, 3)]
            reply.update(last_up_change=stamp(60))
            reply.update(osd_xinfo=[{"osd": n, "down_stamp": stamp(600) if n == 1 else "0.000000"} for n in range(4)])
        return 0, json.dumps(reply).encode(), ""
    def mgr_command(self, request, data):
        node = {"id": 0, "type": "osd", "utilization": 4.5, "crush_weight": 1}
        return 0, json.dumps({"nodes": [node], "summary": {"dev": 2}}).encode(), ""
`;
  const conf = join(folder, 'ceph.conf');
  writeFileSync(conf, '');

  test('shortens maps to the fields in use', async (context) => {
    needsPython(context);
    const received = await session(
      conf,
      LIBRARY,
      { id: 1, to: 'mon', cmd: { prefix: 'osd dump' } },
      { id: 2, to: 'mgr', cmd: { prefix: 'osd df', output_method: 'tree' } },
    );
    const body = (wanted: number): unknown => JSON.parse(received.find(({ id }) => id === wanted)?.body ?? '');
    expect(body(1)).toEqual({ epoch: 7, flags: 'noout', osds: [{ osd: 0, up: 1, in: 1, weight: 1 }] });
    expect(body(2)).toEqual({ nodes: [{ id: 0, type: 'osd', utilization: 4.5 }], stray: [], summary: { dev: 2 } });
  });

  test('gives the age of a down OSD when the map has the time of its change', async (context) => {
    needsPython(context);
    const received = await session(conf, LIBRARY.replace('MARK_DOWN = False', 'MARK_DOWN = True'), {
      id: 1,
      to: 'mon',
      cmd: { prefix: 'osd dump' },
    });
    const { _down_s: ages } = JSON.parse(received.find(({ id }) => id === 1)?.body ?? '') as {
      _down_s: Record<string, number>;
    };
    // osd.1 by its down_stamp; osd.3 as the newest change of the map; the time of osd.2 is lost.
    expect(Object.keys(ages)).toEqual(['1', '3']);
    expect(Math.abs((ages['1'] ?? 0) - 600)).toBeLessThan(30);
    expect(Math.abs((ages['3'] ?? 0) - 60)).toBeLessThan(30);
  });

  test('gives a timeout as failed when the host was too busy to connect', async (context) => {
    needsPython(context);
    const refused = (delay: string) => `
import sys
own = sys.modules["crashcart_ceph.session"]
${delay}
class TimedOut(Exception): pass
class Rados:
    def __init__(self, **how): pass
    def connect(self): raise TimedOut("[errno 110]")
`;
    const [own] = await session(conf, refused('waits = [0, 4]\nown.cpu_wait_s = lambda: waits.pop(0)'));
    expect(own).toMatchObject({ fail: 'failed' });
    expect(own?.message).toContain('waited 4.0 s for a CPU');
    const [theirs] = await session(conf, refused('own.cpu_wait_s = lambda: 0'));
    expect(theirs).toMatchObject({ fail: 'timeout' });
  });

  test('distinguishes a missing librados from a missing configuration', async (context) => {
    needsPython(context);
    const [first] = await session(conf, 'raise ImportError("no librados")');
    expect(first).toMatchObject({ fail: 'unsupported', message: 'python3-rados is not installed: no librados' });
    const [other] = await session(join(folder, 'none.conf'), LIBRARY);
    expect(other).toMatchObject({ fail: 'absent' });
  });
});
