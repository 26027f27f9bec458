import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DaemonError } from '../../../../src/host/protocols/protocol.ts';
import { HttpReply, type HttpHead } from '../../../../src/host/protocols/http/reply.ts';
import { anyText } from '../../../helpers/arbitrary.ts';

/** What a reply understood of these pieces. */
function read(pieces: readonly (string | Buffer)[], closed = true) {
  let head: HttpHead | undefined;
  const parts: Buffer[] = [];
  const reply = new HttpReply({
    head: (given) => {
      head = given;
    },
    body: (bytes) => parts.push(Buffer.from(bytes)),
  });
  for (const piece of pieces) reply.push(Buffer.from(piece));
  if (closed) reply.close();
  return { status: head?.status, headers: head?.headers, body: Buffer.concat(parts).toString(), done: reply.done };
}

const CHUNKED =
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\nx-a: 2\r\n\r\n4;ext=1\r\nWiki\r\nB\r\npedia in \r\n\r\n0\r\nTrailer: 1\r\n\r\n';
const SIZED = 'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nabsenTOO MUCH';

describe('an HTTP answer', () => {
  test.each([
    ['in chunks', CHUNKED, { status: 200, body: 'Wikipedia in \r\n', done: true }],
    ['of a length', SIZED, { status: 404, body: 'absen', done: true }],
    ['until the end', 'HTTP/1.0 200\nServer: x\n\nall of it', { status: 200, body: 'all of it', done: true }],
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '', done: true }],
  ])('%s is parsed when it is split anywhere', (_, text, wanted) => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
        const pieces: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        expect(read(pieces)).toMatchObject(wanted);
      }),
    );
  });

  test('headers of one name are joined, names are in lower case', () => {
    expect(read([CHUNKED]).headers?.get('x-a')).toBe('1, 2');
  });

  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['an odd status', 'HTTP/1.1 1000 OK\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n'],
    ['a blank before the colon', 'HTTP/1.1 200 OK\r\nA : b\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    ['length and coding', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an unrequested coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['a chunk of no size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    ['a chunk longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(20_000)}`],
    ['a body cut short', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc'],
    ['chunks cut short', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n'],
    ['nothing at all', ''],
  ])('%s is refused with a reason', (_, text) => {
    expect(() => read([text])).toThrow(DaemonError);
  });

  test('is parsed or refused for any bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom('', 'HTTP/1.1 200 OK\r\n', CHUNKED, SIZED), fc.array(anyText), (start, rest) => {
        let failure: unknown;
        try {
          read([start, ...rest]);
        } catch (error) {
          failure = error;
        }
        expect(failure === undefined || failure instanceof DaemonError).toBe(true);
      }),
    );
  });
});
