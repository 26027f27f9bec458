/** Whom a process belongs to, as far as its cgroup tells. */
export interface Owner {
  readonly kind: 'pod' | 'docker' | 'podman' | 'containerd' | 'cri-o' | 'lxc' | 'guest' | 'service' | 'user';
  /** As short as it can be told apart: a name, a unit, the first 12 characters of an id. */
  readonly name: string;
  /** The whole id where there is one: 64 hexadecimal digits of a container, the UID of a pod. */
  readonly id?: string;
}

type Rule = readonly [RegExp, (found: RegExpExecArray) => Owner];

const part = (found: RegExpExecArray, place: number): string => found[place] ?? '';
const short = (id: string): string => id.slice(0, 12);
/** systemd writes the dashes of a pod's UID as underscores: `kubepods-burstable-pod1f0e_….slice`. */
const podUid = (text: string): string => text.replaceAll('_', '-');
const container =
  (kind: Owner['kind']) =>
  (found: RegExpExecArray): Owner => ({ kind, name: short(part(found, 1)), id: part(found, 1) });

/**
 * The innermost thing that a person knows by name, most telling first. Layouts: kubelet (cgroupfs and systemd drivers),
 * dockerd (`/docker/ID`, `docker-ID.scope`), podman (`libpod-ID.scope`), CRI-O, LXC and LXD (`lxc.payload.NAME`),
 * libvirt (`machine-qemu\x2dID\x2dNAME.scope`, `/machine/qemu-ID-NAME.libvirt-qemu`), systemd units.
 */
const rules: readonly Rule[] = [
  [
    /(?:^|[/-])pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12})/,
    (found) => ({ kind: 'pod', name: podUid(part(found, 1)).slice(0, 8), id: podUid(part(found, 1)) }),
  ],
  [/\/docker[/-]([0-9a-f]{64})/, container('docker')],
  [/\/libpod-([0-9a-f]{64})/, container('podman')],
  [/\/crio-([0-9a-f]{64})/, container('cri-o')],
  [/\/cri-containerd-([0-9a-f]{64})/, container('containerd')],
  [/\/lxc\.payload\.([^/]+)/, (found) => ({ kind: 'lxc', name: part(found, 1) })],
  [/\/lxc\/([^/]+)/, (found) => ({ kind: 'lxc', name: part(found, 1) })],
  [/\/machine-qemu\\x2d\d+\\x2d(.+?)\.scope/, (found) => ({ kind: 'guest', name: unescapeUnit(part(found, 1)) })],
  [/\/machine\/qemu-\d+-(.+?)\.libvirt-qemu/, (found) => ({ kind: 'guest', name: part(found, 1) })],
  [/\/([^/]+)\.service(?:\/|$)/, (found) => ({ kind: 'service', name: unescapeUnit(part(found, 1)) })],
  [/\/user-(\d+)\.slice/, (found) => ({ kind: 'user', name: part(found, 1) })],
];

/** From /proc/PID/cgroup: `0::/system.slice/ssh.service` (v2), `4:memory:/docker/…` (v1); the first line that tells. */
export function cgroupOwner(cgroup: string | undefined): Owner | undefined {
  if (cgroup === undefined) return undefined;
  for (const [pattern, owner] of rules) {
    for (const line of cgroup.split('\n')) {
      const path = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1);
      const found = pattern.exec(path);
      if (found) return owner(found);
    }
  }
  return undefined;
}

/** systemd escapes in unit names: `\x2d` is a dash. systemd.unit(5), "String escaping for inclusion in unit names". */
function unescapeUnit(name: string): string {
  return name.replaceAll(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
