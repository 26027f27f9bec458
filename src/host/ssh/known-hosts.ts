import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { lines } from '../../lib/lines.ts';

/** Text of one known_hosts file; format: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
export interface KnownHostsFile {
  readonly path: string;
  readonly text: string;
}

/** Line of a known_hosts file. */
export interface KnownKey {
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  /** As in the file: `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`… */
  readonly type: string;
  readonly blob: Buffer;
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** Verdict of known_hosts on a presented key. */
export type Verdict =
  | { readonly kind: 'ok' }
  | { readonly kind: 'unknown' }
  /** Another key is known for this name. */
  | { readonly kind: 'changed'; readonly known: KnownKey }
  | { readonly kind: 'revoked'; readonly known: KnownKey }
  /** Only a certificate authority is known for this name; a bare key proves nothing. */
  | { readonly kind: 'needs-cert'; readonly known: KnownKey };

/** Name in known_hosts: the alias, or the host, with its port unless that is 22. */
export const knownName = (host: { hostname: string; port: number; hostKeyAlias?: string | undefined }): string =>
  (host.hostKeyAlias ?? (host.port === 22 ? host.hostname : `[${host.hostname}]:${host.port}`)).toLowerCase();

/** Every line of the files that matches the name. */
export function knownKeys(files: readonly KnownHostsFile[], name: string): KnownKey[] {
  const found: KnownKey[] = [];
  for (const file of files) {
    for (const [index, raw] of lines(file.text).entries()) {
      const words = raw.trim().split(/[ \t]+/);
      const marker = words[0]?.startsWith('@') ? words.shift() : undefined;
      const [patterns = '', type = '', key = ''] = words;
      // Also skips comments, and the numbers of an SSH 1 key.
      if (patterns.startsWith('#') || !/^[a-z][\w.@-]*$/.test(type) || key === '') continue;
      if (marker !== undefined && marker !== '@revoked' && marker !== '@cert-authority') continue;
      const blob = Buffer.from(key, 'base64');
      if (keyType(blob) === undefined || !matchesName(patterns, name)) continue;
      found.push({
        marker: marker === '@revoked' ? 'revoked' : marker === '@cert-authority' ? 'cert-authority' : undefined,
        type,
        blob,
        path: file.path,
        line: index + 1,
      });
    }
  }
  return found;
}

/** Verdict, stricter than ssh(1) in one case: a known host with a key of another type is `changed`, not new. */
export function judge(known: readonly KnownKey[], blob: Buffer): Verdict {
  const revoked = known.find((entry) => entry.marker === 'revoked' && entry.blob.equals(blob));
  if (revoked !== undefined) return { kind: 'revoked', known: revoked };
  const bare = known.filter((entry) => entry.marker === undefined);
  if (bare.some((entry) => entry.blob.equals(blob))) return { kind: 'ok' };
  const other = bare.find((entry) => entry.type === keyType(blob)) ?? bare[0];
  if (other !== undefined) return { kind: 'changed', known: other };
  const authority = known.find((entry) => entry.marker === 'cert-authority');
  return authority === undefined ? { kind: 'unknown' } : { kind: 'needs-cert', known: authority };
}

/** Key types to request first: otherwise a host known by RSA presents its ed25519 key, which counts as changed. */
export const knownTypes = (known: readonly KnownKey[]): string[] => [
  ...new Set(known.filter((entry) => entry.marker === undefined).map((entry) => entry.type)),
];

/** Line of a known_hosts file; with a salt (20 bytes) the name is hashed, as by HashKnownHosts. */
export function knownHostsLine(name: string, blob: Buffer, salt?: Buffer): string {
  const host = salt === undefined ? name : `|1|${salt.toString('base64')}|${hashName(name, salt).toString('base64')}`;
  return `${host} ${keyType(blob) ?? ''} ${blob.toString('base64')}\n`;
}

/** Fingerprint as in ssh-keygen -l. */
export const fingerprint = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** First string of a public key blob (RFC 4253, 6.6); undefined for other bytes. */
export function keyType(blob: Buffer): string | undefined {
  if (blob.length < 8) return undefined;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length < 4 + length) return undefined;
  const type = blob.toString('latin1', 4, 4 + length);
  return /^[\w.@-]+$/.test(type) ? type : undefined;
}

const hashName = (name: string, salt: Buffer): Buffer => createHmac('sha1', salt).update(name).digest();

/** Matches a hashed name, or patterns separated by commas, where one matching negation excludes the line. */
function matchesName(patterns: string, name: string): boolean {
  if (patterns.startsWith('|')) {
    const [, version, salt = '', hash = ''] = patterns.split('|');
    const wanted = Buffer.from(hash, 'base64');
    if (version !== '1' || wanted.length !== 20) return false;
    return timingSafeEqual(hashName(name, Buffer.from(salt, 'base64')), wanted);
  }
  let matched = false;
  for (const pattern of patterns.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!matchesGlob(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

/** Matches `*` and `?`, in linear space, backtracking to the last star only. */
function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
