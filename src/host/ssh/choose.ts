import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { offer } from './algorithms.ts';
import { keyType } from './known-hosts.ts';
import { knownFor } from './host-key-check.ts';
import type { Resolved } from './resolved.ts';

/**
 * Why a target needs the system's ssh: what ssh2 has not (certificates, security keys, GSSAPI, PKCS#11, other programs
 * and lists for host keys, its algorithms). Undefined: ssh2 will do.
 */
export async function needsOpenssh(resolved: Resolved): Promise<string | undefined> {
  const known = await knownFor(resolved);
  if (known.certificateOnly) return 'known_hosts trusts this host by a certificate authority only';
  if (resolved.knownHostsCommand !== undefined)
    return 'the configuration asks a command for host keys (KnownHostsCommand)';
  if (resolved.revokedHostKeys !== undefined) return 'the configuration has a list of revoked host keys';
  if (resolved.pkcs11Provider !== undefined) return 'the configuration names a PKCS#11 provider';
  const offered = offer(resolved, known.types);
  if (!offered.ok) return `the configuration allows only ${offered.setting} that ssh2 does not have`;
  const keys = await specialKey(resolved);
  if (keys !== undefined) return keys;
  return (await hasTicket(resolved)) ? 'GSSAPI is on and there is a Kerberos ticket' : undefined;
}

async function specialKey(resolved: Resolved): Promise<string | undefined> {
  for (const path of resolved.certificateFiles) if (await isThere(path)) return 'the configuration names a certificate';
  for (const path of resolved.identityFiles) {
    if (await isThere(`${path}-cert.pub`)) return 'there is a certificate beside a key';
    if ((await fileKeyType(path))?.startsWith('sk-')) return 'a key is on a security key (FIDO)';
    if (await isPkcs8(path)) return 'a key file is in the PKCS#8 format, which ssh2 cannot read';
  }
  const agent = await agentTypes(resolved.identityAgent);
  if (agent.some((type) => type.includes('-cert-v01@'))) return 'ssh-agent holds a certificate';
  if (agent.some((type) => type.startsWith('sk-'))) return 'ssh-agent holds a security key (FIDO)';
  return undefined;
}

/** From the .pub file beside it; the private half of a security key names its type in the clear as well. */
async function fileKeyType(path: string): Promise<string | undefined> {
  if (!(await isThere(path))) return undefined;
  const text = await readFile(`${path}.pub`, 'utf8').catch(() => undefined);
  if (text !== undefined) return text.split(' ')[0];
  const key = await readFile(path, 'latin1').catch(() => '');
  const body = Buffer.from(/PRIVATE KEY-----([\s\S]*?)-----END/.exec(key)?.[1] ?? '', 'base64');
  const at = body.indexOf('sk-ssh-') >= 4 ? body.indexOf('sk-ssh-') : body.indexOf('sk-ecdsa-');
  return at < 4 ? undefined : keyType(body.subarray(at - 4));
}

const isPkcs8 = async (path: string): Promise<boolean> =>
  /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(await readFile(path, 'latin1').catch(() => ''));

/** ssh2 drops keys of a type that it does not know; ssh-add lists them all. */
function agentTypes(socket: string | undefined): Promise<string[]> {
  if (socket === undefined) return Promise.resolve([]);
  return new Promise((settle) => {
    const options = { env: { ...process.env, SSH_AUTH_SOCK: socket }, timeout: 3000 };
    execFile('ssh-add', ['-L'], options, (error, stdout) => {
      settle(error === null ? stdout.split('\n').map((line) => line.split(' ')[0] ?? '') : []);
    });
  });
}

/** Debian turns GSSAPI on for everybody: without a ticket it means nothing. */
async function hasTicket(resolved: Resolved): Promise<boolean> {
  const preferred = resolved.preferredAuthentications;
  const wanted = preferred === undefined || preferred.some((way) => way.startsWith('gssapi'));
  if (!resolved.gssapiAuthentication || !wanted) return false;
  const cache = process.env['KRB5CCNAME'];
  if (cache !== undefined && cache !== '' && !/^(FILE:|\/)/.test(cache)) return true;
  return isThere(cache?.replace(/^FILE:/, '') || `/tmp/krb5cc_${process.getuid?.() ?? 0}`);
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
