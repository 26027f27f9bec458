import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AsokReply } from '../../../../src/host/protocols/ceph/asok-reply.ts';
import { asok, asokCommands } from '../../../../src/host/protocols/ceph/asok.ts';
import { TalkError } from '../../../../src/host/protocols/protocol.ts';
import { bytePipe, type BytePipe } from '../../../helpers/byte-pipe.ts';

const SOCKET = '/var/run/ceph/ceph-osd.0.asok';

const framed = (text: string): Buffer => {
  const body = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
};

/** A conversation with a daemon that answers each whole request with what `reply` makes of it. */
function daemon(reply: (request: string, pipe: BytePipe) => void) {
  const pipes: BytePipe[] = [];
  const conversation = asok.converse(async () => {
    const made = bytePipe((all, pipe) => {
      if (all.endsWith('\0')) reply(all.slice(0, -1), pipe);
    });
    pipes.push(made);
    return made.pipe;
  });
  return { conversation, pipes };
}

const whyOf = (promise: Promise<string>) =>
  promise.then(
    (text) => `answered ${text}`,
    (error: unknown) => (error instanceof TalkError ? `${error.why}: ${error.message}` : `threw ${String(error)}`),
  );

describe('what may be asked', () => {
  test('sockets of packages, cephadm, MicroCeph and Rook, and patterns of them', () => {
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
      expect(asok.refusal(place, '{"prefix":"perf dump"}')).toContain('no place');
  });

  test('only commands that look, with arguments that are known', () => {
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
      expect(`${request}: ${asok.refusal(SOCKET, request) ?? 'allowed'}`).toMatch(/may/);
  });

  test('nothing on the list acts', () => {
    for (const prefix of Object.keys(asokCommands))
      expect(prefix).not.toMatch(/set|reset|inject|flush|drop|compact|heap|bench|kick|force|trim|rm|scrub|smart/);
  });

  test('whatever is refused is refused in a sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (request) => {
        const no = asok.refusal(SOCKET, request);
        expect(no === undefined || no.length > 5).toBe(true);
      }),
    );
  });
});

describe('a conversation', () => {
  test('one connection for each question, cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.array(fc.nat(8), { maxLength: 6 }), async (text, cuts) => {
        fc.pre(!text.startsWith('ERROR: ('));
        const { conversation, pipes } = daemon((_, pipe) => {
          let rest = framed(text);
          for (const cut of cuts) {
            pipe.say(rest.subarray(0, cut));
            rest = rest.subarray(cut);
          }
          pipe.say(rest);
          pipe.hangUp();
        });
        expect(await conversation.ask('{"prefix":"status"}', 1000)).toBe(text);
        expect(await conversation.ask('{"prefix":"version"}', 1000)).toBe(text);
        expect(pipes.map((pipe) => pipe.written())).toEqual([
          '{"format":"json","prefix":"status"}\0',
          '{"format":"json","prefix":"version"}\0',
        ]);
      }),
      { numRuns: 40 },
    );
  });

  test('errors come as text; a command that this release does not know is absent', async () => {
    const { conversation } = daemon((request, pipe) => {
      pipe.say(
        framed(
          request.includes('status')
            ? 'ERROR: (22) Invalid argument\nunknown command prefix nosuch\n'
            : 'ERROR: (2) No such file or directory\n',
        ),
      );
    });
    expect(await whyOf(conversation.ask('{"prefix":"status"}', 500))).toBe(
      'absent: Invalid argument: unknown command prefix nosuch',
    );
    expect(await whyOf(conversation.ask('{"prefix":"version"}', 500))).toBe('failed: No such file or directory');
  });

  test.each([
    ['hangs up at once', '', 'failed: the daemon hung up after 0 of 4 bytes'],
    ['hangs up in the middle', '\0\0\0\u0009abc', 'failed: the daemon hung up after 7 of 13 bytes'],
    ['announces too much', '\u007F\u007F\u007F\u007F', 'failed: a reply of 2139062143 bytes is announced'],
  ])('a daemon that %s', async (_, bytes, why) => {
    const { conversation, pipes } = daemon((_request, pipe) => {
      pipe.say(bytes);
      pipe.hangUp();
    });
    expect(await whyOf(conversation.ask('{"prefix":"status"}', 500))).toBe(why);
    expect(pipes[0]?.killed()).toBe(true);
  });

  test('a frozen daemon has one question before it, and is spoken to again when it has answered', async () => {
    let frozen = true;
    const { conversation, pipes } = daemon((_, pipe) => {
      if (!frozen) pipe.say(framed('{}'));
    });
    const asked = Array.from({ length: 200 }, () => whyOf(conversation.ask('{"prefix":"status"}', 30)));
    for (const why of await Promise.all(asked)) expect(why).toMatch(/^timeout: /);
    expect(pipes).toHaveLength(1);
    frozen = false;
    pipes[0]?.say(framed('{"late":1}'));
    expect(await conversation.ask('{"prefix":"version"}', 500)).toBe('{}');
    expect(pipes).toHaveLength(2);
  });

  test('closing hangs up', async () => {
    const { conversation, pipes } = daemon(() => undefined);
    const asked = whyOf(conversation.ask('{"prefix":"status"}', 500));
    await new Promise((resolve) => setTimeout(resolve, 5));
    conversation.close();
    expect(await asked).toMatch(/^failed: the daemon hung up/);
    expect(pipes[0]?.killed()).toBe(true);
  });
});

test('any bytes are a reply, a reason, or not yet enough', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 12 })), (pieces) => {
      const reply = new AsokReply();
      for (const piece of pieces) reply.push(Buffer.from(piece));
      expect(reply.outcome(true)).toBeDefined();
    }),
  );
});
