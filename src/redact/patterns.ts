import { any, either, longerThan, times, type Gate } from './gate.ts';
import type { IdentifierKind } from './pseudonyms.ts';

/** Identifiers known by their form. */
export interface Pattern {
  readonly kind: IdentifierKind;
  readonly pattern: RegExp;
  readonly gate: Gate;
  /** True for a value of that form that identifies nothing: loopback, masks, broadcast. */
  readonly isExempt: (value: string) => boolean;
}

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const quad = `${octet}(?:\\.${octet}){3}`;
const h16 = '[0-9a-f]{1,4}';
const octets = (value: string): string => value.replaceAll(/[:._-]/g, '');

/** This host, any, masks, broadcast, multicast but that of an organisation (239.0.0.0/8), benchmarks (pseudonyms). */
const isExemptIpv4 = (value: string): boolean =>
  /^(?:0\.|127\.|255\.|198\.1[89]\.|22[4-9]\.|23[0-8]\.|239\.255\.255\.250)|\.0\.0\.0$/.test(value);

/** No MAC, broadcast, multicast of IPv4, bridges and IPv6 but that of a node, which ends as its address; pseudonyms. */
const isExemptMac = (value: string): boolean => /^(?:0{12}|f{12}|01005e|3333(?!ff)|0180c2|020000)/i.test(octets(value));

const never = (): boolean => false;

export const patterns: readonly Pattern[] = [
  {
    kind: 'email',
    pattern: /(?<![\w.+%-])[\w.+%-]+@(?:[\w-]+\.)+[a-z]{2,24}(?![\w@-]|\.\w)/gi,
    // Instances of systemd units; names of algorithms; pseudonyms.
    gate: any('@'),
    isExempt: (value) =>
      /\.(?:service|socket|timer|slice|scope|mount|automount|target|path|device|swap)$|@(?:openssh\.com|libssh\.org|domain-\d+\.example)$/i.test(
        value,
      ),
  },
  {
    // Targets of iSCSI and NVMe, RFC 3721 and the NVMe base specification.
    kind: 'wwn',
    pattern: /\b(?:iqn|nqn)\.\d{4}-\d\d\.[a-z0-9.-]+(?::[^\s,;"'<>()[\]\\\0]+)?/gi,
    gate: any('iqn.', 'nqn.'),
    isExempt: (value) =>
      /^nqn\.2014-08\.org\.nvmexpress(?:\.discovery|:uuid:[0-]{8}-)|^nqn\.2014-08\.org\.nvmexpress$/i.test(value),
  },
  {
    kind: 'uuid',
    pattern:
      /(?:(?<![0-9a-f])|(?<=pod))[0-9a-f]{8}([-_])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}(?![0-9a-f])/gi,
    gate: either(times('-', 4), times('_', 4)),
    isExempt: (value) => /^0{8}/.test(value),
  },
  {
    // World wide names of disks and ports: T10 NAA of 8 or 16 bytes, EUI-64, GUID of InfiniBand.
    kind: 'wwn',
    pattern:
      /\b(?:naa|eui|uuid|wwn)[.-](?:0x)?[0-9a-f]{16,32}(?![0-9a-f])|\b0x[1256][0-9a-f]{15}(?![0-9a-f])|(?<![0-9a-f:])(?:[0-9a-f]{2}:){7}(?:[0-9a-f]{2}:){0,12}[0-9a-f]{2}(?![0-9a-f:])|(?<=by-id\/(?:dm-uuid-mpath-|scsi-|dm-uuid-LVM-|lvm-pv-uuid-))[\w-]{10,}|(?<=\bWWN Device Id: {1,4})[0-9a-f] [0-9a-f]{6} [0-9a-f]{9}|(?<=guid["']?[\s:=]{1,8}["']?)(?:0x[0-9a-f]{16}|[0-9a-f]{4}(?::[0-9a-f]{4}){3})(?![\w:])|(?<![0-9a-z])3(?=\d*[a-f])(?:6[0-9a-f]{31}|[25][0-9a-f]{15})(?![0-9a-z])/gi,
    gate: either(any('naa', 'eui', 'wwn', 'uuid', 'guid', '0x', 'by-id/', '36', '35', '32'), times(':', 7)),
    isExempt: (value) => /^(?:naa\.|eui\.|0x)?[0:]+$/.test(value) || /^0x[1256]0{15}$/.test(value),
  },
  {
    // Of containers, images and layers; UUIDs without dashes (projects, machine-id).
    kind: 'id',
    pattern: /(?<![0-9a-z])(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-z])/g,
    gate: longerThan(31),
    isExempt: (value) => /^(?:0{8}|c0de0|f{32})|^\d+$/.test(value),
  },
  {
    // Of LVM; of md, in words of four bytes; of file systems of Windows; ports of Neutron in names of interfaces; accounts of AWS.
    kind: 'id',
    pattern:
      /(?<![\w-])[A-Za-z0-9]{6}(?:-[A-Za-z0-9]{4}){5}-[A-Za-z0-9]{6}(?![\w-])|(?<![0-9a-f:])[0-9a-f]{8}(?::[0-9a-f]{8}){3}(?![0-9a-f:])|(?<=(?:\bUUID=["']?|by-uuid\/))(?:[0-9A-F]{4}-[0-9A-F]{4}|[0-9A-F]{16})(?![\w-])|(?<=\b(?:tap|qv[ob]|qbr|q[rg]-|sg-|ha-|fg-|fpr-|rfp-))[0-9a-f]{8}-[0-9a-f]{2}(?![\w-])|(?<=\barn:aws[\w-]{0,8}:[\w-]{0,32}:[\w-]{0,32}:)\d{12}(?!\d)/g,
    gate: either(times('-', 1), times(':', 3), any('uuid')),
    isExempt: never,
  },
  {
    // Of a docker engine.
    kind: 'id',
    pattern: /\b(?:[A-Z2-7]{4}:){11}[A-Z2-7]{4}\b/g,
    gate: times(':', 11),
    isExempt: never,
  },
  {
    kind: 'id',
    pattern: /(?<=\bSHA256:)[\w+/]{43}(?![\w+/])/g,
    gate: any('sha256:'),
    isExempt: never,
  },
  {
    kind: 'mac',
    // With colons; with dashes, as Windows and DHCP leases write it; in threes, as switches do.
    pattern:
      /(?<!:)\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![0-9a-f:])|(?<![\w-])(?:[0-9a-f]{2}-){5}[0-9a-f]{2}(?![\w-])|(?<![\w.])(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![\w.])/gi,
    gate: either(times(':', 5), times('-', 5), times('.', 2)),
    isExempt: isExemptMac,
  },
  {
    kind: 'mac',
    // Without separators, of virtual machines (KVM, OpenStack, Xen, VMware, VirtualBox, Hyper-V, Docker) and in names of interfaces.
    pattern:
      /(?<![0-9a-z])(?:525400|fa163e|00163e|005056|000c29|080027|00155d|0242ac)[0-9a-f]{6}(?![0-9a-z])|(?<=\b(?:enx|wlx|mac=|mac:|hwaddr=))[0-9a-f]{12}(?![0-9a-z])|(?<=\b[0-9a-f]000\.)(?=\d*[a-f])[0-9a-f]{12}(?![0-9a-z])/gi,
    gate: any(
      '525400',
      'fa163e',
      '00163e',
      '005056',
      '000c29',
      '080027',
      '00155d',
      '0242ac',
      'enx',
      'wlx',
      'mac',
      'hwaddr',
      // Bridge id: priority and MAC.
      '000.',
    ),
    isExempt: isExemptMac,
  },
  {
    kind: 'ipv6',
    // Eight groups, or fewer around one `::`, the last two perhaps as IPv4; a time of day (12:34:56) has no empty group and only two colons.
    pattern: new RegExp(
      `(?<![\\w:.]|(?<!\\b(?:addr|inet6|ip6?|ipv6|src|dst|tcp6?|udp6?)):)(?:(?:${h16}:){7}${h16}|(?:${h16}:){1,6}(?::${h16}){0,4}:${quad}|(?:${h16}:){6}${quad}|(?:${h16}:){1,7}:|(?:${h16}:){1,6}(?::${h16}){1,6}|::(?:${h16}:){0,6}${h16})(?![\\w:]|\\.\\d)`,
      'gi',
    ),
    // Unspecified, loopback, multicast, documentation; ::ffff:10.0.0.1 matches as an IPv4 address.
    gate: either(any('::'), times(':', 6)),
    isExempt: (value) => /^(?:::1?$|ff0|2001:db8)/i.test(value),
  },
  {
    kind: 'ipv4',
    // Four numbers and no more: 1.2.3.4.5 and 4.15.0-1.2.3.4ubuntu are versions. A range; address and port of tcpdump.
    pattern: new RegExp(
      `(?:(?<![\\w.-])|(?<=(?<![\\w.-])${quad}-))${quad}(?!\\w|\\.\\d|-\\d(?!\\d{0,2}(?:\\.\\d{1,3}){3}))|(?<=\\bIP |> )${quad}(?=\\.\\d{1,5}(?: >|:|,|$))`,
      'g',
    ),
    gate: times('.', 3),
    isExempt: isExemptIpv4,
  },
  {
    // Names that clouds and the DNS of Kubernetes make of addresses.
    kind: 'host',
    pattern:
      /(?<![\w.-])(?:ip|ec2)-\d{1,3}(?:-\d{1,3}){3}(?:\.[a-z0-9-]+)*(?![\w-])|(?<![\w.-])\d{1,3}(?:-\d{1,3}){3}(?=\.[a-z0-9-]+\.(?:pod|svc)\b)/gi,
    gate: any('ip-', 'ec2-', '.pod', '.svc'),
    isExempt: never,
  },
];
