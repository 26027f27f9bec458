import { randomBytes } from 'node:crypto';
import { appendFile, chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { Prompter } from '../prompter.ts';
import type { Keyring } from './connection.ts';
import {
  type KnownHostsFile,
  type KnownKey,
  type Verdict,
  fingerprint,
  judge,
  keyType,
  knownHostsLine,
  knownKeys,
  knownName,
  knownTypes,
} from './known-hosts.ts';
import type { SshConfig } from './ssh-config.ts';

/** Check of the host keys that a host presents during one connection. */
export interface HostKeyCheck {
  /** Key types to request first, as known_hosts names them. */
  readonly knownTypes: readonly string[];
  /** Rejects with a TransportError for an untrusted key. Called on each rekey; prompts once. */
  readonly check: (blob: Buffer) => Promise<void>;
}

export async function hostKeyCheck(
  resolved: SshConfig,
  prompter: Prompter,
  keyring: Pick<Keyring, 'accepted'>,
): Promise<HostKeyCheck> {
  const name = knownName(resolved);
  const files = await readKnownHosts(resolved);
  const known = keysFor(files, resolved, name);
  let trusted: Buffer | undefined;
  return {
    knownTypes: knownTypes(known),
    async check(blob) {
      if (trusted?.equals(blob)) return;
      if (trusted !== undefined) throw changed(name, fingerprint(trusted), 'the key at connect', blob);
      const accepted = keyring.accepted.get(name);
      const verdict = verdictOn(files, known, resolved, blob);
      if (verdict.kind === 'unknown' && accepted !== undefined) {
        if (!accepted.equals(blob)) throw changed(name, fingerprint(accepted), 'the accepted key', blob);
      } else if (verdict.kind === 'unknown') {
        await admit(resolved, name, blob, prompter);
        keyring.accepted.set(name, blob);
      } else if (verdict.kind !== 'ok') {
        throw refusal(verdict, name, blob);
      }
      trusted = blob;
    },
  };
}

/** Known key types of a host, and whether known_hosts has only a @cert-authority line for it. */
export async function knownFor(
  resolved: SshConfig,
): Promise<{ readonly types: readonly string[]; readonly certificateOnly: boolean }> {
  const known = keysFor(await readKnownHosts(resolved), resolved, knownName(resolved));
  const certificateOnly = known.length > 0 && known.every((entry) => entry.marker === 'cert-authority');
  return { types: knownTypes(known), certificateOnly };
}

async function readKnownHosts(resolved: SshConfig): Promise<KnownHostsFile[]> {
  const paths = [...resolved.userKnownHostsFiles, ...resolved.globalKnownHostsFiles];
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => undefined)));
  return paths.flatMap((path, index) => {
    const text = texts[index];
    return text === undefined ? [] : [{ path, text }];
  });
}

const plainName = (resolved: SshConfig): string => resolved.hostname.toLowerCase();

/** Lines for the name; without any for `[host]:port`, those of the bare host. */
function keysFor(files: readonly KnownHostsFile[], resolved: SshConfig, name: string): KnownKey[] {
  const exact = knownKeys(files, name);
  return exact.length > 0 || resolved.hostKeyAlias !== undefined
    ? exact
    : knownKeys(files, plainName(resolved)).filter((key) => key.marker !== 'cert-authority');
}

/** Verdict as in ssh(1): a key known for the bare host is valid on any port, a different one there is not `changed`. */
function verdictOn(
  files: readonly KnownHostsFile[],
  known: readonly KnownKey[],
  resolved: SshConfig,
  blob: Buffer,
): Verdict {
  const exact = knownKeys(files, knownName(resolved));
  if (exact.length > 0) return judge(exact, blob);
  const verdict = judge(known, blob);
  return verdict.kind === 'changed' ? { kind: 'unknown' } : verdict;
}

async function admit(resolved: SshConfig, name: string, blob: Buffer, prompter: Prompter): Promise<void> {
  const type = keyType(blob) ?? 'unknown type';
  const shown = plain(name);
  const strict = resolved.strictHostKeyChecking;
  if (strict === 'yes')
    throw new TransportError(
      `Host key verification failed: no host key known for ${shown}, StrictHostKeyChecking=yes (presented: ${type} ${fingerprint(blob)})`,
      { fix: `compare the fingerprint with the host's, then add the key to ${shownPath(resolved)}` },
    );
  if (strict === 'ask') {
    const yes = await prompter.confirm({
      title: 'Unknown host key',
      lines: [
        `The authenticity of host '${shown}' can't be established.`,
        `${type} key fingerprint:`,
        fingerprint(blob),
        'Compare it with the fingerprint from the host or its owner.',
        `"trust this key" adds it to ${shownPath(resolved)}.`,
      ],
      yes: 'trust this key',
    });
    if (!yes)
      throw new TransportError(`Host key verification failed: key of ${shown} not trusted`, {
        fix: 'compare the fingerprint, then connect again',
      });
  } else {
    prompter.notify(
      `StrictHostKeyChecking=${strict}: unknown ${type} key ${fingerprint(blob)} of ${shown} accepted; a changed key is refused`,
    );
  }
  await remember(resolved, name, blob).catch((error: unknown) =>
    prompter.notify(`host key not added to ${shownPath(resolved)}: ${plain(String(error))}`),
  );
}

const shownPath = (resolved: SshConfig): string => plain(resolved.userKnownHostsFiles[0] ?? 'known_hosts');

/** Appends the key to the first UserKnownHostsFile, made with mode 0600; a last line without a newline stays whole. */
async function remember(resolved: SshConfig, name: string, blob: Buffer): Promise<void> {
  const [path] = resolved.userKnownHostsFiles;
  if (path === undefined || path === '/dev/null') return;
  const folder = dirname(path);
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await chmod(folder, 0o700);
  const before = await readFile(path, 'utf8').catch(() => '');
  const line = knownHostsLine(name, blob, resolved.hashKnownHosts ? randomBytes(20) : undefined);
  await appendFile(path, before === '' || before.endsWith('\n') ? line : `\n${line}`, { mode: 0o600 });
}

function refusal(verdict: Exclude<Verdict, { kind: 'ok' | 'unknown' }>, name: string, blob: Buffer): TransportError {
  const { known } = verdict;
  const where = `${plain(known.path)}:${known.line}`;
  switch (verdict.kind) {
    case 'changed':
      return changed(
        name,
        fingerprint(known.blob),
        where,
        blob,
        `ssh-keygen -f '${plain(known.path)}' -R '${plain(name)}'`,
      );
    case 'revoked':
      return new TransportError(
        `Host key verification failed: host key of ${plain(name)} is revoked in ${where} (${fingerprint(blob)})`,
        { fix: "do not connect: ask the host's owner for its current key" },
      );
    case 'needs-cert':
      return new TransportError(
        `Host key verification failed: ${where} has only a @cert-authority for ${plain(name)}, ssh2 has no host certificates`,
        { fix: 'connect with --transport openssh' },
      );
  }
}

function changed(name: string, knownPrint: string, where: string, blob: Buffer, remove?: string): TransportError {
  return new TransportError(
    `Host key verification failed: host key of ${plain(name)} has changed: ${where} is ${knownPrint}, the host presents ${keyType(blob) ?? 'unknown type'} ${fingerprint(blob)}`,
    {
      fix:
        remove === undefined
          ? "possible man-in-the-middle attack: ask the host's owner before you connect again"
          : `possible man-in-the-middle attack: if the host's owner confirms the new key: ${remove}`,
    },
  );
}
