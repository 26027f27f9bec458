import type { AnyAuthMethod, ParsedKey, SigningRequestOptions } from 'ssh2';
import type { Identity } from './identities.ts';

/**
 * One key, offered to the server. ssh2 wants a signature at once, but an agent or a person with a passphrase takes
 * time: the first request for one fails on purpose and starts the work, and the same key is offered again with the
 * signature ready (what is signed is the same for the whole session: RFC 4252, 7). ssh2's own agent login is of no
 * use: it takes a first factor that was accepted for a refusal.
 */
export interface KeyTrial {
  readonly method: AnyAuthMethod;
  /** True when the server accepts this key and the signature was asked for. */
  readonly wanted: () => boolean;
  /** The offer with its signature, or why there is none. */
  readonly signed: () => Promise<AnyAuthMethod | string>;
}

export const SIGNATURE_PENDING = 'the signature is being made';

export function keyTrial(username: string, identity: Identity): KeyTrial {
  let signing: Promise<Buffer> | undefined;
  const first = standIn(identity.publicKey, (data, hash) => {
    signing = identity.sign(data, hash);
    // Awaited in `signed`; without this a key that stays shut would end the process before.
    signing.catch(() => undefined);
    return new Error(SIGNATURE_PENDING);
  });
  return {
    method: { type: 'publickey', username, key: first },
    wanted: () => signing !== undefined,
    signed: async () => {
      try {
        const signature = await signing;
        if (signature === undefined) return `${identity.title}: no signature`;
        const second = standIn(identity.publicKey, () => signature);
        return { type: 'publickey', username, key: second };
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  };
}

/** A public key that passes for a private one; only `sign` differs. */
function standIn(key: ParsedKey, sign: (data: Buffer, hash: SigningRequestOptions['hash']) => Buffer | Error): Buffer {
  const stand = Object.create(key) as object;
  Object.assign(stand, { isPrivateKey: () => true, sign });
  // The typings want bytes; the library takes a parsed key and does not parse it again.
  return stand as unknown as Buffer;
}
