import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { TalkError } from '../../../../src/host/protocols/protocol.ts';
import { RadosConnection } from '../../../../src/host/protocols/ceph/rados-connection.ts';
import { RadosFrames, type RadosFrame } from '../../../../src/host/protocols/ceph/rados-frames.ts';
import { rados } from '../../../../src/host/protocols/ceph/rados.ts';
import { bytePipe, type BytePipe } from '../../../helpers/byte-pipe.ts';
import { needsPython } from '../../../helpers/python.ts';

const CONF = '/etc/ceph/ceph.conf';

interface ReadResult {
  readonly id: number;
  readonly to: string;
  readonly cmd: { readonly prefix: string };
}

const frame = (head: object, body = ''): string =>
  `${JSON.stringify({ ...head, len: Buffer.byteLength(body) })}\n${body}`;

/** A session that says `hello` and answers as told; each start is one more pipe. */
function sessions(
  answer: (asked: ReadResult, pipe: BytePipe) => void,
  hello: string = frame({ ready: 1, fsid: 'f' }),
  stuckMs = 200,
) {
  const pipes: BytePipe[] = [];
  const conversation = new RadosConnection(
    async () => {
      let seen = 0;
      const made = bytePipe((all, pipe) => {
        const lines = all.split('\n').slice(0, -1);
        // The test's own words come back as they were sent.
        for (const line of lines.slice(seen)) answer(JSON.parse(line) as ReadResult, pipe);
        seen = lines.length;
      });
      pipes.push(made);
      made.say(hello);
      return made.pipe;
    },
    { startMs: 400, connectMs: 60, stuckMs, retryMs: [40] },
  );
  return { conversation, pipes };
}

const whyOf = (promise: Promise<string>) =>
  promise.then(
    (text) => `answered ${text}`,
    (error: unknown) => (error instanceof TalkError ? `${error.why}: ${error.message}` : `threw ${String(error)}`),
  );
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const STATUS = '{"_to":"mon","prefix":"status"}';
const PERF = '{"_to":"mgr","prefix":"osd perf"}';

describe('what may be asked', () => {
  test('of a configuration in its place, by commands that look', () => {
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
      expect(`${request}: ${rados.refusal(CONF, request) ?? 'allowed'}`).not.toMatch(/allowed$/);
    expect(rados.refusal('/etc/passwd', STATUS)).toContain('no place');
    expect(rados.refusal('/etc/ceph/../x.conf', STATUS)).toContain('no place');
  });

  test('the program lists the same commands', () => {
    const program = rados.argv?.(CONF)[4] ?? '';
    for (const line of rados.allowed) {
      const prefix = line.replace(/^\w+: /, '').replace(/ (?:<\w+>|detail|tree)$/, '');
      expect(program).toContain(`"${prefix}"`);
    }
  });
});

describe('a conversation', () => {
  test('one session answers mon, mgr and OSDs, in any order', async () => {
    const { conversation, pipes } = sessions(({ id, to, cmd }, pipe) => {
      setTimeout(() => pipe.say(frame({ id, ret: 0 }, `${to} ${cmd.prefix}`)), to === 'mon' ? 10 : 0);
    });
    expect(await Promise.all([conversation.ask(STATUS, 500), conversation.ask(PERF, 500)])).toEqual([
      'mon status',
      'mgr osd perf',
    ]);
    expect(pipes).toHaveLength(1);
  });

  test('a frozen mgr keeps nobody from the mon', async () => {
    const { conversation } = sessions(({ id, to }, pipe) => {
      if (to === 'mon') pipe.say(frame({ id, ret: 0 }, 'fine'));
    });
    const silent = whyOf(conversation.ask(PERF, 80));
    expect(await conversation.ask(STATUS, 80)).toBe('fine');
    expect(await silent).toMatch(/^timeout: no answer to osd perf of mgr/);
    expect(await conversation.ask(STATUS, 80)).toBe('fine');
  });

  test('errno 110 of either sign is a time-out, 13 is denied, others are told', async () => {
    const { conversation } = sessions(({ id, cmd }, pipe) => {
      const ret = { status: 110, health: 13, versions: 22 }[cmd.prefix];
      pipe.say(frame({ id, ret, said: 'words' }));
    });
    expect(await whyOf(conversation.ask(STATUS, 500))).toMatch(/^timeout: mon: librados gave up/);
    expect(await whyOf(conversation.ask('{"_to":"mon","prefix":"health"}', 500))).toBe('denied: mon: words');
    expect(await whyOf(conversation.ask('{"_to":"mon","prefix":"versions"}', 500))).toBe('failed: mon: words');
  });

  test('without a session the reason is kept for a while, and one try made after it', async () => {
    const { conversation, pipes } = sessions(
      () => undefined,
      frame({ fail: 'absent', said: 'python3-rados is not installed' }),
    );
    for (let i = 0; i < 20; i++)
      expect(await whyOf(conversation.ask(STATUS, 500))).toBe('absent: python3-rados is not installed');
    expect(pipes).toHaveLength(1);
    await sleep(50);
    await whyOf(conversation.ask(STATUS, 500));
    expect(pipes).toHaveLength(2);
  });

  test('where nothing can be asked at all the reason says so, for a command to answer in its stead', async () => {
    const { conversation } = sessions(() => undefined, frame({ fail: 'speechless', said: 'no librados' }));
    const error = await conversation.ask(STATUS, 500).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ why: 'absent', speechless: true });
  });

  test('a connect that hangs is ended from outside', async () => {
    const { conversation, pipes } = sessions(() => undefined, frame({ connecting: 1 }));
    expect(await whyOf(conversation.ask(STATUS, 500))).toMatch(/^timeout: no session with the cluster/);
    expect(pipes[0]?.killed()).toBe(true);
  });

  test('a host on which librados takes its time to start says nothing of its monitors', async () => {
    const { conversation, pipes } = sessions(() => undefined, '');
    expect(await whyOf(conversation.ask(STATUS, 50))).toMatch(/^failed: status of mon was not asked: librados has not/);
    expect(await whyOf(conversation.ask(STATUS, 5000))).toMatch(/^failed: librados did not start within/);
    expect(pipes[0]?.killed()).toBe(true);
  });

  test('a stuck session is killed, and the next begins; never two', async () => {
    let frozen = true;
    const { conversation, pipes } = sessions(
      ({ id }, pipe) => {
        if (!frozen) pipe.say(frame({ id, ret: 0 }, 'fine'));
      },
      undefined,
      // A busy machine takes its time over five questions.
      1500,
    );
    for (let i = 0; i < 5; i++) await whyOf(conversation.ask(STATUS, 20));
    expect(pipes).toHaveLength(1);
    await expect.poll(() => pipes[0]?.killed(), { timeout: 10_000 }).toBe(true);
    frozen = false;
    expect(await conversation.ask(STATUS, 5000)).toBe('fine');
    expect(pipes).toHaveLength(2);
  }, 20_000);

  test('garbage ends the session', async () => {
    const { conversation, pipes } = sessions((_, pipe) => pipe.say('Traceback (most recent call last):\n'));
    expect(await whyOf(conversation.ask(STATUS, 500))).toMatch(/^failed: the librados session breaks its protocol/);
    expect(pipes[0]?.killed()).toBe(true);
  });
});

test('frames cut anywhere are the same frames', () => {
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

test('the program ends with its input, and says what is missing', (context) => {
  needsPython(context);
  const [, ...args] = rados.argv?.('/etc/ceph/there-is-none.conf') ?? [];
  const run = spawnSync('python3', args, { input: '', encoding: 'utf8', timeout: 10_000 });
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
});

describe('the program, with a librados that a test made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crashcart-rados-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What it says first of how it went, and to one question after the other; its input ends when it has said all that. */
  async function session(conf: string, library: string, ...questions: readonly object[]) {
    writeFileSync(join(folder, 'rados.py'), library);
    // Without -I it finds the library that lies in a folder of ours.
    const program = spawn('/usr/bin/python3', ['-u', '-c', rados.argv?.(CONF)[4] ?? '', conf], {
      env: { PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const reader = new RadosFrames();
    const said: RadosFrame[] = [];
    program.stdin.write(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
    for await (const piece of program.stdout) {
      // A stream of bytes without an encoding.
      said.push(...reader.push(piece as Buffer).filter(({ connecting }) => !connecting));
      if (said.length > questions.length) program.stdin.end();
    }
    return said;
  }

  const LIBRARY = `
import json
class Rados:
    def __init__(self, **how): self.how = how
    def connect(self): pass
    def get_fsid(self): return "f"
    def mon_command(self, question, data):
        osds = [{"osd": 0, "up": 1, "in": 1, "weight": 1.0, "uuid": "x", "addrs": ["secret"]}]
        return 0, json.dumps({"epoch": 7, "flags": "noout", "osds": osds, "pools": [1]}).encode(), ""
    def mgr_command(self, question, data):
        node = {"id": 0, "type": "osd", "utilization": 4.5, "crush_weight": 1}
        return 0, json.dumps({"nodes": [node], "summary": {"dev": 2}}).encode(), ""
`;
  const conf = join(folder, 'ceph.conf');
  writeFileSync(conf, '');

  test('maps are shortened to what is looked at', async (context) => {
    needsPython(context);
    const said = await session(
      conf,
      LIBRARY,
      { id: 1, to: 'mon', cmd: { prefix: 'osd dump' } },
      { id: 2, to: 'mgr', cmd: { prefix: 'osd df', output_method: 'tree' } },
    );
    const body = (wanted: number): unknown => JSON.parse(said.find(({ id }) => id === wanted)?.body ?? '');
    expect(body(1)).toEqual({ epoch: 7, flags: 'noout', osds: [{ osd: 0, up: 1, in: 1, weight: 1 }] });
    expect(body(2)).toEqual({ nodes: [{ id: 0, type: 'osd', utilization: 4.5 }], stray: [], summary: { dev: 2 } });
  });

  test('a library that is not there is told apart from a cluster that is not', async (context) => {
    needsPython(context);
    const [first] = await session(conf, 'raise ImportError("no librados")');
    expect(first).toMatchObject({ fail: 'speechless', said: 'python3-rados is not installed: no librados' });
    const [other] = await session(join(folder, 'none.conf'), LIBRARY);
    expect(other).toMatchObject({ fail: 'absent' });
  });
});
