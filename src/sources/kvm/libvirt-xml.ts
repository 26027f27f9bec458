import { fields, items, json, textOf } from '../../lib/json.ts';
import { cpuList, toCount } from '../../lib/lines.ts';
import { allInXml, inXml, parseXml, type XmlElement } from '../../lib/xml.ts';
import { UUID } from './libvirt-domains.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Domain XML of guests: disks, interfaces, CPU tuning, and the names that Nova or an admin gave them.
 * https://libvirt.org/formatdomain.html, and for OpenStack nova/virt/libvirt/config.py (LibvirtConfigGuestMetaNovaInstance).
 */
export const libvirtXml = defineSource({
  id: 'libvirt-xml',
  title: 'Domain XML',
  why: 'Shows disks, interfaces, CPU pinning and quota of a guest, and its instance name. Without passwords and secrets.',
  everySeconds: 30,
  value: 'low',
  reads: {
    daemon: { kind: 'talk', dialect: 'libvirt', to: '/run/libvirt/libvirt-sock-ro', request: 'xml', as: 'root' },
    modular: { kind: 'talk', dialect: 'libvirt', to: '/run/libvirt/virtqemud-sock-ro', request: 'xml', as: 'root' },
  },
  parse: ({ daemon, modular }) => parseDefinitions(modular ?? daemon),
  identifiers: (definitions) =>
    [...(definitions?.values() ?? [])].flatMap(({ name, title, nova, disks }) => [
      ...named('guest', [name, title, nova?.name]),
      ...named('project', [nova?.project]),
      ...named('uuid', [...(nova?.ports.map(({ id }) => id) ?? []), ...disks.map(({ volume }) => volume)]),
      ...named('user', [nova?.user]),
    ]),
});

export interface Definition {
  readonly uuid: string;
  readonly name: string | undefined;
  /** `kvm`, or `qemu` for TCG emulation. */
  readonly type: string | undefined;
  readonly vcpus: number | undefined;
  readonly maxVcpus: number | undefined;
  readonly memoryKiB: number | undefined;
  readonly hugePages: boolean;
  /** vCPU → host CPUs that it is pinned to. */
  readonly pins: ReadonlyMap<number, readonly number[]>;
  readonly emulatorPin: readonly number[] | undefined;
  /** Quota of each vCPU, percent of one CPU; undefined without a quota. */
  readonly vcpuQuotaPct: number | undefined;
  /** NUMA nodes of its memory (numatune nodeset), and the mode: `strict`, `preferred`, `interleave`. */
  readonly memoryNodes: readonly number[] | undefined;
  readonly memoryMode: string | undefined;
  readonly iothreads: number | undefined;
  /** Number of an I/O thread (from 1) → host CPUs that it is pinned to. */
  readonly iothreadPins: ReadonlyMap<number, readonly number[]>;
  readonly disks: readonly DefinedDisk[];
  readonly nics: readonly DefinedNic[];
  readonly nova: Nova | undefined;
  readonly title: string | undefined;
}

export interface DefinedDisk {
  /** `vda`. */
  readonly name: string;
  readonly bus: string | undefined;
  /** `file`, `block`, `network`. */
  readonly type: string | undefined;
  /** File, device, or `rbd:pool/image`. */
  readonly source: string | undefined;
  readonly cache: string | undefined;
  readonly iothread: number | undefined;
  /** IOPS limit (iotune total_iops_sec); undefined without a limit. */
  readonly iopsLimit: number | undefined;
  /** Id of its Cinder volume, which Nova writes as the serial number. */
  readonly volume: string | undefined;
}

export interface DefinedNic {
  readonly mac: string | undefined;
  readonly type: string | undefined;
  /** Bridge, network or socket. */
  readonly source: string | undefined;
  /** Name of its tap device on the host. */
  readonly tap: string | undefined;
  readonly model: string | undefined;
  /** Port of Open vSwitch or OVN. */
  readonly interfaceId: string | undefined;
}

/** Metadata of OpenStack Nova. */
export interface Nova {
  readonly name: string | undefined;
  readonly flavor: string | undefined;
  readonly project: string | undefined;
  readonly user: string | undefined;
  /** Neutron's ports with their fixed addresses; none before Nova 20. */
  readonly ports: readonly NovaPort[];
}

export interface NovaPort {
  readonly id: string;
  readonly addresses: readonly string[];
}

/** Parse cache by text: definitions rarely change, and each reply repeats them. */
const parsed = new Map<string, Definition>();
const MOST_PARSED = 4096;

/** The definitions of a reply; undefined without one. */
export function parseDefinitions(text: string | undefined): ReadonlyMap<string, Definition> | undefined {
  const reply = fields(json(text));
  if (!Array.isArray(reply['domains'])) return undefined;
  const definitions = new Map<string, Definition>();
  for (const item of items(reply['domains'])) {
    const { uuid, xml } = fields(item);
    const [id, source] = [textOf(uuid), textOf(xml)];
    if (id === undefined || source === undefined || !UUID.test(id)) continue;
    const key = id + source;
    const known = parsed.get(key) ?? definitionOf(id, parseXml(source));
    if (!known) continue;
    if (parsed.size >= MOST_PARSED) parsed.clear();
    parsed.set(key, known);
    definitions.set(id, known);
  }
  return definitions;
}

const attribute = (element: XmlElement | undefined, name: string): string | undefined => element?.attributes.get(name);
const kiB = (element: XmlElement | undefined): number | undefined => {
  const value = toCount(element?.text);
  const unit = attribute(element, 'unit') ?? 'KiB';
  const factor = { b: 1 / 1024, bytes: 1 / 1024, KiB: 1, k: 1, MiB: 1024, M: 1024, GiB: 1_048_576, G: 1_048_576 }[unit];
  return value === undefined || factor === undefined ? undefined : value * factor;
};

function definitionOf(uuid: string, domain: XmlElement | undefined): Definition | undefined {
  if (domain?.name !== 'domain') return undefined;
  const tune = inXml(domain, 'cputune');
  const devices = inXml(domain, 'devices');
  const vcpu = inXml(domain, 'vcpu');
  const [quota, period] = [toCount(inXml(tune, 'quota')?.text), toCount(inXml(tune, 'period')?.text)];
  const memory = inXml(domain, 'numatune', 'memory');
  const pinsOf = (name: string, numbered: string): ReadonlyMap<number, readonly number[]> =>
    new Map(
      allInXml(tune, name).flatMap((pin): [number, number[]][] => {
        const [number, cpus] = [toCount(attribute(pin, numbered)), cpuList(attribute(pin, 'cpuset'))];
        return number === undefined || cpus === undefined ? [] : [[number, cpus]];
      }),
    );
  return {
    uuid,
    name: inXml(domain, 'name')?.text,
    type: attribute(domain, 'type'),
    vcpus: toCount(attribute(vcpu, 'current')) ?? toCount(vcpu?.text),
    maxVcpus: toCount(vcpu?.text),
    memoryKiB: kiB(inXml(domain, 'memory')),
    hugePages: inXml(domain, 'memoryBacking', 'hugepages') !== undefined,
    pins: pinsOf('vcpupin', 'vcpu'),
    emulatorPin: cpuList(attribute(inXml(tune, 'emulatorpin'), 'cpuset')),
    vcpuQuotaPct: quota === undefined || period === undefined || period === 0 ? undefined : (100 * quota) / period,
    memoryNodes: cpuList(attribute(memory, 'nodeset')),
    memoryMode: attribute(memory, 'mode'),
    iothreads: toCount(inXml(domain, 'iothreads')?.text),
    iothreadPins: pinsOf('iothreadpin', 'iothread'),
    disks: allInXml(devices, 'disk').flatMap(diskOf),
    nics: allInXml(devices, 'interface').map(nicOf),
    nova: novaOf(inXml(domain, 'metadata', 'nova:instance')),
    title: inXml(domain, 'title')?.text || undefined,
  };
}

function diskOf(disk: XmlElement): readonly DefinedDisk[] {
  const name = attribute(inXml(disk, 'target'), 'dev');
  if (name === undefined) return [];
  const [source, driver] = [inXml(disk, 'source'), inXml(disk, 'driver')];
  const remote = attribute(source, 'protocol');
  return [
    {
      name,
      bus: attribute(inXml(disk, 'target'), 'bus'),
      type: attribute(disk, 'type'),
      source:
        remote === undefined
          ? (attribute(source, 'file') ?? attribute(source, 'dev') ?? attribute(source, 'volume'))
          : `${remote}:${attribute(source, 'name') ?? ''}`,
      cache: attribute(driver, 'cache'),
      iothread: toCount(attribute(driver, 'iothread')),
      iopsLimit: toCount(inXml(disk, 'iotune', 'total_iops_sec')?.text) || undefined,
      volume: uuidOf(inXml(disk, 'serial')?.text),
    },
  ];
}

function nicOf(nic: XmlElement): DefinedNic {
  const source = inXml(nic, 'source');
  return {
    mac: attribute(inXml(nic, 'mac'), 'address'),
    type: attribute(nic, 'type'),
    source:
      attribute(source, 'bridge') ??
      attribute(source, 'network') ??
      attribute(source, 'dev') ??
      attribute(source, 'path'),
    tap: attribute(inXml(nic, 'target'), 'dev'),
    model: attribute(inXml(nic, 'model'), 'type'),
    interfaceId: attribute(inXml(nic, 'virtualport', 'parameters'), 'interfaceid'),
  };
}

const novaOf = (nova: XmlElement | undefined): Nova | undefined =>
  nova && {
    name: inXml(nova, 'nova:name')?.text,
    flavor: attribute(inXml(nova, 'nova:flavor'), 'name'),
    project: inXml(nova, 'nova:owner', 'nova:project')?.text,
    user: inXml(nova, 'nova:owner', 'nova:user')?.text,
    ports: allInXml(inXml(nova, 'nova:ports'), 'nova:port').flatMap(portOf),
  };

function portOf(port: XmlElement): readonly NovaPort[] {
  const id = uuidOf(attribute(port, 'uuid'));
  const addresses = allInXml(port, 'nova:ip').flatMap((ip) => attribute(ip, 'address') ?? []);
  return id === undefined ? [] : [{ id, addresses }];
}

const uuidOf = (text: string | undefined): string | undefined =>
  text !== undefined && UUID.test(text) ? text : undefined;
