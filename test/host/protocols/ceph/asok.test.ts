import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AsokReply } from '../../../../src/host/protocols/ceph/asok-reply.ts';
import { asok, asokCommands } from '../../../../src/host/protocols/ceph/asok.ts';
import { DaemonError } from '../../../../src/host/protocols/protocol.ts';
import { bytePipe, type BytePipe } from '../../../helpers/byte-pipe.ts';

const SOCKET = '/var/run/ceph/ceph-osd.0.asok';

const framed = (text: string): Buffer => {
  const body = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
};

/** A connection to a daemon that handles each whole request with `reply`. */
function daemon(reply: (request: string, pipe: BytePipe) => void) {
  const pipes: BytePipe[] = [];
  const connection = asok.connect(async () => {
    const made = bytePipe((all, pipe) => {
      if (all.endsWith('\0')) reply(all.slice(0, -1), pipe);
    });
    pipes.push(made);
    return made.pipe;
  });
  return { connection, pipes };
}

const whyOf = (promise: Promise<string>) =>
  promise.then(
    (text) => `replied ${text}`,
    (error: unknown) => (error instanceof DaemonError ? `${error.why}: ${error.message}` : `threw ${String(error)}`),
  );

describe('asok refusal', () => {
  test('allows sockets of packages, cephadm, MicroCeph and Rook, and patterns of them', () => {
    for (const place of [
      SOCKET,
      '/var/run/ceph/*-osd.*.asok',
      '/var/run/ceph/*/*-osd.*.asok',
      '/var/run/ceph/4f1c.-x/ceph-mon.a.asok',
      '/var/snap/microceph/current/run/ceph-osd.3.asok',
      '/var/lib/rook/exporter/ceph-osd.3.asok',
    ])
      expect(asok.refusal(place, '{"prefix":"perf dump"}')).toBeUndefined();
    for (const place of ['/run/docker.sock', '/var/run/ceph/../x.asok', '/var/run/ceph/a/b/c.asok', '/var/run/ceph/x'])
      expect(asok.refusal(place, '{"prefix":"perf dump"}')).toContain('not a path of a Ceph admin socket');
  });

  test('allows only read-only commands with known arguments', () => {
    expect(asok.refusal(SOCKET, '{"prefix":"dump_osd_network","value":0}')).toBeUndefined();
    expect(asok.refusal(SOCKET, '{"prefix":"config get","var":"osd_memory_target"}')).toBeUndefined();
    for (const request of [
      '{"prefix":"config set","var":"osd_memory_target","val":["1"]}',
      '{"prefix":"perf reset","var":"all"}',
      '{"prefix":"injectargs"}',
      '{"prefix":"heap"}',
      '{"prefix":"config get","var":"mon_host"}',
      '{"prefix":"perf dump","logger":"a b"}',
      '{"prefix":"toString"}',
      '{"prefix":"perf dump"}\0{"prefix":"perf reset"}',
      'perf dump',
      '[]',
      '',
    ])
      expect(`${request}: ${asok.refusal(SOCKET, request) ?? 'allowed'}`).toMatch(/not allowed/);
  });

  test('lists no command that acts', () => {
    for (const prefix of Object.keys(asokCommands))
      expect(prefix).not.toMatch(/set|reset|inject|flush|drop|compact|heap|bench|kick|force|trim|rm|scrub|smart/);
  });

  test('refuses any text with a sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (request) => {
        const no = asok.refusal(SOCKET, request);
        expect(no === undefined || no.length > 5).toBe(true);
      }),
    );
  });
});

describe('asok connection', () => {
  test('opens one connection for each request and joins replies cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.array(fc.nat(8), { maxLength: 6 }), async (text, cuts) => {
        fc.pre(!text.startsWith('ERROR: ('));
        const { connection, pipes } = daemon((_, pipe) => {
          let rest = framed(text);
          for (const cut of cuts) {
            pipe.say(rest.subarray(0, cut));
            rest = rest.subarray(cut);
          }
          pipe.say(rest);
          pipe.hangUp();
        });
        expect(await connection.request('{"prefix":"status"}', 1000)).toBe(text);
        expect(await connection.request('{"prefix":"version"}', 1000)).toBe(text);
        expect(pipes.map((pipe) => pipe.written())).toEqual([
          '{"format":"json","prefix":"status"}\0',
          '{"format":"json","prefix":"version"}\0',
        ]);
      }),
      { numRuns: 40 },
    );
  });

  test('rejects error texts, as absent when the release lacks the command', async () => {
    const { connection } = daemon((request, pipe) => {
      pipe.say(
        framed(
          request.includes('status')
            ? 'ERROR: (22) Invalid argument\nunknown command prefix nosuch\n'
            : 'ERROR: (2) No such file or directory\n',
        ),
      );
    });
    expect(await whyOf(connection.request('{"prefix":"status"}', 500))).toBe(
      'absent: Invalid argument: unknown command prefix nosuch',
    );
    expect(await whyOf(connection.request('{"prefix":"version"}', 500))).toBe('failed: No such file or directory');
  });

  test.each([
    ['closes at once', '', 'failed: the daemon closed the connection after 0 of 4 bytes'],
    ['closes in the middle', '\0\0\0\u0009abc', 'failed: the daemon closed the connection after 7 of 13 bytes'],
    ['announces too much', '\u007F\u007F\u007F\u007F', 'failed: reply of 2139062143 bytes exceeds the limit'],
  ])('rejects when the daemon %s', async (_, bytes, why) => {
    const { connection, pipes } = daemon((_request, pipe) => {
      pipe.say(bytes);
      pipe.hangUp();
    });
    expect(await whyOf(connection.request('{"prefix":"status"}', 500))).toBe(why);
    expect(pipes[0]?.killed()).toBe(true);
  });

  test('keeps one request on a frozen daemon and sends the next after its reply', async () => {
    let frozen = true;
    const { connection, pipes } = daemon((_, pipe) => {
      if (!frozen) pipe.say(framed('{}'));
    });
    const replies = Array.from({ length: 200 }, () => whyOf(connection.request('{"prefix":"status"}', 30)));
    for (const why of await Promise.all(replies)) expect(why).toMatch(/^timeout: /);
    expect(pipes).toHaveLength(1);
    frozen = false;
    pipes[0]?.say(framed('{"late":1}'));
    expect(await connection.request('{"prefix":"version"}', 500)).toBe('{}');
    expect(pipes).toHaveLength(2);
  });

  test('closes the pipe on close', async () => {
    const { connection, pipes } = daemon(() => undefined);
    const reply = whyOf(connection.request('{"prefix":"status"}', 500));
    await new Promise((resolve) => setTimeout(resolve, 5));
    connection.close();
    expect(await reply).toMatch(/^failed: the daemon closed the connection/);
    expect(pipes[0]?.killed()).toBe(true);
  });
});

test('AsokReply has an outcome for any bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 12 })), (pieces) => {
      const reply = new AsokReply();
      for (const piece of pieces) reply.push(Buffer.from(piece));
      expect(reply.outcome(true)).toBeDefined();
    }),
  );
});
