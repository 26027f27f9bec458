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
    pattern: /(?<![0-9a-f:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![0-9a-f:])/gi,
    // None, broadcast, multicast of IPv4 and IPv6 and bridges; what we made ourselves.
    nobody: (value) => /^(?:00:00:00:00:00:00|ff:ff:ff:ff:ff:ff|01:00:5e|33:33|01:80:c2|02:00:00:)/i.test(value),
  },
  {
    kind: 'ipv6',
    // Eight groups, or fewer around one `::`; a time of day (12:34:56) has no empty group and only two colons.
    pattern:
      /(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,7}:|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4})(?![\w:])/gi,
    // Unspecified, loopback, multicast, documentation.
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
