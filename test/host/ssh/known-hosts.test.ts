import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fingerprint,
  judge,
  keyType,
  knownHostsLine,
  knownKeys,
  knownName,
  knownTypes,
} from '../../../src/host/ssh/known-hosts.ts';

const read = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
/** Made by ssh-keygen; so is known_hosts_hashed (web.example: ed25519, [db.example]:2222: ecdsa). */
const [ED25519 = '', RSA = '', ECDSA = '', OTHER = ''] = read('host_keys.pub').trim().split('\n');
const blob = (key: string): Buffer => Buffer.from(key.split(' ')[1] ?? '', 'base64');

const verdict = (text: string, name: string, key: string): string =>
  judge(knownKeys([{ path: 'kh', text }], name), blob(key)).kind;

describe('known_hosts', () => {
  it.each([
    ['web.example', ED25519, 'ok'],
    ['web.example', OTHER, 'changed'],
    ['[db.example]:2222', ECDSA, 'ok'],
    ['db.example', ECDSA, 'unknown'],
    ['[web.example]:2222', ED25519, 'unknown'],
  ])('hashed by ssh-keygen: %s', (name, key, expected) => {
    expect(verdict(read('known_hosts_hashed'), name, key)).toBe(expected);
  });

  it.each([
    ['web', 'web', 'ok'],
    ['WEB.example', 'web.example', 'ok'],
    ['a,b,web', 'web', 'ok'],
    ['*.example', 'web.example', 'ok'],
    ['*.example', 'example', 'unknown'],
    ['10.0.0.?', '10.0.0.7', 'ok'],
    ['10.0.0.?', '10.0.0.77', 'unknown'],
    ['*.example,!bad.example', 'bad.example', 'unknown'],
    ['!bad.example,*.example', 'bad.example', 'unknown'],
    ['*.example,!bad.example', 'good.example', 'ok'],
    ['!web', 'db', 'unknown'],
    ['[10.0.0.*]:2222', '[10.0.0.7]:2222', 'ok'],
    ['[10.0.0.*]:2222', '10.0.0.7', 'unknown'],
    ['web.example', 'webxexample', 'unknown'],
    ['*a*a*a*a*a*a*a*a*a*a*b', 'a'.repeat(60), 'unknown'],
  ])('pattern %s and name %s: %s', (patterns, name, expected) => {
    expect(verdict(`${patterns} ${ED25519} a comment\n`, name, ED25519)).toBe(expected);
  });

  it('knows one of several keys', () => {
    const text = `web ${RSA}\nweb ${ED25519}\n`;
    expect(verdict(text, 'web', ED25519)).toBe('ok');
    expect(verdict(text, 'web', OTHER)).toBe('changed');
    expect(knownTypes(knownKeys([{ path: 'kh', text }], 'web'))).toEqual(['ssh-rsa', 'ssh-ed25519']);
  });

  it('names the line of the same type for a changed key', () => {
    const files = [
      { path: 'one', text: `# comment\n\nweb ${RSA}\n` },
      { path: 'two', text: `web ${ED25519}\n` },
    ];
    expect(judge(knownKeys(files, 'web'), blob(OTHER))).toMatchObject({
      kind: 'changed',
      known: { path: 'two', line: 1 },
    });
    expect(judge(knownKeys(files.slice(0, 1), 'web'), blob(OTHER))).toMatchObject({ known: { path: 'one', line: 3 } });
  });

  it('lets a revocation win over everything', () => {
    expect(verdict(`web ${ED25519}\n@revoked * ${ED25519}\n`, 'web', ED25519)).toBe('revoked');
    expect(verdict(`web ${ED25519}\n@revoked * ${OTHER}\n`, 'web', ED25519)).toBe('ok');
    expect(verdict(`web ${ED25519}\n@revoked db ${ED25519}\n`, 'web', ED25519)).toBe('ok');
  });

  it('is needs-cert for a @cert-authority, unless the bare key is known', () => {
    expect(verdict(`@cert-authority *.example ${OTHER}\n`, 'web.example', ED25519)).toBe('needs-cert');
    // The key of the authority is not a host key.
    expect(verdict(`@cert-authority *.example ${OTHER}\n`, 'web.example', OTHER)).toBe('needs-cert');
    expect(verdict(`@cert-authority * ${OTHER}\nweb ${ED25519}\n`, 'web', ED25519)).toBe('ok');
  });

  it.each([
    '',
    '#web',
    'web',
    'web ssh-ed25519',
    'web 1024 35 12345',
    `@unknown web ${ED25519}`,
    'web ssh-ed25519 !!!',
    `|2|a|b ${ED25519}`,
    `|1|x ${ED25519}`,
  ])('ignores the line %j', (line) => {
    expect(knownKeys([{ path: 'kh', text: `${line}\n` }], 'web')).toEqual([]);
  });

  it('never throws, and never trusts a key that the text does not hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, name) => {
        expect(verdict(text, name, ED25519)).not.toBe('ok');
      }),
    );
  });

  it('finds again what it writes, hashed or not, for any name', () => {
    const name = fc.stringMatching(/^[a-z0-9.-]{1,30}$/);
    fc.assert(
      fc.property(name, fc.uint8Array({ minLength: 20, maxLength: 20 }), (host, salt) => {
        for (const line of [knownHostsLine(host, blob(RSA)), knownHostsLine(host, blob(RSA), Buffer.from(salt))]) {
          expect(verdict(line, host, RSA)).toBe('ok');
          expect(verdict(line, `${host}x`, RSA)).toBe('unknown');
        }
      }),
    );
  });
});

it('knownName is what ssh looks up', () => {
  expect(knownName({ hostname: 'Web', port: 22 })).toBe('web');
  expect(knownName({ hostname: 'Web', port: 2222 })).toBe('[web]:2222');
  expect(knownName({ hostname: 'Web', port: 2222, hostKeyAlias: 'Alias' })).toBe('alias');
});

it('fingerprint is what ssh-keygen -l prints', () => {
  expect(fingerprint(blob(ED25519))).toBe('SHA256:qzvGaU9r3SVx0Hqknw/OIRIWWiBWejW2D/GlPK+s4IA');
  expect(fingerprint(blob(ECDSA))).toBe('SHA256:c/eZqFRNxch5fJokUXpOVeI+ER9fgwO4n8SUr9zNFqI');
});

it('keyType reads the first string of a blob, and nothing else', () => {
  expect([ED25519, RSA, ECDSA].map((key) => keyType(blob(key)))).toEqual([
    'ssh-ed25519',
    'ssh-rsa',
    'ecdsa-sha2-nistp256',
  ]);
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(keyType(Buffer.from(bytes)) ?? 'none').toMatch(/^[\w.@-]+$/);
    }),
  );
});
