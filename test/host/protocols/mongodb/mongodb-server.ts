import {
  bsonBytes,
  bsonDocument,
  type BsonDocument,
  type CommandDocument,
} from '../../../../src/host/protocols/mongodb/bson.ts';
import { PassThrough } from 'node:stream';
import type { Pipe } from '../../../../src/host/transport.ts';

/** OP_MSG with a document; `responseTo` 0 is that of a request. */
export function message(responseTo: number, document: Buffer, { flags = 0, code = 2013 } = {}): Buffer {
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(responseTo, 8);
  head.writeInt32LE(code, 12);
  head.writeUInt32LE(flags, 16);
  return Buffer.concat([head, document]);
}

/** Server whose replies to commands are made by `reply` of the command's document; undefined never replies. Bytes are sent as they are. */
export function mongodbServer(
  reply: (command: BsonDocument) => CommandDocument | Buffer | undefined,
  { pieceBytes = 1 << 20 } = {},
) {
  const sent: BsonDocument[] = [];
  let dials = 0;
  const dial = (): Promise<Pipe> => {
    dials++;
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    stdin.on('data', (chunk: Buffer) => {
      const command = bsonDocument(chunk.subarray(21));
      sent.push(command);
      const document = reply(command);
      if (document === undefined) return;
      const bytes = Buffer.isBuffer(document) ? document : message(chunk.readInt32LE(4), bsonBytes(document));
      for (let at = 0; at < bytes.length; at += pieceBytes) stdout.write(bytes.subarray(at, at + pieceBytes));
    });
    return Promise.resolve({ stdin, stdout, stderr: new PassThrough(), exited: new Promise(() => {}), kill: () => stdout.destroy() }); // prettier-ignore
  };
  return { dial, sent, commands: () => sent.map((one) => Object.keys(one)[0]), dials: () => dials };
}
