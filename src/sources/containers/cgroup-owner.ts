/** Owner of a process or control group, by its path. */
export interface Owner {
  /** `lxc`: LXC, LXD and Incus, which only their daemons distinguish, and libvirt's lxc driver. */
  readonly kind: 'pod' | 'docker' | 'podman' | 'containerd' | 'cri-o' | 'lxc' | 'nspawn' | 'guest' | 'service' | 'user';
  /** Shortest unique form: a name, a unit, the first 12 characters of an id. */
  readonly name: string;
  /** The whole id where there is one: 64 hexadecimal digits of a container, the UID of a pod. */
  readonly id?: string;
  /** The container within a pod: its whole id (or name, where it was started by hand). */
  readonly container?: string;
  /** Part of a guest, where libvirt makes groups for its threads: `vcpu0`, `emulator`, `iothread1`. */
  readonly part?: string;
}

type Rule = readonly [RegExp, (found: RegExpExecArray) => Owner];

const part = (found: RegExpExecArray, index: number): string => found[index] ?? '';
const short = (id: string): string => id.slice(0, 12);
/** systemd writes the dashes of a pod's UID as underscores: `kubepods-burstable-pod1f0e_….slice`. */
const podUid = (text: string): string => text.replaceAll('_', '-');
const container =
  (kind: Owner['kind']) =>
  (found: RegExpExecArray): Owner => ({ kind, name: short(part(found, 1)), id: part(found, 1) });
const named =
  (kind: Owner['kind']) =>
  (found: RegExpExecArray): Owner => ({ kind, name: unescapeUnit(part(found, 1)) });
const guest = (found: RegExpExecArray): Owner => {
  const thread = GUEST_PART.exec(found.input.slice(found.index + found[0].length))?.[1];
  return { kind: 'guest', name: unescapeUnit(part(found, 1)), ...(thread === undefined ? {} : { part: thread }) };
};

/** A pod's UID, or of a static pod the hash of its manifest. */
const POD =
  /(?:^|[/-])pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?=\/|$)/;
/** After it: the container, with the prefix of its runtime under the systemd driver. */
const POD_CONTAINER = /^\/(?:cri-containerd-|crio-|docker-|libpod-)?([^/]+?)(?:\.scope)?(?:\/|$)/;
const GUEST_PART = /^(?:\/libvirt)?\/(emulator|vcpu\d+|iothread\d+)(?:\/|$)/;

const pod = (found: RegExpExecArray): Owner => {
  const id = podUid(part(found, 1));
  const inner = POD_CONTAINER.exec(found.input.slice(found.index + found[0].length))?.[1];
  return { kind: 'pod', name: id.slice(0, 8), id, ...(inner === undefined ? {} : { container: inner }) };
};

/**
 * The innermost owner with a name, most specific first. Layouts: kubelet (cgroupfs and systemd drivers),
 * dockerd (`/docker/ID`, `docker-ID.scope`), podman (`libpod-ID.scope`, rootless below `user@UID.service`; `/libpod_parent/`
 * with cgroupfs), CRI-O, LXC, LXD and Incus (`lxc.payload.NAME`; a project's `lxc.payload.PROJECT_NAME`), libvirt
 * (`machine-qemu\x2dID\x2dNAME.scope`, `/machine/qemu-ID-NAME.libvirt-qemu`, the same with lxc), nspawn, systemd units.
 */
const rules: readonly Rule[] = [
  [POD, pod],
  [/\/docker[/-]([0-9a-f]{64})/, container('docker')],
  [/\/libpod-([0-9a-f]{64})/, container('podman')],
  [/\/crio-([0-9a-f]{64})/, container('cri-o')],
  [/\/(?:cri-containerd-|k8s\.io\/|default\/)([0-9a-f]{64})/, container('containerd')],
  [/\/lxc\.payload[./]([^/]+)/, (found) => ({ kind: 'lxc', name: part(found, 1) })],
  [/\/lxc\/([^/]+)/, (found) => ({ kind: 'lxc', name: part(found, 1) })],
  [/\/machine-qemu\\x2d\d+\\x2d([^/]+?)\.scope/, guest],
  [/\/machine\/qemu-\d+-([^/]+?)\.libvirt-qemu/, guest],
  [/\/machine-lxc\\x2d\d+\\x2d([^/]+?)\.scope/, named('lxc')],
  [/\/machine\/lxc-\d+-([^/]+?)\.libvirt-lxc/, named('lxc')],
  [/\/systemd-nspawn@([^/]+?)\.service/, named('nspawn')],
  [/\/machine-([^/]+?)\.scope/, named('nspawn')],
  [/\/([^/]+)\.service(?:\/|$)/, named('service')],
  [/\/user-(\d+)\.slice/, (found) => ({ kind: 'user', name: part(found, 1) })],
];

/** The owner of one control group, by its path below the root of the hierarchy. */
export function ownerOfPath(path: string): Owner | undefined {
  for (const [pattern, owner] of rules) {
    const found = pattern.exec(path);
    if (found) return owner(found);
  }
  return undefined;
}

/** From /proc/PID/cgroup: `0::/system.slice/ssh.service` (v2), `4:memory:/docker/…` (v1); the first line with an owner. */
export function cgroupOwner(cgroup: string | undefined): Owner | undefined {
  if (cgroup === undefined) return undefined;
  const paths = cgroup.split('\n').map((line) => line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1));
  for (const [pattern, owner] of rules) {
    for (const path of paths) {
      const found = pattern.exec(path);
      if (found) return owner(found);
    }
  }
  return undefined;
}

const UID = '[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32}';
const ID = '[0-9a-f]{64}';
const PODS = String.raw`(?:^|[/-])pod(?:${UID})(?:\.slice)?`;
const GUESTS = String.raw`/(?:machine-qemu\\x2d\d+\\x2d[^/]+\.scope|machine/qemu-\d+-[^/]+\.libvirt-qemu)`;

/**
 * Control groups to keep, and those to descend into: regular expressions over the whole path, plain
 * enough to mean the same in Python, since the walk is made on the host. Of a pod its containers are wanted, of a guest
 * the groups of its threads; the tree inside an LXD container is left out.
 */
export const keptGroups = {
  keep: [
    String.raw`${PODS}(?:/(?!crio-conmon-)[^/]+)?$`,
    String.raw`/(?:docker/|docker-|libpod-|crio-|cri-containerd-|k8s\.io/|default/)${ID}(?:\.scope)?$`,
    String.raw`/lxc\.payload[./][^/]+$`,
    String.raw`^/lxc/[^/]+$`,
    String.raw`${GUESTS}(?:(?:/libvirt)?/(?:emulator|vcpu\d+|iothread\d+))?$`,
    String.raw`/(?:machine-lxc\\x2d\d+\\x2d[^/]+\.scope|machine/lxc-\d+-[^/]+\.libvirt-lxc)$`,
    String.raw`/(?:systemd-nspawn@[^/]+\.service|machine-[^/]+\.scope)$`,
  ].join('|'),
  enter: String.raw`${PODS}$|${GUESTS}(?:/libvirt)?$`,
} as const;

/** systemd escapes in unit names: `\x2d` is a dash. systemd.unit(5), "String escaping for inclusion in unit names". */
function unescapeUnit(name: string): string {
  return name.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
