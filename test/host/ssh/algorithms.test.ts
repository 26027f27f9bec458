import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { SSH2_ALGORITHMS, offer } from '../../../src/host/ssh/algorithms.ts';
import { parseSshConfig } from '../../../src/host/ssh/ssh-config.ts';

/** The library's lists, which it does not export. */
const library = createRequire(import.meta.url)('ssh2/lib/protocol/constants.js') as Record<string, readonly string[]>;
const local = { home: '/', user: 'me', agentSocket: undefined, environment: () => undefined };
const resolved = (text: string): ReturnType<typeof parseSshConfig> => parseSshConfig(text, 'web', local);

describe('offer', () => {
  it.each([
    ['kex', 'SUPPORTED_KEX'],
    ['serverHostKey', 'SUPPORTED_SERVER_HOST_KEY'],
    ['cipher', 'SUPPORTED_CIPHER'],
    ['hmac', 'SUPPORTED_MAC'],
  ] as const)('names only %s that the library has', (list, name) => {
    expect(library[name]).toEqual(expect.arrayContaining([...SSH2_ALGORITHMS[list]]));
  });

  it('leaves weak ones out unless the configuration allows them', () => {
    const byDefault = offer(resolved(''), []);
    expect(JSON.stringify(byDefault)).not.toMatch(/sha1|md5|ssh-dss|"ssh-rsa"|cbc/);
    expect(offer(resolved('kexalgorithms diffie-hellman-group1-sha1,mlkem768x25519-sha256'), [])).toMatchObject({
      ok: true,
      algorithms: { kex: ['diffie-hellman-group1-sha1'] },
    });
  });

  it('puts known key types first, RSA by its modern signatures', () => {
    const known = offer(resolved(''), ['ssh-rsa']);
    expect(known).toMatchObject({
      algorithms: {
        serverHostKey: [
          'rsa-sha2-512',
          'rsa-sha2-256',
          'ssh-ed25519',
          'ecdsa-sha2-nistp256',
          'ecdsa-sha2-nistp384',
          'ecdsa-sha2-nistp521',
        ],
      },
    });
  });

  it('names the setting that leaves nothing', () => {
    expect(offer(resolved('kexalgorithms sntrup761x25519-sha512@openssh.com'), [])).toEqual({
      ok: false,
      setting: 'KexAlgorithms',
    });
    expect(offer(resolved('hostkeyalgorithms ssh-ed25519-cert-v01@openssh.com'), [])).toEqual({
      ok: false,
      setting: 'HostKeyAlgorithms',
    });
  });
});
