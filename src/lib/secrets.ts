import { byPattern, edited, type Edit, type Pass } from './edits.ts';

/**
 * Mask of secrets, in force with and without redaction: passwords, tokens and keys in command lines, connection strings and logs. A
 * false positive is better than a missed secret.
 */
const MASK = '********';

/** Names of secret values, as an option (`--password=x`, `-p x` is too common), an assignment or a JSON field. */
const NAMES =
  '[\\w.-]{0,64}(?:passwords?|passwd|passphrases?|secrets?|tokens?|api[-_]?keys?|access[-_]?keys?|private[-_]?keys?|credentials?|auth[-_]?key|session[-_]?key|account[-_]?key|key-data|_pwd|bind[-_]?pw|rootpw|psk|client[-_]?secret)';

type Rule = readonly [RegExp, string];

/** Value in quotes, or up to the next blank or separator; escapes are kept whole, so that JSON stays valid. */
const VALUE = String.raw`"[^"]*"|'[^']*'|(?:\\.|[^\s,;&'"\0)}\\])+`;
/** Values by field name; `quotes` are the delimiters of a text. */
const fieldsIn = (quotes: string): readonly Rule[] => [
  // JSON and YAML: "password": "x"; a list of arguments: "--password", "x"
  ...[String.raw`${NAMES}\2\s*:\s*`, String.raw`--?${NAMES}\2\s*,\s*`].map((name): Rule => [
    new RegExp(String.raw`(([${quotes}])${name})([${quotes}])(?:\\.|(?!\3)[^\\])*\3`, 'gi'),
    `$1$3${MASK}$3`,
  ]),
  // mysql -pX as a list of arguments
  [/("(?:mysql|mariadb)[\w-]*"[^\]]*?"-p)(?:\\.|[^"\\])+(?=")/g, `$1${MASK}`],
  // A Ceph key and the like: base64 behind `key`.
  [/((["']?)\bkey\2\s*[=:]\s*["']?)[A-Za-z0-9+/]{30,}={0,2}/g, `$1${MASK}`],
];
const FIELDS = fieldsIn(`"'`);
/** Rules of JSON, where an apostrophe is a letter. */
const JSON_FIELDS = fieldsIn('"');

const RULES: readonly Rule[] = [
  // PEM blocks, also where line breaks were lost.
  [/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g, `-----BEGIN $1----- ${MASK}`],
  // user:password@ in a URL; the user stays.
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@'"]*):([^\s@'"/]+)@/gi, `$1:${MASK}@`],
  // Authorization: Bearer …, Basic …
  [/\b(bearer|basic|negotiate)(\s+)[\w+/=.~-]{8,}/gi, `$1$2${MASK}`],
  ...FIELDS,
  // password=x, PASSWORD="x", --password=x, token: x
  [new RegExp(String.raw`((?:^|[\s;,&?{(\0'"]|--?)${NAMES}\s*[=:]\s*)(${VALUE})`, 'gi'), `$1${MASK}`],
  // --token x
  [new RegExp(String.raw`((?:^|[\s\0])--?${NAMES}[\s\0]+)("[^"]*"|'[^']*'|(?!-)[^\s\0]+)`, 'gi'), `$1${MASK}`],
  // Pwd=x in a connection string (PWD= alone is the working directory).
  [/(;\s*pwd\s*=\s*)[^;\s'"]+/gi, `$1${MASK}`],
  // Cookie: a=b; c=d, to the end of the line or of the quoted text.
  [/\b((?:set-)?cookie\s*:\s*)[^\r\n'"\0]+/gi, `$1${MASK}`],
  // Programs that take a password behind a short option.
  [/(\b(?:mysql|mariadb)[\w-]*[\s\0][^|;&\n]*?(?<=[\s\0])-p)("[^"]*"|'[^']*'|[^\s\0|;&'"]+)/g, `$1${MASK}`],
  [/(\bsshpass[\s\0]+(?:-v[\s\0]+)?-p[\s\0]*)("[^"]*"|'[^']*'|[^\s\0]+)/g, `$1${MASK}`],
  [/(\bcurl[\s\0][^|;&\n]*?(?:-u|--user)[\s\0=]*["']?[^\s:'"\0]+:)[^\s'"\0]+/g, `$1${MASK}`],
  [/(\bredis-cli[\s\0][^|;&\n]*?(?<=[\s\0])(?:-a|--pass)[\s\0]+)[^\s\0]+/g, `$1${MASK}`],
  // Keys that are known by their form: AWS, Google, GitHub, GitLab, npm, Vault, Slack, Stripe, Ceph, JSON web tokens.
  [/\bAIza[\w-]{35}/g, MASK],
  [/\b(?:npm_\w{36}|hvs\.[\w-]{20,}|(?:sk|rk)_live_\w{16,}|sk-[\w-]{20,}|AGE-SECRET-KEY-1\w{40,})/g, MASK],
  [/(?<![\w+/])AQ[\w+/]{36}==/g, MASK],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, MASK],
  [/\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,})\b/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASK],
];

/** Cheap first check: most texts have no match. */
const SUSPICIOUS =
  /pass|secret|token|key|credential|bearer|basic|negotiate|:\/\/|AKIA|ASIA|gh[pousr]_|glpat|xox|eyJ|pwd|bind[-_]?pw|rootpw|psk|cookie|mysql|mariadb|curl|redis-cli|AIza|npm_|hvs\.|k_live_|sk-|AQ[\w+/]{36}==/i;

/** Index of a possible secret or its name; undefined without one. */
export function suspicionIn(text: string): number | undefined {
  const at = text.search(SUSPICIOUS);
  return at < 0 ? undefined : at;
}

const JSON_BEGINS = /^\s*(?:\{\s*["}]|\[\s*["{[\]])/;
const JSON_TEXT = /"(?:\\.|[^"\\])*"/g;

/** Text with secrets masked; the same text without any. JSON stays valid. */
export function maskSecrets(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  if (!JSON_BEGINS.test(text)) return masked(text);
  if (isJson(text)) return maskedJson(text);
  // One object per line, as daemons log; lines between are text.
  const lines = text.split('\n');
  return lines.length === 1 ? masked(text) : lines.map((line) => maskSecrets(line)).join('\n');
}

/** Masks as edits, for callers that map characters. */
export const secretPasses: readonly Pass[] = RULES.map(([pattern, mask]) =>
  byPattern(pattern, (found) => mask.replaceAll(/\$(\d)/g, (_, place: string) => found[Number(place)] ?? '')),
);

/** Passes of `maskSecrets` for a text other than JSON. */
export const secretEdits = (text: string): readonly Edit[] => (SUSPICIOUS.test(text) ? edited(text, secretPasses) : []);

function masked(text: string): string {
  let out = text;
  for (const [pattern, mask] of RULES) out = out.replace(pattern, mask);
  return out;
}

/** Masks values by field name, then secrets within each text; no match crosses the end of a text. */
function maskedJson(text: string): string {
  let out = text;
  for (const [pattern, mask] of JSON_FIELDS) out = out.replace(pattern, mask);
  return out.replace(JSON_TEXT, (quoted) => `"${masked(quoted.slice(1, -1))}"`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
