/**
 * What must never be seen, redacted or not: passwords, tokens, keys. They stand in command lines, in connection strings, in logs.
 * Rather a harmless word too many than a secret too few.
 */
const MASK = '********';

/** Names whose value is a secret, as an option (`--password=x`, `-p x` is too common), an assignment or a JSON field. */
const NAMES =
  '[\\w.-]*(?:passwords?|passwd|passphrases?|secrets?|tokens?|api[-_]?keys?|access[-_]?keys?|private[-_]?keys?|credentials?|auth[-_]?key|session[-_]?key|client[-_]?secret)';

const RULES: readonly (readonly [RegExp, string | ((...found: string[]) => string)])[] = [
  // PEM blocks, also where line breaks were lost.
  [/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g, `-----BEGIN $1----- ${MASK}`],
  // user:password@ in a URL; the user stays.
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]*):([^\s@'"/]+)@/gi, `$1:${MASK}@`],
  // Authorization: Bearer …, Basic …
  [/\b(bearer|basic|negotiate)(\s+)[\w+/=.~-]{8,}/gi, `$1$2${MASK}`],
  // JSON and YAML: "password": "x"
  [new RegExp(`(["']${NAMES}["']\\s*:\\s*)(["'])(?:\\\\.|(?!\\2)[^\\\\])*\\2`, 'gi'), `$1$2${MASK}$2`],
  // password=x, PASSWORD="x", --password=x, --token x
  [
    new RegExp(`((?:^|[\\s;,&?{(\\0'"]|--?)${NAMES}\\s*[=:]\\s*)("[^"]*"|'[^']*'|[^\\s,;&'"\\0)}]+)`, 'gi'),
    `$1${MASK}`,
  ],
  [new RegExp(`((?:^|[\\s\\0])--?${NAMES}[\\s\\0]+)("[^"]*"|'[^']*'|(?!-)[^\\s\\0]+)`, 'gi'), `$1${MASK}`],
  // Keys that are known by their form: AWS, GitHub, GitLab, Slack, JSON web tokens.
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, MASK],
  [/\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,})\b/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASK],
  // A Ceph key and the like: base64 behind `key =`.
  [/(\bkey\s*[=:]\s*["']?)[A-Za-z0-9+/]{30,}={0,2}/g, `$1${MASK}`],
];

/** Cheap first look: most texts hold nothing of the kind. */
const SUSPICIOUS = /pass|secret|token|key|credential|bearer|basic|negotiate|:\/\/|AKIA|ASIA|gh[pousr]_|glpat|xox|eyJ/i;

/** The text without secrets; the same text when there are none. */
export function maskSecrets(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  let out = text;
  for (const [pattern, mask] of RULES) out = out.replace(pattern, mask as string);
  return out;
}
