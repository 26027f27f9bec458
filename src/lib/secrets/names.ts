import type { Edit } from '../edits.ts';
import { isHarmless, MASK, valueAt, type Span } from './value.ts';

/** Kinds of names, which differ in what may follow the word: `password_prod` is one, `token_bucket` is none. */
type Kind = 'password' | 'secret' | 'key';

interface NameRule {
  readonly kind: Kind;
  readonly word: string;
  readonly source: string;
}

const before = (...words: readonly string[]): string => `(?:(?<![a-z])|${words.join('|')})`;

/** Words by which a name is the name of a secret, anywhere in it. */
const NAMES: readonly NameRule[] = [
  { kind: 'password', word: '(?<!no[-_]?)pass(?:word|wd|phrase|code)', source: 'detect-secrets keyword' },
  {
    kind: 'key',
    word: `${before('db', 'my', 'user', 'require', 'store', 'key', 'root', 'admin', 'ldap', 'smtp', 'sql', 'auth', 'vnc', 'bind', 'master', 'trust', 'proxy', 'mail', 'ftp', 'become', 'login', 'rpc', 'ssh', 'chap')}pass`,
    source: 'Ansible ansible_become_pass, keytool -storepass, redis requirepass',
  },
  {
    kind: 'key',
    word: `${before('bind', 'root', 'admin', 'user', 'db')}pwd?`,
    source: 'slapd.conf rootpw, ADO.NET Pwd',
  },
  { kind: 'secret', word: 'secret', source: 'gitleaks generic-api-key' },
  { kind: 'key', word: 'token', source: 'gitleaks generic-api-key; npm _authToken' },
  {
    kind: 'key',
    word: '(?:api|access|private|auth|session|account|signing|encryption|encrypt|master|shared|pre-?shared|certificate|storage|consumer|client|unseal|recovery|app|service|license|activation|registration|integration|routing)[-_. ]?key',
    source: 'detect-secrets keyword, wg(8) PrivateKey, kubeadm --certificate-key',
  },
  { kind: 'key', word: '(?<![a-z])(?:client-)?key-data', source: 'kubeconfig client-key-data' },
  { kind: 'key', word: 'credential', source: 'gitleaks generic-api-key' },
  {
    kind: 'key',
    word: '(?:(?<![a-z])|tls)psk',
    source: 'wpa_supplicant.conf(5), Open vSwitch options:psk, Zabbix TLSPSKValue',
  },
  { kind: 'key', word: 'masterauth', source: 'redis.conf' },
  { kind: 'key', word: 'rediscli[-_]auth', source: 'redis-cli REDISCLI_AUTH' },
  { kind: 'key', word: 'hash[-_]path[-_](?:suf|pre)fix', source: 'swift.conf' },
  { kind: 'key', word: 'erlang[-_]?cookie|(?<=-)setcookie', source: 'erl(1) -setcookie' },
  { kind: 'key', word: 'dockercfg|dockerconfigjson|(?<![a-z])tls\\.key', source: 'Kubernetes secret types' },
  { kind: 'key', word: '(?<=[:/\\s]|^)_auth', source: 'npmrc _auth' },
];

const words = (kind: Kind): string =>
  NAMES.filter((rule) => rule.kind === kind)
    .map(({ word }) => word)
    .join('|');
/** A word and the rest of its name. */
const NAME = new RegExp(`(?:(${words('password')})|(${words('secret')})|${words('key')})`, 'gi');
const IN_NAME: ReadonlySet<number> = new Set(
  Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-', (letter) => letter.charCodeAt(0)),
);
const REST = /[\w.-]{0,64}/y;

/** Part of every name: the cheap first check. */
export const NAME_HINT =
  /pass|secret|token|key|credential|psk|masterauth|hash[-_]path|cookie|dockercfg|dockerconfigjson|_auth|(?:bind|root)pw|-pwd?\b|pwd?(?:[-_.]\w*)?\\*["']?\]?[ \t]*[=:]/i;

/** Rest of a name that is still the name of a secret. */
const SAME =
  /^s?(?:[-_.]?(?:hash(?:ed)?|value|text|data|base64|b64|enc(?:rypted)?|plain(?:text)?|old|new|current|confirm(?:ation)?|secret|key|id|\d{1,3}))?$/i;
/** Rest of a name that is the name of something about a secret. */
const ABOUT =
  /(?:files?|paths?|dir(?:ectory)?|folder|names?|refs?|reference|type|kind|count|num(?:ber)?|polic(?:y|ies)|len(?:gth)?|size|age|ttl|expir\w*|days|date|time|at|url|uri|endpoint|version|required|enabled|disabled|allowed|provider|store|storage|namespaces?|mounts?|volumes?|class|status|state|rotation|manager|lists?|auth|authentication|less|prompts?|attempts|retries|changed?|reset|strength|complexity|command|cmd|program|field|label|hint|controller|agent|service|generator|format|algorithm|alg|cipher|backend|quality|history|warn\w*|lock|selector|verif\w*|check|stdin|protected|encryption|encoding|digest|method|uu?id|guid|reload|exists|lookup|group|informer|reflector|watcher|lister)$/i;

const LONGEST_ABOUT = 16;

const ASSIGNED = /\]?\\*["']?\]?[ \t]*(?:=>|:=|==?|:(?![:/]))[ \t]*/y;
const BLOCK = /[|>][-+]?\d?[ \t]*\r?\n((?:[ \t]+[^\n]*(?:\n|$))+)/dy;
const AFTER_OPTION = /(?:[ \t\0]+|[ \t]*\\\r?\n[ \t]*)(?!-)/y;
const LIST_ITEM = /\\*["']\s*,\s*(?=\\*["'])/y;
const VALUE_FIELD = /\\*["']?(?:\s*,)?\s+\\*["']?value\\*["']?\s*[:=]\s*|\\*["'],\\*["']value\\*["']:/iy;
/** Text of an element; a placeholder of a help text is followed by blanks. */
const ELEMENT = /[^<>/]{0,200}>(?![ \t]{2})([^<]*)/dy;
const SQL = /[ \t]+(?=')/y;
const LINE_VALUE = /[ \t]+("[^"\n]*"|'[^'\n]*'|[^\s"']*[^\s"';])[ \t]*;?[ \t]*(?=\r?\n|$)/dy;
/** Escaped line break in a text within JSON: the field has no value. */
const LINE_BREAK = /^\\[nr]/;
const MARGIN = /[\s"']/;

interface Name extends Span {
  readonly kind: Kind;
  /** Start of the word within the name. */
  readonly word: number;
}

/** Name of a secret that a match of NAME is in; undefined where the rest of the name changes its meaning. */
function nameOf(text: string, found: RegExpExecArray): Name | undefined {
  const kind: Kind = found[1] === undefined ? (found[2] === undefined ? 'key' : 'secret') : 'password';
  const end = found.index + found[0].length;
  REST.lastIndex = end;
  const [whole = ''] = REST.exec(text) ?? [];
  // Longer than any name.
  if (IN_NAME.has(text.charCodeAt(end + whole.length))) return undefined;
  const rest = whole.replace(/\.+$/, '');
  if (kind === 'key' ? !SAME.test(rest) : ABOUT.test(rest.slice(-LONGEST_ABOUT))) return undefined;
  let from = found.index;
  while (from > 0 && end - from < 80 && IN_NAME.has(text.charCodeAt(from - 1))) from--;
  return { kind, from, to: end + rest.length, word: found.index };
}

/** Whether a field's name is the name of a secret. */
export function isSecretName(name: string): boolean {
  NAME.lastIndex = 0;
  for (let found = NAME.exec(name); found; found = NAME.exec(name)) {
    if (nameOf(name, found)?.to === name.length) return true;
    NAME.lastIndex = found.index + 1;
  }
  return false;
}

/** Values of secrets by their names: assignments, fields, options, elements, lines of settings. */
export function namedEdits(text: string): readonly Edit[] {
  const edits: Edit[] = [];
  NAME.lastIndex = 0;
  for (let found = NAME.exec(text); found; found = NAME.exec(text)) {
    const name = nameOf(text, found);
    NAME.lastIndex = found.index + 1;
    if (name === undefined) continue;
    const value = valueOf(text, name);
    if (value === undefined) continue;
    const secret = text.slice(value.from, value.to);
    if (value.to > value.from && !isHarmless(secret) && !isCount(name.kind, secret) && !LINE_BREAK.test(secret))
      edits.push({ ...value, text: MASK });
    NAME.lastIndex = Math.max(value.to, name.to);
  }
  return edits;
}

/** A number of tokens, keys or secrets. */
const isCount = (kind: Kind, value: string): boolean => kind !== 'password' && /^\d{1,5}$/.test(value);

function valueOf(text: string, name: Name): Span | undefined {
  // `/etc/passwd: permission denied` is about a file.
  const isPath = text.charAt(name.from - 1) === '/' && text.charAt(name.to) === ':';
  const assigned = isPath ? undefined : after(ASSIGNED, text, name.to);
  if (assigned !== undefined) return blockAt(text, assigned) ?? valueAt(text, assigned);
  const field = after(VALUE_FIELD, text, name.to);
  if (field !== undefined) return valueAt(text, field);
  const first = text.charAt(name.from);
  if (first === '-') {
    const item = after(LIST_ITEM, text, name.to);
    if (item !== undefined) return valueAt(text, item);
    const next = after(AFTER_OPTION, text, name.to);
    return next === undefined || /^--?(?:no|skip|without)-/.test(text.slice(name.from, name.word))
      ? undefined
      : valueAt(text, next, 'word');
  }
  if (/<(?:[\w.-]{1,40}:)?$/.test(text.slice(Math.max(0, name.from - 42), name.from)))
    return trimmed(ELEMENT, text, name.to);
  const sql = name.kind === 'password' ? after(SQL, text, name.to) : undefined;
  if (sql !== undefined) return valueAt(text, sql);
  return name.kind !== 'secret' && isLineStart(text, name) ? trimmed(LINE_VALUE, text, name.to) : undefined;
}

/** A compound name that begins a line of settings: `auth_pass 1111`. */
const isLineStart = (text: string, { from, to, word }: Name): boolean =>
  (word > from || /^(?:requirepass|masterauth|bindpw|rootpw)$/i.test(text.slice(from, to))) &&
  /(?:^|\n)[ \t]*$/.test(text.slice(Math.max(0, from - 40), from));

function after(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Lines of a YAML block scalar. */
function blockAt(text: string, at: number): Span | undefined {
  return trimmed(BLOCK, text, at);
}

/** Group of a pattern without blanks and quotes around it. */
function trimmed(pattern: RegExp, text: string, at: number): Span | undefined {
  pattern.lastIndex = at;
  let [from, to] = pattern.exec(text)?.indices?.[1] ?? [0, 0];
  while (from < to && MARGIN.test(text.charAt(from))) from++;
  while (to > from && MARGIN.test(text.charAt(to - 1))) to--;
  return to > from ? { from, to } : undefined;
}
