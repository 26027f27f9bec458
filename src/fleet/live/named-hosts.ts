import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseTarget } from '../../host/ssh/target.ts';
import { HIDDEN } from '../../lib/plain.ts';
import {
  ansibleIni,
  ansibleList,
  ansibleYaml,
  cephHosts,
  jujuStatus,
  kubernetesNodes,
  maasMachines,
  openstackHypervisors,
  sshConfigNames,
  type Inventory,
  type InventoryHost,
} from '../inventory.ts';
import { expandNodeSet, NodeSetError, type GroupLookup } from '../nodeset.ts';
import { clusterShellFolders, clusterShellGroups } from './clustershell-groups.ts';

const TOOL_MS = 30_000;
const MAX_OUTPUT_BYTES = 32 << 20;
/** Reasons of a command without output, by the code of the error. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'command not found',
  ETIMEDOUT: `no output in ${TOOL_MS / 1000} s`,
  ENOBUFS: 'output over 32 MiB',
};

/** Kinds of `--from`: the command that prints the hosts on this machine, and the parser of its output, which may also be in a file. */
const TOOLS: Readonly<
  Record<string, { readonly argv: readonly string[]; readonly parse: (text: string) => Inventory }>
> = {
  juju: { argv: ['juju', 'status', '--format', 'json'], parse: jujuStatus },
  ceph: { argv: ['ceph', 'orch', 'host', 'ls', '--format', 'json'], parse: cephHosts },
  openstack: { argv: ['openstack', 'hypervisor', 'list', '--long', '-f', 'json'], parse: openstackHypervisors },
  k8s: { argv: ['kubectl', 'get', 'nodes', '-o', 'json'], parse: kubernetesNodes },
};

export const FROM_KINDS = 'ssh, ansible:FILE, maas:FILE, juju, ceph, openstack or k8s (juju:FILE… reads saved output)';

/** Hosts that the words of a command line name, each once. Throws a NodeSetError with the reason. */
export function namedHosts(
  sets: readonly string[],
  from: string | undefined,
  env = process.env,
): readonly InventoryHost[] {
  const inventory = from === undefined ? undefined : inventoryOf(from);
  if (inventory?.hosts.length === 0) throw new NodeSetError(`--from ${from}: no hosts`);
  if (inventory && sets.length === 0) return checked(inventory.hosts);
  const groupsOf = inventory ? groupsIn(inventory, from ?? '') : clusterShellGroups(clusterShellFolders(env));
  const known = new Map(inventory?.hosts.map((host) => [host.name, host]));
  const hosts = new Map<string, InventoryHost>();
  for (const set of sets) {
    // One user for a set: `root@node[1-40]`.
    const [, user, rest = set] = /^([\w.-]+@)(.+)$/.exec(set) ?? [];
    for (const name of expandNodeSet(rest, groupsOf)) {
      const host = known.get(name) ?? { name, target: name };
      if (inventory && !known.has(name)) throw new NodeSetError(`${name}: not in --from ${from}`);
      hosts.set(
        name,
        user === undefined ? host : { name, target: user + host.target.slice(host.target.lastIndexOf('@') + 1) },
      );
    }
  }
  return checked([...hosts.values()]);
}

/** Hosts whose names can be drawn, and whose targets ssh takes for names, not for options or words of a shell. */
function checked(hosts: readonly InventoryHost[]): readonly InventoryHost[] {
  for (const { name, target } of hosts) {
    if (HIDDEN.test(name)) throw new NodeSetError(`${name}: invalid name of a host: control characters`);
    try {
      parseTarget(target);
    } catch (error) {
      throw new NodeSetError(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  return hosts;
}

const groupsIn =
  ({ hosts, groups }: Inventory, from: string): GroupLookup =>
  (group) => {
    if (group === undefined) return hosts.map(({ name }) => name).join(',');
    const names = groups.get(group);
    if (names === undefined)
      throw new NodeSetError(
        `@${group}: no such group in --from ${from} (${[...groups.keys()].slice(0, 20).join(', ') || 'it has none'})`,
      );
    return names.join(',');
  };

function inventoryOf(from: string): Inventory {
  const [kind = '', ...rest] = from.split(':');
  const file = rest.join(':');
  if (kind === 'ssh') return sshConfigNames(contents(file === '' ? join(homedir(), '.ssh/config') : file, from));
  if (kind === 'ansible') {
    if (file === '') throw new NodeSetError('--from ansible: missing FILE: --from ansible:inventory.yml');
    return ansible(file, from);
  }
  if (kind === 'maas') {
    if (file === '') throw new NodeSetError('--from maas: missing FILE: maas PROFILE machines read >machines.json; --from maas:machines.json'); // prettier-ignore
    return maasMachines(contents(file, from));
  }
  const tool = TOOLS[kind];
  if (!tool) throw new NodeSetError(`--from ${from}: unknown kind, expected ${FROM_KINDS}`);
  return tool.parse(file === '' ? output(tool.argv, from) : contents(file, from));
}

/** By `ansible-inventory` where it is there, which reads all kinds; else a JSON, YAML or INI file of simple kinds. */
function ansible(file: string, from: string): Inventory {
  try {
    return ansibleList(output(['ansible-inventory', '-i', file, '--list'], from));
  } catch (error) {
    if (!(error instanceof NodeSetError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'))
      throw error;
  }
  const text = contents(file, from);
  try {
    if (/^\s*\{/.test(text)) return ansibleList(text);
    return /\.ya?ml$/.test(file) ? ansibleYaml(text) : ansibleIni(text, (pattern) => expandNodeSet(pattern));
  } catch (error) {
    throw new NodeSetError(
      `--from ${from}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
      { cause: error },
    );
  }
}

function output([program = '', ...argv]: readonly string[], from: string): string {
  try {
    return execFileSync(program, argv, {
      timeout: TOOL_MS,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT_BYTES,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    // As execFileSync throws it.
    const { code = '', status, stderr = '' } = error as NodeJS.ErrnoException & { readonly status?: number | null; readonly stderr?: string }; // prettier-ignore
    const why = REASONS[code] ?? (stderr.trim().split('\n').at(-1) || `exit ${status ?? code}`);
    throw new NodeSetError(`--from ${from}: ${program}: ${why}`, { cause: error });
  }
}

function contents(file: string, from: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new NodeSetError(
      `--from ${from}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : String(error)}`,
      { cause: error },
    );
  }
}
