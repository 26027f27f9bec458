import type { Phrase } from './phrases.ts';
import { isMixed } from './value.ts';

/** Secrets by their place in a language of settings or statements that has no `name = value`. */
export const settingPhrases: readonly Phrase[] = [
  {
    pattern: /(?<a>\bset[ \t]+password[ \t]+for[ \t]+[^\s=]{1,128}[ \t]*(?:=|to)[ \t]*')(?<s>[^'\n]*)/gi,
    hint: 'set[ \\t]+password',
    source: 'MySQL SET PASSWORD',
  },
  { pattern: /(?<a>\bpassword[ \t]*\([ \t]*')(?<s>[^'\n]+)/gi, hint: 'password[ \\t]*\\(', source: 'MySQL PASSWORD()' },
  {
    pattern: /(?<a>(?:\bsetuser[ \t]+\S{1,64}|^[ \t]*user[ \t]+\S{1,64}[ \t]+(?:on|off))[ \t](?:[^\n>]{0,200}[ \t])?[>])(?<s>[^\s"']+)/gim,
    hint: 'setuser|user[ \\t]+\\S+[ \\t]+(?:on|off)[ \\t]',
    source: 'redis.io ACL rules',
  },
  {
    pattern: /(?<a>"auth"(?:[ \t]+"[^"\n]{1,64}")?[ \t]+")(?<s>[^"\n]+)/gi,
    hint: '"auth"',
    source: 'redis-cli MONITOR',
  },
  { pattern: /(?<a>\bauth-pass[ \t]+\S{1,64}[ \t]+)(?<s>\S+)/g, hint: 'auth-pass', source: 'redis sentinel.conf' },
  {
    pattern: /(?<a>\bNEO4J_AUTH\\*["']?[ \t]*[=:][ \t]*\\*["']?[^\s/"'\\]{1,64}\/)(?<s>[^\s"'\\]+)/g,
    hint: 'neo4j_auth',
    source: 'neo4j.com, Docker: NEO4J_AUTH',
  },
  {
    pattern: /(?<a>(?<![\w.-])[\w.-]{1,64}:)(?<s>[^\s@'"/]{1,128})(?<b>@(?:tcp|udp|unix)?[46]?\()/g,
    hint: '@(?:tcp|udp|unix)?[46]?\\(',
    source: 'DSN of go-sql-driver/mysql',
  },
  {
    pattern: /(?<a>\buser[ \t]+\S{1,64}[ \t]+(?:insecure-)?password[ \t]+)(?<s>[^\s"']+)(?=[ \t]*(?:groups\b|$))/gm,
    hint: 'user[ \\t]+\\S+[ \\t]+(?:insecure-)?password',
    source: 'haproxy.cfg userlist',
  },
  { pattern: /(?<a>\bstats[ \t]+auth[ \t]+[^\s:]{1,64}:)(?<s>\S+)/g, hint: 'stats[ \\t]+auth', source: 'haproxy.cfg stats auth' },
  {
    pattern: /(?<a>\b(?:message-digest-key[ \t]+\d+[ \t]+md5|authentication-key)[ \t]+(?:\d[ \t]+)?)(?<s>[^\s"']+)/g,
    hint: 'message-digest-key|authentication-key',
    source: 'FRR ospfd',
  },
  {
    pattern: /(?<a>^[ \t]*(?:enable|username[ \t]+\S{1,64})[ \t]+(?:privilege[ \t]+\d+[ \t]+)?(?:password|secret)[ \t]+(?:\d[ \t]+)?)(?<s>\S+)(?=[ \t]*$)/gm,
    hint: '(?:enable|username[ \\t]+\\S+).{0,20}[ \\t](?:password|secret)[ \\t]',
    source: 'FRR vty, IOS-like settings',
  },
  {
    pattern: /(?<a>\bsecret[ \t]+")(?<s>[\w+/=]{8,})(?<b>"[ \t]*;)/g,
    hint: 'secret[ \\t]+"',
    source: 'named.conf(5) key, dhcpd.conf(5) key',
  },
  {
    pattern: /(?<a>:[ \t]*(?:PSK|EAP|XAUTH|NTLM)[ \t]+(?=["0])"?)(?<s>(?<=")[^"\n]+|0[xs][\w+/=]{8,})/g,
    hint: '(?:psk|eap|xauth|ntlm)[ \\t]+["0]',
    source: 'ipsec.secrets(5)',
  },
  {
    pattern: /(?<a>^[ \t]*(?:"[^"\n]{1,64}"|[\w.@\\-]{1,64})[ \t]+\*[ \t]+")(?<s>[^"\n]+)(?<b>")/gm,
    hint: '\\*[ \\t]+"',
    source: 'pppd(8) chap-secrets',
  },
  {
    pattern: /(?<a>\bpasswd\/[\w-]{0,40}password[\w-]{0,20}[ \t]+password[ \t]+)(?<s>\S+)/g,
    hint: 'passwd/[\\w-]*password',
    source: 'debian-installer preseed',
  },
  { pattern: /(?<a>^[ \t]*rootpw[ \t]+(?:--\w+[ \t]+)+)(?<s>[^\s-]\S*)/gm, hint: 'rootpw', source: 'kickstart rootpw' },
  {
    pattern: /(?<a>\bchpasswd:\s+(?:expire:[ \t]*\w+\s+)?list:[ \t|+-]*\n)(?<s>(?:[ \t][^\n]+(?:\n|$))+)/g,
    hint: 'chpasswd:',
    source: 'cloud-init chpasswd',
  },
  {
    pattern: /(?<a>^\[[\w.-]{1,253}\]:\d+[ \t]+[^\s:]{1,128}:)(?<s>\S+)/gm,
    hint: '\\]:\\d+[ \\t]',
    source: 'postfix smtp_sasl_password_maps',
  },
  {
    pattern: /(?<a>\b(?:token|password|passphrase|api[-_ ]key):?[ \t]+\\*")(?<s>[^"\n\\]{8,})(?=\\*")/gi,
    hint: '(?:token|password|passphrase|key):?[ \\t]+\\\\*"',
    isSecret: isMixed,
    source: 'errors of daemons that quote what they refuse',
  },
  {
    pattern: /(?<a>\bqom-type\\*"[ \t]*:[ \t]*\\*"secret\\*"[^{}\n]{0,300}?\bdata\\*"[ \t]*:[ \t]*\\*")(?<s>[^"\\\n]+)/g,
    hint: 'qom-type',
    source: 'qemu(1) -object in JSON',
  },
  { pattern: /(?<a>\bset_password[ \t]+(?:vnc|spice)[ \t]+)(?<s>\S+)/g, hint: 'set_password', source: 'qemu monitor' },
  {
    pattern: /(?<a>\bPrivate-Lines:[ \t]*\d+\r?\n)(?<s>[\w+/=\r\n]+)/g,
    hint: 'private-lines:',
    source: 'PuTTY key file',
  },
  { pattern: /(?<a>(?<=[\s\0"'])-pw[ \t\0]+)(?<s>[^\s\0"']+)/g, hint: '-pw[ \\t\\0]', source: 'kadmin(1), plink(1)' },
  { pattern: /(?<a>\bthin:[^\s/@]{1,64}\/)(?<s>[^\s@"']{1,128})(?<b>@)/g, hint: 'thin:', source: 'JDBC of Oracle' },
  { pattern: /(?<a>\/bot)(?<s>\d{8,10}:A[\w-]{34})/g, hint: '/bot\\d', source: 'core.telegram.org bots' },
  {
    pattern: /(?<a>\bnet[ \t]+use[ \t]+(?:[a-z]:[ \t]+|\*[ \t]+)?\\\\\S{1,253}[ \t]+)(?<s>[^\s/"]\S*)/gi,
    hint: 'net[ \\t]+use',
    source: 'net use of Windows',
  },
]; // prettier-ignore
