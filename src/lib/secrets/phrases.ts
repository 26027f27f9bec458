import { byPattern, type Edit, type Pass } from '../edits.ts';
import { settingPhrases } from './setting-phrases.ts';
import { isHarmless, isMixed, MASK } from './value.ts';

/** Text around a secret: groups before and after the secret stay, the group `s` is the secret. */
export interface Phrase {
  readonly pattern: RegExp;
  /** Cheap first check: a part of every match. */
  readonly hint: string;
  /** Condition on the secret. Default: not harmless by its form. */
  readonly isSecret?: (secret: string) => boolean;
  readonly source: string;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const LONGEST_BASIC = 400;

/** Whether a text is the base64 of `user:password`. */
export function isBasic(text: string): boolean {
  const digits = text.replace(/={1,2}$/, '');
  if (digits.length > LONGEST_BASIC || !/^[\w+/-]{6,}$/.test(digits)) return false;
  let [decoded, bits, count] = ['', 0, 0];
  for (const digit of digits.replaceAll('-', '+').replaceAll('_', '/')) {
    bits = ((bits << 6) | BASE64.indexOf(digit)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    decoded += String.fromCharCode((bits >> count) & 0xff);
  }
  return /^[\u0020-\u007E]*:[\u0020-\u007E]*$/.test(decoded);
}

/** False for a number, as the cookie of a flow. */
const isCookie = (text: string): boolean => !isHarmless(text) && !/^0x[0-9a-f]+$/i.test(text);

const PHRASES: readonly Phrase[] = [
  ...settingPhrases,
  {
    pattern: /(?<a>-----BEGIN (?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|OpenVPN Static key V1)-----)(?<s>[\s\S]*?(?:-----END [A-Z][\w ]{0,40}-----|$))/g,
    hint: '-----BEGIN',
    isSecret: () => true,
    source: 'RFC 7468, openvpn(8)',
  },
  {
    pattern: /(?<a>\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@'"[\\]{0,256}:)(?!\d{1,5}(?:[/?#\s'"\\]|$))(?<s>(?:(?!:\/\/)[^\s'"\\<>]){1,256})(?<b>@)/gi,
    hint: '://',
    source: 'RFC 3986 3.2.1 userinfo',
  },
  {
    pattern: /(?<a>:\/\/)(?<s>[\w-]{20,})(?<b>@)/g,
    hint: '://',
    isSecret: isMixed,
    source: 'Sentry DSN, tokens as the user of a URL',
  },
  {
    pattern: /(?<a>\b(?:proxy-)?authorization\\*["']?\s*[:=]\s*\\*["']?(?:basic|bearer|digest|negotiate|ntlm|token|apikey|splunk|aws4-hmac-sha256)\s+)(?<s>[^\r\n'"\0\\]+)/gi,
    hint: 'authorization',
    source: 'RFC 9110 11.6.2',
  },
  {
    pattern: /(?<a>\b(?:proxy-)?authorization\\*["']?\s*[:=]\s*\\*["']?)(?<s>[^\s'"\0\\]{8,})/gi,
    hint: 'authorization',
    isSecret: isMixed,
    source: 'authorization header without a scheme',
  },
  {
    pattern: /(?<a>\b(?:response|cnonce)=\\*")(?<s>[\w+/=]{16,})/g,
    hint: 'response=|cnonce=',
    source: 'RFC 7616 3.4',
  },
  { pattern: /(?<a>\bbasic\s+)(?<s>[\w+/-]{6,}={0,2})/gi, hint: 'basic', isSecret: isBasic, source: 'RFC 7617' },
  {
    pattern: /(?<a>\b(?:bearer|negotiate)\s+)(?<s>[\w+/=.~-]{8,})/gi,
    hint: 'bearer|negotiate',
    isSecret: isMixed,
    source: 'RFC 6750, RFC 4559',
  },
  { pattern: /(?<a>\\*["']auth\\*["']\s*:\s*\\*["'])(?<s>[\w+/=]{6,})/g, hint: 'auth\\\\*["\']\\s*:', isSecret: isBasic, source: 'docker config.json' }, // prettier-ignore
  { pattern: /(?<a>\b(?:set-)?cookie2?\\*["']?\s*:\s*\\*["']?)(?<s>[^\r\n'"\0\\]+)/gi, hint: 'cookie', isSecret: isCookie, source: 'RFC 6265' },
  {
    pattern: /(?<a>[?&;](?:sig|signature|x-amz-signature|x-goog-signature|x-amz-security-token|auth|hmac|jwt|sid|sessionid|ticket|code|key)=)(?<s>[^\s&"'\\<>#]{8,})/gi,
    hint: '[?&;](?:sig|x-|auth|hmac|jwt|sid|session|ticket|code|key)[\\w-]*=',
    isSecret: isMixed,
    source: 'AWS SigV4 query, Azure SAS, CloudFront and GCS signed URLs',
  },
  {
    pattern: /(?<a>\b(?:hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/|[\w-]{1,60}\.webhook\.office\.com\/webhookb2\/|outlook\.office(?:365)?\.com\/webhook\/|hooks\.zapier\.com\/hooks\/catch\/|events\.pagerduty\.com\/integration\/|[\w.-]{1,60}\/hooks\/(?=\w{20})))(?<s>[\w/@.+-]+)/gi,
    hint: 'hooks?[./]|webhook|pagerduty',
    source: 'gitleaks slack-webhook-url, microsoft-teams-webhook; discord.com',
  },
  {
    pattern: /(?<a>(?<!\w)(["']?)key\2\s*[=:]\s*["']?)(?<s>[A-Za-z0-9+/]{30,}={0,2})/g,
    hint: 'key',
    source: 'Ceph keyring',
  },
  { pattern: /(?<a>\bidentified\s+(?:with\s+\S{1,64}\s+)?(?:by|as)\s+(?:password\s+)?')(?<s>[^'\n]*)/gi, hint: 'identified', source: 'MySQL CREATE USER' },
  { pattern: /(?<a>\b(?:login|account)[ \t]+\S{1,128}\s+password[ \t]+)(?<s>\S+)/g, hint: 'password', source: 'netrc(5)' },
  { pattern: /(?<a>\bneighbor[ \t]+\S{1,64}[ \t]+password[ \t]+(?:\d[ \t]+)?)(?<s>\S+)/g, hint: 'password', source: 'FRR bgpd' },
  { pattern: /(?<a>^[ \t]*r[ow]community6?[ \t]+)(?<s>\S+)/gm, hint: 'community', source: 'snmpd.conf(5)' },
  {
    pattern: /(?<a>\bcreateUser[ \t]+(?:-e[ \t]+\S{1,64}[ \t]+)?\S{1,64}[ \t]+(?:MD5|SHA[-\d]*)[ \t]+)(?<s>\S[^\n]*)/g,
    hint: 'createUser',
    source: 'snmpd.conf(5)',
  },
  {
    pattern: /(?<a>\b(?:auth|auth-trunc|enc|aead|comp)[ \t]+\S{1,64}[ \t]+)(?<s>0x[0-9a-f]{16,})/g,
    hint: '(?:auth|auth-trunc|enc|aead|comp)[ \\t]',
    source: 'ip-xfrm(8)',
  },
  { pattern: /(?<a>\bkey[ \t]+\d\d?[ \t]+)(?<s>[0-9a-f]{32,64}\b)/g, hint: 'key', source: 'ip-macsec(8)' },
  { pattern: /(?<a>(?<![\w-])secret,(?:(?!secret,)[^\s\0]){0,128}?\bdata=)(?<s>[^\s,\0]+)/g, hint: 'secret', source: 'qemu(1) -object secret' },
  {
    pattern: /(?<a>\b(?:echo|printf)[ \t]+(?:-\w+[ \t]+)?["']?(?:[\w.-]{1,32}:)?)(?<s>[^\s|"'][^\n|"']{0,100})(?<b>["']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?(?:chpasswd|passwd[ \t][^\n]{0,20}--stdin|sudo[ \t]+-S|cryptsetup|docker[ \t]+login|podman[ \t]+login|smbpasswd|faillock|kinit))/g,
    hint: '\\|[ \\t]*(?:sudo|chpasswd|passwd|cryptsetup|docker|podman|smbpasswd|faillock|kinit)',
    source: 'chpasswd(8), passwd(1) --stdin, sudo(8) -S',
  },
  {
    pattern: /(?<a>^(?=[^:\n]*[.g-z*])[\w.*-]{1,253}:(?:\d{2,5}|\*):[\w.*-]{1,63}:(?=[a-z_*])[\w.*-]{1,63}:)(?<s>(?:\\.|[^:\\\s]){1,256})(?=\s|$)/gim,
    hint: ':(?:\\d{2,5}|\\*):[\\w.*-]{1,63}:',
    source: '.pgpass, libpq-pgpass',
  },
]; // prettier-ignore

const isSecretByForm = (text: string): boolean => !isHarmless(text);

export const PHRASE_HINT = new RegExp([...new Set(PHRASES.map(({ hint }) => hint))].join('|'), 'i');

export const phrasePasses: readonly Pass[] = PHRASES.map(({ pattern, hint, isSecret = isSecretByForm }) => {
  const first = new RegExp(hint, 'i');
  const pass = byPattern(pattern, (found) => {
    const { a = '', s = '', b = '' } = found.groups ?? {};
    return isSecret(s) ? `${a}${a.startsWith('-----') ? ' ' : ''}${MASK}${b}` : found[0];
  });
  return (text: string): readonly Edit[] => (first.test(text) ? pass(text) : []);
});
