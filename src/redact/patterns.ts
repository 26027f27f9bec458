import type { IdentifierKind } from './pseudonyms.ts';

/** Identifiers that are known by their form, wherever they stand. */
export interface Pattern {
  readonly kind: IdentifierKind;
  readonly pattern: RegExp;
  /** Of that form, but nobody's: loopback, masks, broadcast. */
  readonly nobody: (value: string) => boolean;
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';

export const patterns: readonly Pattern[] = [
  {
    kind: 'email',
    pattern: /(?<![\w.+%-])[\w.+%-]+@(?:[\w-]+\.)+[a-z]{2,24}(?![\w@-]|\.\w)/gi,
    // Instances of systemd's units; names of algorithms; what we made.
    nobody: (value) =>
      /\.(?:service|socket|timer|slice|scope|mount|automount|target|path|device|swap)$|@(?:openssh\.com|libssh\.org|domain-\d+\.example)$/i.test(
        value,
      ),
  },
  {
    kind: 'uuid',
    pattern: /(?<![0-9a-f])[0-9a-f]{8}([-_])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}(?![0-9a-f])/gi,
    nobody: (value) => /^0{8}/.test(value),
  },
  {
    // A container's, an image's or a layer's.
    kind: 'id',
    pattern: /(?<![0-9a-z])[0-9a-f]{64}(?![0-9a-z])/g,
    nobody: (value) => /^(?:0{8}|c0de0)/.test(value),
  },
  {
    kind: 'mac',
    // With colons; with dashes, as Windows and DHCP leases write it; in threes, as switches do.
    pattern:
      /(?<![0-9a-f:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![0-9a-f:])|(?<![\w-])(?:[0-9a-f]{2}-){5}[0-9a-f]{2}(?![\w-])|(?<![\w.])(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![\w.])/gi,
    // None, broadcast, multicast of IPv4 and IPv6 and bridges; what we made ourselves.
    nobody: (value) => /^(?:0{12}|f{12}|01005e|3333|0180c2|020000)/i.test(value.replaceAll(/[:.-]/g, '')),
  },
  {
    kind: 'ipv6',
    // Eight groups, or fewer around one `::`; a time of day (12:34:56) has no empty group and only two colons.
    pattern:
      /(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,7}:|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4})(?![\w:]|\.\d)/gi,
    // Unspecified, loopback, multicast, documentation; ::ffff:10.0.0.1 is found as the IPv4 address in it.
    nobody: (value) => /^(?:::1?$|ff0|2001:db8)/i.test(value),
  },
  {
    kind: 'ipv4',
    // Four numbers and no more: 1.2.3.4.5 and 4.15.0-1.2.3.4ubuntu are versions.
    pattern: new RegExp(`(?<![\\w.-])${octet}(?:\\.${octet}){3}(?![\\w]|\\.\\d|-\\d)`, 'g'),
    // This host, any, masks, broadcast, multicast, benchmarks (our own).
    nobody: (value) => /^(?:0\.|127\.|255\.|198\.1[89]\.|22[4-9]\.|23\d\.)|\.0\.0\.0$/.test(value),
  },
];
