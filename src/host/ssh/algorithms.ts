import type { Algorithms, CompressionAlgorithm } from 'ssh2';
import type { SshConfig } from './ssh-config.ts';

/**
 * Algorithms of ssh2 1.17 in order of preference; it throws on any other name. The last of each list are off unless the
 * configuration names them. A test compares these lists with the library's.
 */
export const SSH2_ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group15-sha512',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group17-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha1',
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group1-sha1',
  ],
  serverHostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
    'ssh-dss',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
    'aes256-cbc',
    'aes192-cbc',
    'aes128-cbc',
    '3des-cbc',
  ],
  hmac: [
    'hmac-sha2-256-etm@openssh.com',
    'hmac-sha2-512-etm@openssh.com',
    'hmac-sha1-etm@openssh.com',
    'hmac-sha2-256',
    'hmac-sha2-512',
    'hmac-sha1',
    'hmac-md5',
    'hmac-sha2-256-96',
    'hmac-sha2-512-96',
    'hmac-sha1-96',
    'hmac-md5-96',
  ],
} as const satisfies Algorithms;

/** Algorithms that are not offered without a configuration: SHA-1, MD5, DSA, CBC, RSA signatures by SHA-1. */
const WEAK = /sha1|md5|-96$|ssh-dss|^ssh-rsa$|-cbc$/;

/** Algorithms to offer, or the setting of which ssh2 supports no value. */
export type Offer =
  | { readonly ok: true; readonly algorithms: Algorithms }
  | { readonly ok: false; readonly setting: string };

/** Algorithms that the configuration allows and ssh2 supports; known host key types come first. */
export function offer(resolved: SshConfig, knownTypes: readonly string[]): Offer {
  const kex = allowed(SSH2_ALGORITHMS.kex, resolved.kexAlgorithms);
  const types = allowed(SSH2_ALGORITHMS.serverHostKey, resolved.hostKeyAlgorithms);
  const cipher = allowed(SSH2_ALGORITHMS.cipher, resolved.ciphers);
  const hmac = allowed(SSH2_ALGORITHMS.hmac, resolved.macs);
  const none = [
    { setting: 'KexAlgorithms', list: kex },
    { setting: 'HostKeyAlgorithms', list: types },
    { setting: 'Ciphers', list: cipher },
    { setting: 'MACs', list: hmac },
  ].find(({ list }) => list.length === 0);
  if (none !== undefined) return { ok: false, setting: none.setting };
  const known = types.filter((type) => knownTypes.includes(keyTypeOf(type)));
  const rest = types.filter((type) => !known.includes(type));
  const compress: CompressionAlgorithm[] = resolved.compression
    ? ['zlib@openssh.com', 'zlib', 'none']
    : ['none', 'zlib@openssh.com', 'zlib'];
  return { ok: true, algorithms: { kex, serverHostKey: [...known, ...rest], cipher, hmac, compress } };
}

const allowed = <Name extends string>(able: readonly Name[], wanted: readonly string[] | undefined): Name[] =>
  able.filter((name) => (wanted === undefined ? !WEAK.test(name) : wanted.includes(name)));

/** RSA keys sign by several algorithms (RFC 8332); the key type stays `ssh-rsa`. */
const keyTypeOf = (algorithm: string): string => (algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm);
