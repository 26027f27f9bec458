/**
 * What must never be seen, redacted or not: passwords, tokens, keys. They stand in command lines, in connection strings, in logs.
 * Rather a harmless word too many than a secret too few.
 */
const MASK = '********';

/** Names whose value is a secret, as an option (`--password=x`, `-p x` is too common), an assignment or a JSON field. */
const NAMES =
  '[\\w.-]{0,64}(?:passwords?|passwd|passphrases?|secrets?|tokens?|api[-_]?keys?|access[-_]?keys?|private[-_]?keys?|credentials?|auth[-_]?key|session[-_]?key|client[-_]?secret)';

type Rule = readonly [RegExp, string];

/** A value: in quotes, or up to the next blank or separator; what is escaped stays whole, so that JSON stays JSON. */
const VALUE = String.raw`"[^"]*"|'[^']*'|(?:\\.|[^\s,;&'"\0)}\\])+`;
/** The rest of a quoted text, after the quote that group 3 holds. */
const QUOTED = String.raw`(["'])(?:\\.|(?!\3)[^\\])*\3`;

/** Values by the names of their fields. */
const FIELDS: readonly Rule[] = [
  // JSON and YAML: "password": "x"
  [new RegExp(String.raw`((["'])${NAMES}\2\s*:\s*)${QUOTED}`, 'gi'), `$1$3${MASK}$3`],
  // A list of arguments: "--password", "x"
  [new RegExp(String.raw`((["'])--?${NAMES}\2\s*,\s*)${QUOTED}`, 'gi'), `$1$3${MASK}$3`],
  // A Ceph key and the like: base64 behind `key`.
  [/((["']?)\bkey\2\s*[=:]\s*["']?)[A-Za-z0-9+/]{30,}={0,2}/g, `$1${MASK}`],
];

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
  // Keys that are known by their form: AWS, GitHub, GitLab, Slack, JSON web tokens.
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, MASK],
  [/\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,})\b/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MASK],
];

/** Cheap first look: most texts hold nothing of the kind. */
const SUSPICIOUS = /pass|secret|token|key|credential|bearer|basic|negotiate|:\/\/|AKIA|ASIA|gh[pousr]_|glpat|xox|eyJ/i;

const JSON_BEGINS = /^\s*(?:\{\s*["}]|\[\s*["{[\]])/;
const JSON_TEXT = /"(?:\\.|[^"\\])*"/g;

/** The text without secrets; the same text when there are none. JSON stays JSON. */
export function maskSecrets(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  if (!JSON_BEGINS.test(text)) return masked(text);
  if (isJson(text)) return maskedJson(text);
  // One object a line, as daemons log; what is between them is text.
  const lines = text.split('\n');
  return lines.length === 1 ? masked(text) : lines.map((line) => maskSecrets(line)).join('\n');
}

function masked(text: string): string {
  let out = text;
  for (const [pattern, mask] of RULES) out = out.replace(pattern, mask);
  return out;
}

/** First values by the names of their fields, then what stands within each text: nothing of it reaches over its end. */
function maskedJson(text: string): string {
  let out = text;
  for (const [pattern, mask] of FIELDS) out = out.replace(pattern, mask);
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
