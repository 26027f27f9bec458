import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { plain } from '../../lib/plain.ts';
import { offer } from './algorithms.ts';
import { keyType } from './known-hosts.ts';
import { knownFor } from './host-key-check.ts';
import type { SshConfig } from './ssh-config.ts';

/**
 * Reason that a target needs the system's ssh: features that ssh2 lacks (certificates, security keys, GSSAPI, PKCS#11,
 * KnownHostsCommand, RevokedHostKeys, algorithms). Undefined where ssh2 suffices.
 */
export async function needsOpenssh(resolved: SshConfig): Promise<string | undefined> {
  const known = await knownFor(resolved);
  if (known.certificateOnly) return 'known_hosts has only a @cert-authority line for this host';
  if (resolved.knownHostsCommand !== undefined) return 'KnownHostsCommand is set';
  if (resolved.revokedHostKeys !== undefined) return 'RevokedHostKeys is set';
  if (resolved.pkcs11Provider !== undefined) return 'PKCS11Provider is set';
  if (resolved.bindInterface !== undefined) return 'BindInterface is set';
  const offered = offer(resolved, known.types);
  if (!offered.ok) return `ssh2 supports none of the configured ${offered.setting}`;
  const keys = await specialKey(resolved);
  if (keys !== undefined) return keys;
  return (await hasTicket(resolved)) ? 'GSSAPIAuthentication is on and there is a Kerberos ticket' : undefined;
}

async function specialKey(resolved: SshConfig): Promise<string | undefined> {
  for (const path of resolved.certificateFiles) if (await exists(path)) return 'CertificateFile is set';
  for (const path of resolved.identityFiles) {
    if (await exists(`${path}-cert.pub`)) return `${plain(path)} has a certificate`;
    if ((await fileKeyType(path))?.startsWith('sk-')) return `${plain(path)} is a security key (FIDO)`;
    if (await isPkcs8(path)) return `${plain(path)} is in PKCS#8 format`;
  }
  const agent = await agentTypes(resolved.identityAgent);
  if (agent.some((type) => type.includes('-cert-v01@'))) return 'ssh-agent holds a certificate';
  if (agent.some((type) => type.startsWith('sk-'))) return 'ssh-agent holds a security key (FIDO)';
  return undefined;
}

/** Type of a key file, by its .pub file or by the clear part of a security key's private file. */
async function fileKeyType(path: string): Promise<string | undefined> {
  if (!(await exists(path))) return undefined;
  const text = await readFile(`${path}.pub`, 'utf8').catch(() => undefined);
  if (text !== undefined) return text.split(' ')[0];
  const key = await readFile(path, 'latin1').catch(() => '');
  const body = Buffer.from(/PRIVATE KEY-----([\s\S]*?)-----END/.exec(key)?.[1] ?? '', 'base64');
  const at = body.indexOf('sk-ssh-') >= 4 ? body.indexOf('sk-ssh-') : body.indexOf('sk-ecdsa-');
  return at < 4 ? undefined : keyType(body.subarray(at - 4));
}

const isPkcs8 = async (path: string): Promise<boolean> =>
  /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(await readFile(path, 'latin1').catch(() => ''));

/** Key types in the agent by ssh-add: ssh2 drops unknown types. */
function agentTypes(socket: string | undefined): Promise<string[]> {
  if (socket === undefined) return Promise.resolve([]);
  return new Promise((settle) => {
    const options = { env: { ...process.env, SSH_AUTH_SOCK: socket }, timeout: 3000 };
    execFile('ssh-add', ['-L'], options, (error, stdout) => {
      settle(error === null ? stdout.split('\n').map((line) => line.split(' ')[0] ?? '') : []);
    });
  });
}

/** Whether there is a Kerberos ticket: Debian enables GSSAPIAuthentication for all users. */
async function hasTicket(resolved: SshConfig): Promise<boolean> {
  const preferred = resolved.preferredAuthentications;
  const wanted = preferred === undefined || preferred.some((method) => method.startsWith('gssapi'));
  if (!resolved.gssapiAuthentication || !wanted) return false;
  const cache = process.env['KRB5CCNAME'];
  if (cache !== undefined && cache !== '' && !/^(FILE:|\/)/.test(cache)) return true;
  return exists(cache?.replace(/^FILE:/, '') || `/tmp/krb5cc_${process.getuid?.() ?? 0}`);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
