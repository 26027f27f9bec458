import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LocalUser, expandTokens, parseSshConfig } from '../../../src/host/ssh/ssh-config.ts';

const local: LocalUser = {
  home: '/home/me',
  user: 'me',
  agentSocket: '/run/agent',
  environment: (name) => ({ KEYS: '/keys' })[name],
};
const fixture = (name: string): string => readFileSync(new URL(`fixtures/ssh-G-${name}.txt`, import.meta.url), 'utf8');

describe('parseSshConfig', () => {
  it('parseSshConfig reads the output of ssh -G for a host with many settings', () => {
    expect(parseSshConfig(fixture('web'), 'web', local)).toMatchObject({
      alias: 'web',
      hostname: 'web.example',
      port: 22,
      user: 'me',
      connectTimeoutMs: 7000,
      proxyJump: 'bastion,second:2201',
      proxyCommand: undefined,
      preferredAuthentications: ['publickey', 'password'],
      identityFiles: ['/home/me/.ssh/web.example-key', '/keys/two'],
      identitiesOnly: true,
      identityAgent: '/home/me/agent.sock',
      certificateFiles: ['/home/me/.ssh/web-cert.pub'],
      userKnownHostsFiles: ['/home/me/.ssh/kh1', '/home/me/.ssh/kh2'],
      globalKnownHostsFiles: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
      strictHostKeyChecking: 'accept-new',
      gssapiAuthentication: false,
    });
  });

  it('parseSshConfig reads a host behind a ProxyCommand, without agent', () => {
    expect(parseSshConfig(fixture('prog'), 'prog', local)).toMatchObject({
      proxyCommand: 'nc -X connect %h %p',
      hostKeyAlias: 'alias-of-prog',
      identityAgent: undefined,
      globalKnownHostsFiles: [],
    });
  });

  it('reads the defaults of ssh', () => {
    const defaults = parseSshConfig(fixture('defaults'), 'plain.example', local);
    expect(defaults).toMatchObject({
      hostname: 'plain.example',
      strictHostKeyChecking: 'ask',
      identityAgent: '/run/agent',
      connectTimeoutMs: undefined,
      numberOfPasswordPrompts: 3,
      pkcs11Provider: undefined,
      knownHostsCommand: undefined,
      revokedHostKeys: undefined,
    });
    expect(defaults.identityFiles).toContain('/home/me/.ssh/id_ed25519');
    expect(defaults.kexAlgorithms).toContain('curve25519-sha256');
  });

  it('parseSshConfig has defaults without ssh', () => {
    expect(parseSshConfig('', 'web', local)).toMatchObject({
      hostname: 'web',
      port: 22,
      user: 'me',
      userKnownHostsFiles: ['/home/me/.ssh/known_hosts', '/home/me/.ssh/known_hosts2'],
      kexAlgorithms: undefined,
    });
  });

  it('takes the agent from the variable that IdentityAgent names', () => {
    expect(parseSshConfig('identityagent $KEYS', 'a', local).identityAgent).toBe('/keys');
    expect(parseSshConfig('identityagent SSH_AUTH_SOCK', 'a', local).identityAgent).toBe('/run/agent');
  });

  it('does not throw on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseSshConfig(text, 'a', local).alias).toBe('a');
      }),
    );
  });
});

it('expandTokens keeps what it does not know, and %% is a percent sign', () => {
  expect(expandTokens('%h %% %z %%h', { h: 'web' })).toBe('web % %z %h');
});
