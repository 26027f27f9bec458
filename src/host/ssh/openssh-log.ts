import { plain } from '../../lib/plain.ts';
import type { NegotiatedAlgorithms } from '../link-state.ts';
import type { DebugLog } from './connection.ts';
import { homePath } from './home-path.ts';

/** Facts of a login that ssh(1) logs, for the message of a failed one. */
export interface LoginAttempts {
  /** Keys and methods that the server did not accept. */
  readonly tried: readonly string[];
  /** Last message of the server after it refused a method, which is about the account. */
  readonly message: string | undefined;
}

/** OpensshLog reads the stderr of an ssh(1) with LogLevel=DEBUG1. */
export interface OpensshLog extends LoginAttempts {
  readonly algorithms: NegotiatedAlgorithms | undefined;
  /** Methods that the server accepts. */
  readonly accepted: readonly string[];
  /** Returns the complete lines of the text that are no debug lines. */
  readonly read: (text: string) => readonly string[];
  /** The incomplete last line. */
  readonly rest: () => string;
}

const MAX_LINE_CHARACTERS = 65_536;

/** Lines of the levels VERBOSE and DEBUG1. */
const DEBUG = /^debug\d: |^Authenticated .*\busing |^Transferred: sent |^Bytes per second: |^Killed by signal /;
const OFFERED = /^debug1: Offering public key: (.*) \S+ SHA256:\S+((?: \w+)*)$/;
/** Messages of ssh itself during a login; others are of the server. */
const OWN =
  /^@|Permission denied|^(?:Connection|Received disconnect|Disconnected|Load key|sign_and_send_pubkey|Warning|ssh|bind|Permissions|It is required|This private key|no such identity|Bad passphrase|agent|get_agent|Could not)\b/;

export function opensshLog(debug: DebugLog = () => undefined): OpensshLog {
  const values: Partial<Record<keyof NegotiatedAlgorithms, string | undefined>> = {};
  const tried: string[] = [];
  let accepted: readonly string[] = [];
  let message: string | undefined;
  let rest = '';
  const note = (line: string): void => {
    debug(line);
    const [, kex] = /^debug1: kex: algorithm: (\S+)/.exec(line) ?? [];
    const [, hostKey] = /^debug1: kex: host key algorithm: (\S+)/.exec(line) ?? [];
    const [, cipher, compression] = /^debug1: kex: server->client cipher: (\S+) .*compression: (\S+)/.exec(line) ?? [];
    // The first values: the key exchange is before anything that a host can print.
    values.kex ??= kex;
    values.hostKey ??= hostKey;
    values.cipher ??= cipher;
    values.compression ??= compression;
    const [, key, origin = ''] = OFFERED.exec(line) ?? [];
    if (key !== undefined)
      tried.push(origin.includes('agent') ? `ssh-agent key ${plain(key)}` : `key ${homePath(key)}`);
    const [, method] = /^debug1: Next authentication method: (password|keyboard-interactive)$/.exec(line) ?? [];
    if (method !== undefined && !tried.includes(method)) tried.push(method);
    if (line.endsWith('with partial success.')) tried.pop();
    accepted = /^debug1: Authentications that can continue: (\S+)/.exec(line)?.[1]?.split(',') ?? accepted;
  };
  return {
    get algorithms() {
      const { kex, hostKey, cipher, compression } = values;
      return kex === undefined || hostKey === undefined || cipher === undefined || compression === undefined
        ? undefined
        : { kex, hostKey, cipher, compression };
    },
    get accepted() {
      return accepted;
    },
    tried,
    get message() {
      return message;
    },
    read: (text) => {
      const lines = (rest + text).split(/\r?\n/);
      // A server may print a line without an end.
      rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
      return lines.filter((line) => {
        if (DEBUG.test(line)) note(line);
        else if (accepted.length > 0 && line.trim() !== '' && !OWN.test(line))
          message = plain(line.trim().slice(0, 300));
        return !DEBUG.test(line);
      });
    },
    rest: () => (DEBUG.test(rest) ? '' : rest),
  };
}
