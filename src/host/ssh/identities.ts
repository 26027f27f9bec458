import { readFile, stat } from 'node:fs/promises';
import ssh2, { type ParsedKey, type SigningRequestOptions } from 'ssh2';
import { plain } from '../../lib/plain.ts';
import type { Prompter } from '../prompter.ts';
import type { Keyring } from './connection.ts';
import { homePath } from './home-path.ts';
import { fingerprint } from './known-hosts.ts';
import { TOO_OPEN } from './ssh-errors.ts';
import type { SshConfig } from './ssh-config.ts';

const PASSPHRASE_TRIES = 3;
const AGENT_TIMEOUT_MS = 5000;

/** Key pair to offer. The private half is not used before the server requests a signature. */
export interface Identity {
  readonly publicKey: ParsedKey;
  /** Name and origin, for messages. */
  readonly title: string;
  /** Signs a login request; `hash` is set for RSA only. Rejects when the key stays locked. */
  readonly sign: (data: Buffer, hash: SigningRequestOptions['hash']) => Promise<Buffer>;
}

/** Keys in ssh's order, and the reasons of those that are not usable. */
export interface Identities {
  readonly list: readonly Identity[];
  readonly skipped: readonly string[];
}

/**
 * Keys in the order of ssh(1): agent keys that IdentityFile names, other agent keys (unless IdentitiesOnly), key files. The
 * passphrase of an encrypted file is requested only when the server accepts that key.
 */
export async function findIdentities(resolved: SshConfig, prompter: Prompter, keyring: Keyring): Promise<Identities> {
  const skipped: string[] = [];
  const files: Identity[] = [];
  for (const path of resolved.identityFiles) {
    const found = await fileIdentity(path, prompter, keyring);
    if (typeof found === 'string') skipped.push(found);
    else if (found !== undefined) files.push(found);
  }
  const named = (key: ParsedKey): boolean => files.some((file) => sameKey(file.publicKey, key));
  const agent = await agentIdentities(resolved.identityAgent).catch((error: unknown) => {
    skipped.push(`ssh-agent: ${plain(error instanceof Error ? error.message : String(error))}`);
    return [];
  });
  const first = agent.filter((identity) => named(identity.publicKey));
  const others = resolved.identitiesOnly ? [] : agent.filter((identity) => !named(identity.publicKey));
  const rest = files.filter((file) => !agent.some((identity) => sameKey(identity.publicKey, file.publicKey)));
  return { list: [...first, ...others, ...rest], skipped };
}

const sameKey = (one: ParsedKey, other: ParsedKey): boolean => one.getPublicSSH().equals(other.getPublicSSH());

async function agentIdentities(socket: string | undefined): Promise<Identity[]> {
  if (socket === undefined) return [];
  const agent = new ssh2.OpenSSHAgent(socket);
  const keys = await new Promise<ParsedKey[]>((settle, fail) => {
    const timer = setTimeout(() => fail(new Error(`no reply in ${AGENT_TIMEOUT_MS / 1000} s`)), AGENT_TIMEOUT_MS);
    agent.getIdentities((error, found) => {
      clearTimeout(timer);
      if (error) fail(error);
      // Keys of unknown types are dropped: the agent's client does not parse them.
      else settle((found ?? []).map((key) => ssh2.utils.parseKey(key as ParsedKey)).filter(isKey));
    });
  });
  return keys.map((publicKey) => ({
    publicKey,
    title: `ssh-agent key ${plain(publicKey.comment || fingerprint(publicKey.getPublicSSH()))}`,
    sign: (data, hash) =>
      new Promise((settle, fail) => {
        agent.sign(publicKey, data, hash === undefined ? {} : { hash }, (error, signature) =>
          signature === undefined ? fail(error ?? new Error('agent refused operation')) : settle(signature),
        );
      }),
  }));
}

const isKey = (key: ParsedKey | Error): key is ParsedKey => !(key instanceof Error);

/** Undefined without such a file, as for most default names; a string is the reason that it is not usable. */
async function fileIdentity(
  path: string,
  prompter: Prompter,
  keyring: Keyring,
): Promise<Identity | string | undefined> {
  const shown = homePath(path);
  let text: Buffer;
  let mode: string | undefined;
  try {
    text = await readFile(path);
    mode = await openMode(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? undefined
      : `key ${shown}: ${(error as NodeJS.ErrnoException).code === 'EACCES' ? 'Permission denied' : plain(String(error))}`;
  }
  const open = keyring.keys.get(path) ?? parsed(text);
  if (isKey(open)) {
    // With IdentitiesOnly a public key file selects a key of the agent; alone it cannot sign.
    if (!open.isPrivateKey())
      return {
        publicKey: open,
        title: `key ${shown}`,
        sign: () => Promise.reject(new Error(`key ${shown}: no private key file`)),
      };
    if (mode !== undefined) return `key ${shown}: ${mode}`;
    return { publicKey: open, title: `key ${shown}`, sign: (data, hash) => Promise.resolve(open.sign(data, hash)) };
  }
  if (!/encrypted/i.test(open.message)) return `key ${shown}: ${plain(open.message)}`;
  if (mode !== undefined) return `key ${shown}: ${mode}`;
  const publicKey = await publicHalf(path, text);
  if (publicKey === undefined) return `key ${shown}: encrypted with a passphrase, ${shown}.pub missing`;
  let opened: ParsedKey | undefined;
  return {
    publicKey,
    title: `key ${shown}`,
    sign: async (data, hash) => {
      opened ??= await decrypted(path, text, prompter);
      keyring.keys.set(path, opened);
      return opened.sign(data, hash);
    },
  };
}

/** Reason of ssh(1) to ignore a private key: other users can read it. Files of other owners are not checked. */
async function openMode(path: string): Promise<string | undefined> {
  const { mode, uid } = await stat(path);
  return uid === process.getuid?.() && (mode & 0o077) !== 0
    ? `${TOO_OPEN} (0${(mode & 0o777).toString(8)})`
    : undefined;
}

/** Result of parseKey, which returns most errors and throws some. */
function parsed(text: Buffer, passphrase?: string): ParsedKey | Error {
  try {
    const key: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase);
    return Array.isArray(key) ? (key[0] ?? new Error('no key in file')) : key;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function decrypted(path: string, text: Buffer, prompter: Prompter): Promise<ParsedKey> {
  for (let left = PASSPHRASE_TRIES; left > 0; left--) {
    const passphrase = await prompter.secret({
      title: left === PASSPHRASE_TRIES ? 'Encrypted key' : 'Bad passphrase, try again',
      prompt: `Passphrase for key ${homePath(path)}`,
    });
    if (passphrase === undefined)
      throw new Error(`key ${homePath(path)}: encrypted, no passphrase given and not in ssh-agent`);
    const key = parsed(text, passphrase);
    if (isKey(key)) return key;
  }
  throw new Error(`key ${homePath(path)}: bad passphrase`);
}

/** Public half, from the .pub file or the clear part of the key file (PROTOCOL.key of OpenSSH). */
async function publicHalf(path: string, text: Buffer): Promise<ParsedKey | undefined> {
  const pub = await readFile(`${path}.pub`).catch(() => undefined);
  const fromFile = pub === undefined ? undefined : parsed(pub);
  if (fromFile !== undefined && isKey(fromFile)) return fromFile;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text.toString('latin1'))?.[1];
  const blob = body === undefined ? undefined : clearPublicKey(Buffer.from(body, 'base64'));
  if (blob === undefined) return undefined;
  const length = blob.readUInt32BE(0);
  const key = parsed(Buffer.from(`${blob.toString('latin1', 4, 4 + length)} ${blob.toString('base64')}`));
  return isKey(key) ? key : undefined;
}

/** Public key blob of "openssh-key-v1\0", cipher, kdf name, kdf options (strings), number of keys, public key (a string). */
function clearPublicKey(bytes: Buffer): Buffer | undefined {
  const MAGIC = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  let at = MAGIC.length;
  const string = (): Buffer | undefined => {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    const value = bytes.subarray(at + 4, end);
    at = end;
    return value;
  };
  for (let i = 0; i < 3; i++) if (string() === undefined) return undefined;
  at += 4;
  const blob = string();
  return blob === undefined || blob.length < 8 ? undefined : blob;
}
