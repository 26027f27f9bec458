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
import type { Resolved } from './resolved.ts';

/** Decides about the keys that one host shows during one connection. */
export interface HostKeyCheck {
  /** Types to ask the host for first, as known_hosts names them. */
  readonly knownTypes: readonly string[];
  /** Rejects with a TransportError for a key that must not be trusted. Called on each rekey: asks once only. */
  readonly check: (blob: Buffer) => Promise<void>;
}

export async function hostKeyCheck(
  resolved: Resolved,
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
      if (trusted !== undefined) throw changed(name, fingerprint(trusted), 'the key it showed first', blob);
      const accepted = keyring.accepted.get(name);
      const verdict = verdictOn(files, known, resolved, blob);
      if (verdict.kind === 'unknown' && accepted !== undefined) {
        if (!accepted.equals(blob)) throw changed(name, fingerprint(accepted), 'the key you accepted', blob);
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

/** What the files say about a host before it showed a key: which types to prefer, and whether only a certificate would do. */
export async function knownFor(
  resolved: Resolved,
): Promise<{ readonly types: readonly string[]; readonly certificateOnly: boolean }> {
  const known = keysFor(await readKnownHosts(resolved), resolved, knownName(resolved));
  const certificateOnly = known.length > 0 && known.every((entry) => entry.marker === 'cert-authority');
  return { types: knownTypes(known), certificateOnly };
}

async function readKnownHosts(resolved: Resolved): Promise<KnownHostsFile[]> {
  const paths = [...resolved.userKnownHostsFiles, ...resolved.globalKnownHostsFiles];
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => undefined)));
  return paths.flatMap((path, index) => {
    const text = texts[index];
    return text === undefined ? [] : [{ path, text }];
  });
}

const plainName = (resolved: Resolved): string => resolved.hostname.toLowerCase();

/** Lines for the name; when there is none for `[host]:port`, the types known for the bare host say what to ask for. */
function keysFor(files: readonly KnownHostsFile[], resolved: Resolved, name: string): KnownKey[] {
  const exact = knownKeys(files, name);
  return exact.length > 0 || resolved.hostKeyAlias !== undefined
    ? exact
    : knownKeys(files, plainName(resolved)).filter((key) => key.marker !== 'cert-authority');
}

/** As ssh(1): a key known for the bare host is good on any of its ports, but a differing one there does not count. */
function verdictOn(
  files: readonly KnownHostsFile[],
  known: readonly KnownKey[],
  resolved: Resolved,
  blob: Buffer,
): Verdict {
  const exact = knownKeys(files, knownName(resolved));
  if (exact.length > 0) return judge(exact, blob);
  const verdict = judge(known, blob);
  return verdict.kind === 'changed' ? { kind: 'unknown' } : verdict;
}

async function admit(resolved: Resolved, name: string, blob: Buffer, prompter: Prompter): Promise<void> {
  const type = keyType(blob) ?? 'unknown type';
  const shown = plain(name);
  const strict = resolved.strictHostKeyChecking;
  if (strict === 'yes')
    throw new TransportError(
      `The host key of ${shown} is not known (${type} ${fingerprint(blob)}), and StrictHostKeyChecking is yes.`,
      {
        mend: `Compare the fingerprint with the host's own, then add the key to ${shownPath(resolved)}.`,
      },
    );
  if (strict === 'ask') {
    const yes = await prompter.confirm({
      title: 'Unknown host key',
      lines: [
        `${shown} is not known yet.`,
        `It shows this ${type} key:`,
        fingerprint(blob),
        'Compare it with the fingerprint that the host or its owner gives you.',
        `Yes adds it to ${shownPath(resolved)}.`,
      ],
      yes: 'trust this key',
    });
    if (!yes)
      throw new TransportError(`The host key of ${shown} was not trusted.`, {
        mend: 'Compare the fingerprint, then connect again.',
      });
  } else {
    prompter.tell(
      `StrictHostKeyChecking is ${strict}: the unknown ${type} key ${fingerprint(blob)} of ${shown} is accepted without asking; a changed key would still be refused.`,
    );
  }
  await remember(resolved, name, blob).catch((error: unknown) =>
    prompter.tell(`The key could not be added to ${shownPath(resolved)}: ${plain(String(error))}`),
  );
}

const shownPath = (resolved: Resolved): string => plain(resolved.userKnownHostsFiles[0] ?? 'known_hosts');

/** Appends to the engineer's first file, in folders and files that only they may read, after a last line without end. */
async function remember(resolved: Resolved, name: string, blob: Buffer): Promise<void> {
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
  const where = `${plain(known.path)} line ${known.line}`;
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
        `The host key of ${plain(name)} (${fingerprint(blob)}) is marked as revoked in ${where}.`,
        {
          mend: 'Do not connect: ask the owner of the host which key it should have.',
        },
      );
    case 'needs-cert':
      return new TransportError(
        `${where} trusts ${plain(name)} by a certificate authority only, and this transport knows no host certificates.`,
        {
          mend: 'Connect with --transport openssh.',
        },
      );
  }
}

function changed(name: string, knownPrint: string, where: string, blob: Buffer, remove?: string): TransportError {
  return new TransportError(
    `The host key of ${plain(name)} has changed: ${where} has ${knownPrint}, the host shows ${fingerprint(blob)} (${keyType(blob) ?? 'unknown type'}). Somebody may be in between.`,
    {
      mend:
        remove === undefined
          ? 'Do not go on before the owner of the host has explained it.'
          : `If the owner of the host confirms the new key: ${remove}`,
    },
  );
}
