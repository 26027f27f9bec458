import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DaemonError } from '../../../../src/host/protocols/protocol.ts';
import { requestOver, type HttpHead } from '../../../../src/host/protocols/http/pipe-request.ts';
import { anyText } from '../../../helpers/arbitrary.ts';

/** What a request over a pipe understood of these pieces, after which the daemon hangs up. */
async function read(pieces: readonly (string | Buffer)[], stderr = '') {
  let head: HttpHead | undefined;
  const parts: Buffer[] = [];
  const [stdin, stdout, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const pipe = { stdin, stdout, stderr: errors, exited: Promise.resolve(0), kill: () => undefined };
  const { promise, resolve, reject } = Promise.withResolvers<'done'>();
  promise.catch(() => undefined);
  requestOver(
    pipe,
    '/x?all=1',
    { connection: 'close' },
    {
      head: (given) => {
        head = given;
      },
      body: (bytes) => parts.push(bytes),
      done: () => resolve('done'),
      fail: reject,
    },
  );
  errors.write(stderr);
  for (const piece of pieces) {
    stdout.write(Buffer.from(piece));
    await setImmediate();
  }
  stdout.end();
  const end = await promise;
  return { end, status: head?.status, headers: head?.headers, body: Buffer.concat(parts).toString(), sent: String(stdin.read()) }; // prettier-ignore
}

const CHUNKED =
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\nx-a: 2\r\n\r\n4;ext=1\r\nWiki\r\nB\r\npedia in \r\n\r\n0\r\nTrailer: 1\r\n\r\n';
const SIZED = 'HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nabsen';

describe('an HTTP reply', () => {
  test.each([
    ['in chunks', CHUNKED, { status: 200, body: 'Wikipedia in \r\n' }],
    ['of a length', SIZED, { status: 404, body: 'absen' }],
    ['until the end', 'HTTP/1.0 200 OK\r\nServer: x\r\n\r\nall of it', { status: 200, body: 'all of it' }],
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '' }],
  ])('%s is understood however it is split', async (_, text, wanted) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (sizes) => {
        const pieces: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        expect(await read(pieces)).toMatchObject({ end: 'done', ...wanted });
      }),
    );
  });

  test('headers of one name are joined, names are in lower case', async () => {
    expect((await read([CHUNKED])).headers?.['x-a']).toBe('1, 2');
  });

  test('is asked for with a GET that names no host of the network', async () => {
    expect((await read([SIZED])).sent).toMatch(/^GET \/x\?all=1 HTTP\/1\.1\r\nhost: localhost\r\n[^]*connection: close\r\n\r\n$/); // prettier-ignore
  });

  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['an odd status', 'HTTP/1.1 1000 OK\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n'],
    ['a blank before the colon', 'HTTP/1.1 200 OK\r\nA : b\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    ['length and coding', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a coding that was not asked for', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['a body longer than its length', `${SIZED}TOO MUCH`],
    ['a chunk of no size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    ['a chunk longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(20_000)}`],
    ['hints without end', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(20_000)],
    ['an upgrade that was not asked for', 'HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['a body cut short', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc'],
    ['chunks cut short', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n'],
    ['nothing at all', ''],
  ])('%s is refused with a reason', async (_, text) => {
    await expect(read([text])).rejects.toThrow(DaemonError);
  });

  test('until the end is refused when the connection broke', async () => {
    await expect(read(['HTTP/1.0 200 OK\r\n\r\nhalf'], 'reset by peer')).rejects.toThrow(/lost: reset by peer/);
  });

  test('is understood or refused, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', 'HTTP/1.1 200 OK\r\n', CHUNKED, SIZED),
        fc.array(anyText),
        async (start, rest) => {
          const failure: unknown = await read([start, ...rest]).then(
            () => undefined,
            (error: unknown) => error,
          );
          expect(failure === undefined || failure instanceof DaemonError).toBe(true);
        },
      ),
    );
  });
});
