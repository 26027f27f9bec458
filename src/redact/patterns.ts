import type { IdentifierKind } from './pseudonyms.ts';

/** Identifiers known by their form. */
export interface Pattern {
  readonly kind: IdentifierKind;
  readonly pattern: RegExp;
  /** True for a value of that form that identifies nothing: loopback, masks, broadcast. */
  readonly isExempt: (value: string) => boolean;
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';

export const patterns: readonly Pattern[] = [
  {
    kind: 'email',
    pattern: /(?<![\w.+%-])[\w.+%-]+@(?:[\w-]+\.)+[a-z]{2,24}(?![\w@-]|\.\w)/gi,
    // Instances of systemd units; names of algorithms; pseudonyms.
    isExempt: (value) =>
      /\.(?:service|socket|timer|slice|scope|mount|automount|target|path|device|swap)$|@(?:openssh\.com|libssh\.org|domain-\d+\.example)$/i.test(
        value,
      ),
  },
  {
    kind: 'uuid',
    pattern: /(?<![0-9a-f])[0-9a-f]{8}([-_])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}(?![0-9a-f])/gi,
    isExempt: (value) => /^0{8}/.test(value),
  },
  {
    // Of containers, images and layers.
    kind: 'id',
    pattern: /(?<![0-9a-z])[0-9a-f]{64}(?![0-9a-z])/g,
    isExempt: (value) => /^(?:0{8}|c0de0)/.test(value),
  },
  {
    kind: 'mac',
    // With colons; with dashes, as Windows and DHCP leases write it; in threes, as switches do.
    pattern:
      /(?<![0-9a-f:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![0-9a-f:])|(?<![\w-])(?:[0-9a-f]{2}-){5}[0-9a-f]{2}(?![\w-])|(?<![\w.])(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![\w.])/gi,
    // None, broadcast, multicast of IPv4 and IPv6 and bridges; pseudonyms.
    isExempt: (value) => /^(?:0{12}|f{12}|01005e|3333|0180c2|020000)/i.test(value.replaceAll(/[:.-]/g, '')),
  },
  {
    kind: 'ipv6',
    // Eight groups, or fewer around one `::`; a time of day (12:34:56) has no empty group and only two colons.
    pattern:
      /(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,7}:|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4})(?![\w:]|\.\d)/gi,
    // Unspecified, loopback, multicast, documentation; ::ffff:10.0.0.1 matches as an IPv4 address.
    isExempt: (value) => /^(?:::1?$|ff0|2001:db8)/i.test(value),
  },
  {
    kind: 'ipv4',
    // Four numbers and no more: 1.2.3.4.5 and 4.15.0-1.2.3.4ubuntu are versions.
    pattern: new RegExp(`(?<![\\w.-])${octet}(?:\\.${octet}){3}(?![\\w]|\\.\\d|-\\d)`, 'g'),
    // This host, any, masks, broadcast, multicast, benchmarks (pseudonyms).
    isExempt: (value) => /^(?:0\.|127\.|255\.|198\.1[89]\.|22[4-9]\.|23\d\.)|\.0\.0\.0$/.test(value),
  },
];
