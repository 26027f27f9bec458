import { lines, toNumber } from '../../lib/lines.ts';

/** SshConfig holds the ssh_config(5) settings of a target that are used here. Unset and `none` are undefined. */
export interface SshConfig {
  /** As typed, before HostName was applied (`%n`). */
  readonly alias: string;
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly addressFamily: 'any' | 'inet' | 'inet6';
  readonly bindAddress: string | undefined;
  readonly bindInterface: string | undefined;
  readonly connectTimeoutMs: number | undefined;
  readonly compression: boolean;
  /** Socket of a ControlMaster; it may not exist. */
  readonly controlPath: string | undefined;

  readonly proxyJump: string | undefined;
  readonly proxyCommand: string | undefined;

  readonly preferredAuthentications: readonly string[] | undefined;
  readonly pubkeyAuthentication: boolean;
  readonly passwordAuthentication: boolean;
  readonly kbdInteractiveAuthentication: boolean;
  readonly gssapiAuthentication: boolean;
  readonly numberOfPasswordPrompts: number;
  readonly batchMode: boolean;
  /** In the order of use; files may not exist. */
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Path of the agent's socket; undefined without an agent. */
  readonly identityAgent: string | undefined;
  readonly certificateFiles: readonly string[];
  readonly pkcs11Provider: string | undefined;

  readonly userKnownHostsFiles: readonly string[];
  readonly globalKnownHostsFiles: readonly string[];
  readonly knownHostsCommand: string | undefined;
  readonly revokedHostKeys: string | undefined;
  readonly hostKeyAlias: string | undefined;
  readonly hashKnownHosts: boolean;
  readonly strictHostKeyChecking: 'ask' | 'yes' | 'accept-new' | 'no';

  /** Allowed algorithms by their names in the protocol; undefined without ssh(1): the library's defaults. */
  readonly kexAlgorithms: readonly string[] | undefined;
  readonly hostKeyAlgorithms: readonly string[] | undefined;
  readonly ciphers: readonly string[] | undefined;
  readonly macs: readonly string[] | undefined;
}

/** Facts of this machine for paths and tokens. */
export interface LocalUser {
  readonly home: string;
  readonly user: string;
  readonly agentSocket: string | undefined;
  readonly environment: (name: string) => string | undefined;
}

/** Default identity files of ssh(1), for a machine without it. */
const DEFAULT_IDENTITIES = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'];

/**
 * Parses the output of `ssh -G` (`name value` lines, names in lower case, several lines for lists). Known-hosts files are
 * split at blanks, as ssh prints them: a file name with blanks cannot be distinguished from two names.
 */
export function parseSshConfig(text: string, alias: string, local: LocalUser): SshConfig {
  const values = new Map<string, string[]>();
  for (const line of lines(text)) {
    const at = line.indexOf(' ');
    if (at <= 0) continue;
    const name = line.slice(0, at);
    const list = values.get(name) ?? [];
    list.push(line.slice(at + 1).trim());
    values.set(name, list);
  }
  const one = (name: string): string | undefined => {
    const value = values.get(name)?.[0];
    return value === undefined || value === '' || value === 'none' ? undefined : value;
  };
  const flag = (name: string, byDefault: boolean): boolean => {
    const value = one(name);
    return value === undefined ? byDefault : value === 'yes' || value === 'true';
  };
  const list = (name: string): string[] | undefined => one(name)?.split(',').filter(Boolean);

  const hostname = one('hostname') ?? alias;
  const port = toNumber(one('port')) ?? 22;
  const user = one('user') ?? local.user;
  const tokens: Readonly<Record<string, string>> = {
    d: local.home,
    h: hostname,
    k: one('hostkeyalias') ?? alias,
    n: alias,
    p: String(port),
    r: user,
    u: local.user,
  };
  const path = (name: string): string => expandPath(name, tokens, local);
  const files = (name: string): string[] | undefined => one(name)?.split(/\s+/).map(path);
  const agent = one('identityagent');
  const seconds = toNumber(one('connecttimeout'));
  const family = one('addressfamily');
  return {
    alias,
    hostname,
    port,
    user,
    addressFamily: family === 'inet' || family === 'inet6' ? family : 'any',
    bindAddress: one('bindaddress'),
    bindInterface: one('bindinterface'),
    compression: flag('compression', false),
    controlPath: one('controlpath'),
    connectTimeoutMs: seconds === undefined ? undefined : seconds * 1000,
    proxyJump: one('proxyjump'),
    proxyCommand: one('proxycommand'),
    preferredAuthentications: list('preferredauthentications'),
    pubkeyAuthentication: one('pubkeyauthentication') !== 'no' && one('pubkeyauthentication') !== 'false',
    passwordAuthentication: flag('passwordauthentication', true),
    kbdInteractiveAuthentication: flag('kbdinteractiveauthentication', flag('challengeresponseauthentication', true)),
    gssapiAuthentication: flag('gssapiauthentication', false),
    numberOfPasswordPrompts: toNumber(one('numberofpasswordprompts')) ?? 3,
    batchMode: flag('batchmode', false),
    identityFiles: identityFiles(values.get('identityfile'), local).map(path),
    identitiesOnly: flag('identitiesonly', false),
    identityAgent: values.get('identityagent')?.[0] === 'none' ? undefined : agentSocket(agent, path, local),
    certificateFiles: (values.get('certificatefile') ?? []).filter((name) => name !== 'none').map(path),
    pkcs11Provider: one('pkcs11provider'),
    userKnownHostsFiles:
      files('userknownhostsfile') ??
      (values.has('userknownhostsfile') ? [] : [`${local.home}/.ssh/known_hosts`, `${local.home}/.ssh/known_hosts2`]),
    globalKnownHostsFiles:
      files('globalknownhostsfile') ??
      (values.has('globalknownhostsfile') ? [] : ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
    knownHostsCommand: one('knownhostscommand'),
    revokedHostKeys: one('revokedhostkeys'),
    hostKeyAlias: one('hostkeyalias'),
    hashKnownHosts: flag('hashknownhosts', false),
    strictHostKeyChecking: strictness(one('stricthostkeychecking')),
    kexAlgorithms: list('kexalgorithms'),
    hostKeyAlgorithms: list('hostkeyalgorithms'),
    ciphers: list('ciphers'),
    macs: list('macs'),
  };
}

function identityFiles(given: readonly string[] | undefined, local: LocalUser): readonly string[] {
  if (given === undefined) return DEFAULT_IDENTITIES.map((name) => `${local.home}/.ssh/${name}`);
  return given.filter((name) => name !== 'none');
}

function agentSocket(given: string | undefined, path: (name: string) => string, local: LocalUser): string | undefined {
  if (given === undefined || given === 'SSH_AUTH_SOCK') return local.agentSocket;
  return given.startsWith('$') ? local.environment(given.slice(1).replaceAll(/[{}]/g, '')) : path(given);
}

function strictness(value: string | undefined): SshConfig['strictHostKeyChecking'] {
  if (value === 'yes' || value === 'true') return 'yes';
  if (value === 'no' || value === 'off' || value === 'false') return 'no';
  return value === 'accept-new' ? 'accept-new' : 'ask';
}

/** Expands `~`, `${NAME}` and the tokens of ssh_config(5), which `-G` leaves as written. */
function expandPath(name: string, tokens: Readonly<Record<string, string>>, local: LocalUser): string {
  const home = name.replace(/^~(?=\/|$)/, local.home);
  const named = home.replaceAll(/\$\{(\w+)\}/g, (whole, variable: string) => local.environment(variable) ?? whole);
  return expandTokens(named, tokens);
}

/** Expands `%h` and similar tokens; `%%` is a percent sign, an unknown token stays. */
export const expandTokens = (text: string, tokens: Readonly<Record<string, string>>): string =>
  text.replaceAll(/%(.)/g, (whole, token: string) => (token === '%' ? '%' : (tokens[token] ?? whole)));
