import { createHash, randomBytes } from 'node:crypto';
import type { Pipe } from '../../transport.ts';
import { DaemonError } from '../protocol.ts';
import { statusError } from './exchange.ts';
import { requestOver, type HttpHead } from './pipe-request.ts';
import { JsonObjects } from '../json-objects.ts';
import { controlFrame, WebSocketFrames } from './web-socket-frames.ts';

export interface StreamListener {
  /** Called when the daemon accepts the stream. */
  readonly open: () => void;
  /** Called for each JSON text. */
  readonly event: (text: string) => void;
  /** Called once at the end, with its cause. */
  readonly end: (error: DaemonError) => void;
}

/** RFC 6455, 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Largest error body before the stream begins. */
const MAX_ERROR_BYTES = 64 << 10;

/** Follows a stream of JSON objects: an endless body, or the messages of a WebSocket. */
export function streamOver(pipe: Pipe, path: string, webSocket: boolean, on: StreamListener): void {
  const key = randomBytes(16).toString('base64');
  const take = webSocket ? messagesOf(pipe, path, on) : objectsOf(path, on);
  const refusal: Buffer[] = [];
  let head: HttpHead | undefined;
  let over = false;
  const end = (error: DaemonError) => {
    if (over) return;
    over = true;
    pipe.kill();
    on.end(error);
  };
  const agreed = () => head?.status === (webSocket ? 101 : 200);
  const refused = () => statusError(head?.status ?? 0, Buffer.concat(refusal).toString('utf8'), path);
  requestOver(
    pipe,
    path,
    webSocket
      ? { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': key }
      : { connection: 'close' },
    {
      head: (given) => {
        head = given;
        if (!agreed()) return;
        if (webSocket && given.headers['sec-websocket-accept'] !== acceptOf(key))
          throw new DaemonError('failed', `${path}: wrong Sec-WebSocket-Accept`);
        on.open();
      },
      body: (bytes) => {
        if (agreed()) take(bytes);
        else if (refusal.reduce((size, part) => size + part.length, 0) < MAX_ERROR_BYTES) refusal.push(bytes);
        else throw refused();
      },
      done: () => end(agreed() ? ended(path) : refused()),
      fail: end,
    },
  );
}

const acceptOf = (key: string): string => createHash('sha1').update(`${key}${GUID}`).digest('base64');

const ended = (path: string): DaemonError => new DaemonError('failed', `${path}: daemon closed the stream`);

function objectsOf(path: string, on: StreamListener): (bytes: Buffer) => void {
  const objects = new JsonObjects();
  return (bytes) => {
    let texts: readonly string[];
    try {
      texts = objects.push(bytes);
    } catch (error) {
      throw new DaemonError('failed', `${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    for (const text of texts) on.event(text);
  };
}

function messagesOf(pipe: Pipe, path: string, on: StreamListener): (bytes: Buffer) => void {
  const frames = new WebSocketFrames();
  return (bytes) => {
    for (const event of frames.push(bytes)) {
      if (event.kind === 'message') on.event(event.text);
      else if (event.kind === 'ping') pipe.stdin.write(controlFrame('pong', event.body, randomBytes(4)));
      else {
        pipe.stdin.write(controlFrame('close', Buffer.alloc(0), randomBytes(4)));
        throw ended(path);
      }
    }
  };
}
