import { readFile } from 'node:fs/promises';
import ssh2, { type ParsedKey, type SigningRequestOptions } from 'ssh2';
import { plain } from '../../lib/plain.ts';
import type { Prompter } from '../prompter.ts';
import type { Keyring } from './connection.ts';
import { fingerprint } from './known-hosts.ts';
import type { Resolved } from './resolved.ts';

const PASSPHRASE_TRIES = 3;
const AGENT_TIMEOUT_MS = 5000;

/** A key pair that may open the door. The private half stays where it is until the server asks for a signature. */
export interface Identity {
  readonly publicKey: ParsedKey;
  /** For a person: where it comes from. */
  readonly title: string;
  /** The bytes to sign are the login request; `hash` is set for RSA only. Rejects when the key stays shut. */
  readonly sign: (data: Buffer, hash: SigningRequestOptions['hash']) => Promise<Buffer>;
}

/** What is offered, in ssh's order, and what was passed over and why. */
export interface Identities {
  readonly list: readonly Identity[];
  readonly skipped: readonly string[];
}

/**
 * As ssh(1): keys of the agent that are also named by IdentityFile, the agent's other keys (unless IdentitiesOnly),
 * then key files. An encrypted file is only opened (and its passphrase asked for) when the server wants that key.
 */
export async function findIdentities(resolved: Resolved, prompter: Prompter, keyring: Keyring): Promise<Identities> {
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
    const timer = setTimeout(() => fail(new Error('it does not answer')), AGENT_TIMEOUT_MS);
    agent.getIdentities((error, found) => {
      clearTimeout(timer);
      if (error) fail(error);
      // The agent's client parses every key that it hands out; what is no key of a type it knows is left out here.
      else settle((found ?? []).map((key) => ssh2.utils.parseKey(key as ParsedKey)).filter(isKey));
    });
  });
  return keys.map((publicKey) => ({
    publicKey,
    title: `ssh-agent key ${plain(publicKey.comment || fingerprint(publicKey.getPublicSSH()))}`,
    sign: (data, hash) =>
      new Promise((settle, fail) => {
        agent.sign(publicKey, data, hash === undefined ? {} : { hash }, (error, signature) =>
          signature === undefined ? fail(error ?? new Error('ssh-agent refused to sign')) : settle(signature),
        );
      }),
  }));
}

const isKey = (key: ParsedKey | Error): key is ParsedKey => !(key instanceof Error);

/** Undefined: no such file, as with most of the default names. A sentence: there is one, but it cannot be used. */
async function fileIdentity(
  path: string,
  prompter: Prompter,
  keyring: Keyring,
): Promise<Identity | string | undefined> {
  const shown = plain(path);
  let text: Buffer;
  try {
    text = await readFile(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : `key ${shown}: cannot be read`;
  }
  const open = keyring.keys.get(path) ?? parsed(text);
  if (isKey(open)) {
    // With IdentitiesOnly a public key file may stand for a key in the agent; alone it cannot sign.
    if (!open.isPrivateKey())
      return {
        publicKey: open,
        title: `key ${shown}`,
        sign: () => Promise.reject(new Error('only the public half is there')),
      };
    return { publicKey: open, title: `key ${shown}`, sign: (data, hash) => Promise.resolve(open.sign(data, hash)) };
  }
  if (!/encrypted/i.test(open.message)) return `key ${shown}: ${plain(open.message)}`;
  const publicKey = await publicHalf(path, text);
  if (publicKey === undefined) return `key ${shown}: encrypted, and its public half ${shown}.pub is not there`;
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

/** parseKey returns most errors, but throws some. */
function parsed(text: Buffer, passphrase?: string): ParsedKey | Error {
  try {
    const key: ParsedKey | ParsedKey[] | Error = ssh2.utils.parseKey(text, passphrase);
    return Array.isArray(key) ? (key[0] ?? new Error('holds no key')) : key;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function decrypted(path: string, text: Buffer, prompter: Prompter): Promise<ParsedKey> {
  for (let left = PASSPHRASE_TRIES; left > 0; left--) {
    const passphrase = await prompter.secret({
      title: left === PASSPHRASE_TRIES ? 'Encrypted key' : 'Wrong passphrase, try again',
      prompt: `Passphrase for ${plain(path)}`,
    });
    if (passphrase === undefined) throw new Error(`no passphrase for ${plain(path)}`);
    const key = parsed(text, passphrase);
    if (isKey(key)) return key;
  }
  throw new Error(`wrong passphrase for ${plain(path)}`);
}

/** From the .pub file, else from the clear part of the key file (PROTOCOL.key of OpenSSH). */
async function publicHalf(path: string, text: Buffer): Promise<ParsedKey | undefined> {
  const beside = await readFile(`${path}.pub`).catch(() => undefined);
  const fromFile = beside === undefined ? undefined : parsed(beside);
  if (fromFile !== undefined && isKey(fromFile)) return fromFile;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text.toString('latin1'))?.[1];
  const blob = body === undefined ? undefined : clearPublicKey(Buffer.from(body, 'base64'));
  if (blob === undefined) return undefined;
  const length = blob.readUInt32BE(0);
  const key = parsed(Buffer.from(`${blob.toString('latin1', 4, 4 + length)} ${blob.toString('base64')}`));
  return isKey(key) ? key : undefined;
}

/** "openssh-key-v1\0", cipher, kdf name, kdf options (strings), number of keys, then the first public key (a string). */
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
