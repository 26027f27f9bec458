import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { needsOpenssh } from '../../../src/host/ssh/choose.ts';
import { type SshConfig, parseSshConfig } from '../../../src/host/ssh/ssh-config.ts';
import { keyPair } from '../../helpers/ssh-server.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-test-'));
  delete process.env['KRB5CCNAME'];
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const resolved = (text = '', more: Partial<SshConfig> = {}): SshConfig => ({
  ...parseSshConfig(`identityfile ${folder}/id\n${text}`, 'web', {
    home: folder,
    user: 'me',
    agentSocket: undefined,
    environment: () => undefined,
  }),
  globalKnownHostsFiles: [],
  ...more,
});

it('needsOpenssh is undefined for an ordinary target', async () => {
  put('id', keyPair().private);
  expect(await needsOpenssh(resolved('gssapiauthentication yes'))).toBeUndefined();
});

it.each([
  ['knownhostscommand /bin/true', 'KnownHostsCommand'],
  ['revokedhostkeys /etc/ssh/revoked', 'RevokedHostKeys'],
  ['pkcs11provider /usr/lib/opensc.so', 'PKCS11Provider'],
  ['kexalgorithms mlkem768x25519-sha256', 'KexAlgorithms'],
])('%s', async (text, why) => {
  expect(await needsOpenssh(resolved(text))).toContain(why);
});

it('needsOpenssh finds a certificate that is configured or beside a key, not a missing one', async () => {
  expect(await needsOpenssh(resolved(`certificatefile ${folder}/absent`))).toBeUndefined();
  put('id-cert.pub', 'ssh-ed25519-cert-v01@openssh.com AAAA');
  expect(await needsOpenssh(resolved())).toContain('id has a certificate');
  expect(await needsOpenssh(resolved(`certificatefile ${folder}/id-cert.pub`))).toContain('CertificateFile');
});

it('needsOpenssh finds a security key by its .pub file, or by the clear part of its key file', async () => {
  const id = put('id', 'whatever');
  put('id.pub', 'sk-ssh-ed25519@openssh.com AAAA me');
  expect(await needsOpenssh(resolved())).toContain('security key');
  rmSync(`${id}.pub`);
  const type = 'sk-ssh-ed25519@openssh.com';
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    Buffer.from([0, 0, 0, type.length]),
    Buffer.from(type),
    Buffer.alloc(40),
  ]);
  put('id', `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`);
  expect(await needsOpenssh(resolved())).toContain('security key');
});

it.each(['PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])('needsOpenssh finds a file that begins with %s', async (name) => {
  put('id', `-----BEGIN ${name}-----\nAAAA\n-----END ${name}-----\n`);
  expect(await needsOpenssh(resolved())).toContain('PKCS#8');
});

it('needsOpenssh counts GSSAPI only with a ticket', async () => {
  process.env['KRB5CCNAME'] = `FILE:${join(folder, 'absent')}`;
  expect(await needsOpenssh(resolved('gssapiauthentication yes'))).toBeUndefined();
  process.env['KRB5CCNAME'] = `FILE:${put('ticket', '')}`;
  expect(await needsOpenssh(resolved('gssapiauthentication yes'))).toContain('Kerberos');
  expect(await needsOpenssh(resolved('gssapiauthentication no'))).toBeUndefined();
  delete process.env['KRB5CCNAME'];
});

it('needsOpenssh finds a host with a @cert-authority line only', async () => {
  const hosts = put('kh', `@cert-authority * ${keyPair().public}\n`);
  expect(await needsOpenssh(resolved(`userknownhostsfile ${hosts}`))).toContain('@cert-authority');
});
