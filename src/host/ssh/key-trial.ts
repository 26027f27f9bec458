import type { AnyAuthMethod, ParsedKey, SigningRequestOptions } from 'ssh2';
import type { Identity } from './identities.ts';

/**
 * Offer of one key to the server. ssh2 signs synchronously, but an agent or a passphrase dialog takes time: the first
 * request fails on purpose and starts the signature, and the same key is offered again with it (the signed data is the same
 * for the whole session: RFC 4252, 7). The agent login of ssh2 is not usable: it takes an accepted first factor for a refusal.
 */
export interface KeyTrial {
  readonly method: AnyAuthMethod;
  /** Whether the server accepted the key and requested a signature. */
  readonly wanted: () => boolean;
  /** Offer with the signature, or the reason that there is none. */
  readonly signed: () => Promise<AnyAuthMethod | string>;
}

export const SIGNATURE_PENDING = 'signature pending';

export function keyTrial(username: string, identity: Identity): KeyTrial {
  let signing: Promise<Buffer> | undefined;
  const first = delegatedKey(identity.publicKey, (data, hash) => {
    signing = identity.sign(data, hash);
    // Awaited in `signed`; a rejection before that would end the process.
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
        const second = delegatedKey(identity.publicKey, () => signature);
        return { type: 'publickey', username, key: second };
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  };
}

/** Public key with the interface of a private one, whose `sign` is replaced. */
function delegatedKey(
  key: ParsedKey,
  sign: (data: Buffer, hash: SigningRequestOptions['hash']) => Buffer | Error,
): Buffer {
  const delegate = Object.create(key) as object;
  Object.assign(delegate, { isPrivateKey: () => true, sign });
  // Typed as bytes, but the library accepts a parsed key and does not parse it again.
  return delegate as unknown as Buffer;
}
