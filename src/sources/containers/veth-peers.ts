import { fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { lines, toCount, words } from '../../lib/lines.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Network namespace at the other end of each veth of the host. The kernel numbers the namespaces that it has links into
 * (ip-netns(8), `list-id`); lsns(8) lists a process in each, ip-netns(8) the names of some.
 *
 *     [{"ifindex":5,"link_index":2,"ifname":"veth1a2b","link_netnsid":0}]        ip -j link show type veth
 *     0 10250 /run/netns/qrouter-7                                               lsns: NETNSID, PID, NSFS
 *     unassigned 1
 *     [{"name":"qrouter-7","id":0}]                                              ip -j netns list
 */
export const vethPeers = defineSource({
  id: 'veth-peers',
  title: 'Other ends of veth pairs',
  why: 'Shows which container or pod is behind a port of the virtual switch when the port itself has no name for it.',
  everySeconds: 30,
  value: 'low',
  reads: {
    links: { kind: 'run', argv: ['ip', '-j', 'link', 'show', 'type', 'veth'] },
    spaces: { kind: 'run', argv: ['lsns', '-n', '-r', '-t', 'net', '-o', 'NETNSID,PID,NSFS'], as: 'root' },
    names: { kind: 'run', argv: ['ip', '-j', 'netns', 'list'], as: 'root' },
  },
  parse: ({ links, spaces, names }): VethPeersSample => {
    const pids = pidsOf(spaces);
    const named = namesOf(names);
    const peers = new Map<string, VethPeer>();
    for (const link of items(json(links)).map(fields)) {
      const [name, id] = [textOf(link['ifname']), numberOf(link['link_netnsid'])];
      if (name === undefined || id === undefined) continue;
      const space = pids.get(id);
      peers.set(name, { pid: space?.pid, namespace: named.get(id) ?? space?.name });
    }
    return { peers };
  },
  identifiers: ({ peers }) =>
    named(
      'id',
      [...peers.values()].map(({ namespace }) => namespace),
    ),
});

export interface VethPeersSample {
  /** By the name of the host's end. */
  readonly peers: ReadonlyMap<string, VethPeer>;
}

export interface VethPeer {
  /** The lowest pid in its namespace; undefined where no process runs there. */
  readonly pid: number | undefined;
  /** Name of the namespace, where it has one: `qrouter-…`, `cni-…`. */
  readonly namespace: string | undefined;
}

/** Name of a namespace: `/run/netns/NAME`. Docker's (`/run/docker/netns/…`) are internal ids, of no use. */
const nameIn = (path: string | undefined): string | undefined =>
  /^(?:\/var)?\/run\/netns\/([^/\\]+)/.exec(path ?? '')?.[1];

function pidsOf(
  text: string | undefined,
): ReadonlyMap<number, { readonly pid: number | undefined; readonly name: string | undefined }> {
  const spaces = new Map<number, { readonly pid: number | undefined; readonly name: string | undefined }>();
  for (const line of lines(text ?? '')) {
    const [number, pid, path] = words(line);
    const id = toCount(number);
    if (id !== undefined) spaces.set(id, { pid: toCount(pid) || undefined, name: nameIn(path) });
  }
  return spaces;
}

function namesOf(text: string | undefined): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const one of items(json(text)).map(fields)) {
    const [name, id] = [textOf(one['name']), numberOf(one['id'])];
    if (name !== undefined && id !== undefined) names.set(id, name);
  }
  return names;
}
