import { plain } from '../../lib/plain.ts';
import { TransportError } from '../transport.ts';
import type { SshConfig } from './ssh-config.ts';
import { homePath } from './home-path.ts';
import type { LoginAttempts } from './openssh-log.ts';
import { accountRefused, FIX, permissionDenied, TOO_OPEN } from './ssh-errors.ts';

interface Condition {
  readonly pattern: RegExp;
  /** Message from the line of ssh(1) that matched; the line itself by default. */
  readonly message?: (line: string, host: string, port: number) => string;
  readonly fix: string;
  readonly retry?: boolean;
}

/** Conditions by the messages of ssh(1). First match wins. */
const CONDITIONS: readonly Condition[] = [
  {
    pattern: /channel \d+: open failed|stdio forwarding failed/i,
    message: (line, host, port) => `Jump host cannot connect to ${host} port ${port}: ${line}`,
    fix: FIX.jump,
    retry: true,
  },
  { pattern: /Could not resolve hostname/i, fix: FIX.name, retry: true },
  { pattern: /connect to host .* Connection refused/i, fix: FIX.refused, retry: true },
  { pattern: /(Connection|Operation) timed out/i, fix: FIX.timeout, retry: true },
  { pattern: /No route to host|Network is unreachable/i, fix: FIX.route, retry: true },
  { pattern: /^bind \S+: /m, fix: FIX.bind },
  {
    pattern: /IDENTIFICATION HAS CHANGED|Offending .* key in/i,
    message: (line, host) => `Host key verification failed: host key of ${host} has changed: ${line}`,
    fix: FIX.changedKey,
  },
  {
    pattern: /REVOKED HOST KEY|revoked/i,
    message: (line, host) => `Host key verification failed: host key of ${host} is revoked: ${line}`,
    fix: FIX.revokedKey,
  },
  {
    pattern: /No .* host key is known/i,
    message: (line) => `Host key verification failed: ${line}`,
    fix: FIX.hostKey,
  },
  {
    pattern: /Host key verification failed/i,
    message: (_, host) => `Host key verification failed: key of ${host} not trusted`,
    fix: FIX.hostKey,
  },
  {
    pattern: /no matching|Unable to negotiate/i,
    fix: 'use a newer ssh, or -o KexAlgorithms or HostKeyAlgorithms with one that the host offers',
  },
  { pattern: /Too many authentication failures/i, fix: FIX.oneKey },
  { pattern: /Permission denied/i, fix: FIX.key },
];

/** `me@web: Permission denied (publickey,password).` */
const DENIED = /^(\S+): Permission denied \(([\w,@.-]+)\)/;

/** Reasons of keys that ssh did not use. */
const UNUSABLE: readonly { readonly pattern: RegExp; readonly reason: (file: string, why: string) => string }[] = [
  { pattern: /^Permissions \d+ for '(.+)' are too open/, reason: (file) => `${file}: ${TOO_OPEN}` },
  { pattern: /^Load key "(.+)": (?!bad permissions)(.*)$/, reason: (file, why) => `${file}: ${why}` },
  {
    pattern: /^sign_and_send_pubkey: signing failed for \S+ "(.+?)"(.*)$/,
    reason: (file, why) => `${file}: signing failed${why}`,
  },
];

/** Error of a login that no method opened; undefined for another one. */
function denied(printed: readonly string[], tried: LoginAttempts): TransportError | undefined {
  const [, account, accepted] = printed.map((line) => DENIED.exec(line)).findLast((match) => match !== null) ?? [];
  if (account === undefined || accepted === undefined) return undefined;
  const unusable = printed.flatMap((line) =>
    UNUSABLE.flatMap(({ pattern, reason }) => {
      const [, file, why = ''] = pattern.exec(line) ?? [];
      return file === undefined ? [] : [plain(reason(`key ${homePath(file)}`, why))];
    }),
  );
  const refused = tried.tried.filter((key) => !unusable.some((reason) => reason.startsWith(`${key}:`)));
  return permissionDenied({
    account: plain(account),
    refused,
    unusable,
    accepted: accepted.split(','),
    message: tried.message,
  });
}

/** Error of an ssh(1) that failed, by its stderr. */
export function explainStderr(
  stderr: string,
  resolved: SshConfig,
  tried: LoginAttempts = { tried: [], message: undefined },
): TransportError {
  const host = plain(resolved.hostname);
  const printed = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[@*]+$/.test(line));
  const denial = denied(printed, tried);
  if (denial !== undefined) return denial;
  if (tried.message !== undefined && /^Connection (?:closed|reset) by /.test(printed.at(-1) ?? ''))
    return accountRefused(`${plain(resolved.user)}@${host}`, tried.message);
  const condition = CONDITIONS.find(({ pattern }) => pattern.test(stderr));
  const line = plain(
    relevantLine(printed, condition?.pattern)
      .replace(/^ssh: /, '')
      .slice(0, 400),
  );
  if (condition === undefined)
    return new TransportError(`ssh to ${host} failed: ${line || 'no error message'}`, {
      fix: 'run the same with ssh itself',
      retry: true,
    });
  return new TransportError(condition.message?.(line, host, resolved.port) ?? line, {
    fix: condition.fix,
    retry: condition.retry ?? false,
  });
}

/** Lines with fingerprint and file for a changed key, else the line that matched, else the last one. */
function relevantLine(printed: readonly string[], pattern: RegExp | undefined): string {
  const ofKey = printed.filter((line) => /^SHA256:|^Offending/.test(line));
  if (ofKey.length > 0) return ofKey.join(' · ');
  const matched = pattern === undefined ? undefined : printed.find((line) => pattern.test(line));
  // `UNKNOWN port 65535` is ssh's message about a ProxyCommand that ended; the program's last line is more specific.
  return matched ?? printed.findLast((line) => !/UNKNOWN port 65535/.test(line)) ?? printed.at(-1) ?? '';
}
