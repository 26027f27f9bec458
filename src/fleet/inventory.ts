import { parse } from 'yaml';
import { fields, items, json, numberOf, textOf, type Fields } from '../lib/json.ts';
import { lines, words } from '../lib/lines.ts';
import { MAX_NAMES } from './nodeset.ts';

/** Host of an inventory. */
export interface InventoryHost {
  readonly name: string;
  /** Target of ssh: address, with user and port where the inventory has them. */
  readonly target: string;
}

/** Hosts and groups that a tool lists; names and addresses are untrusted until `parseTarget` took them. */
export interface Inventory {
  readonly hosts: readonly InventoryHost[];
  /** Names of hosts by group. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

const MAX_GROUPS = 4096;

/** Inventory under construction, within its limits. */
class Builder {
  readonly #hosts = new Map<string, InventoryHost>();
  readonly #groups = new Map<string, Set<string>>();

  host(name: string | undefined, target: string | undefined, groups: readonly (string | undefined)[] = []): void {
    if (name === undefined || target === undefined || this.#hosts.size >= MAX_NAMES) return;
    this.#hosts.set(name, { name, target });
    for (const group of groups) if (group !== undefined) this.add(group, [name]);
  }

  add(group: string, names: Iterable<string>): void {
    if (!this.#groups.has(group) && this.#groups.size >= MAX_GROUPS) return;
    this.#groups.set(group, new Set([...(this.#groups.get(group) ?? []), ...names]));
  }

  made(): Inventory {
    return {
      hosts: [...this.#hosts.values()],
      groups: new Map(
        [...this.#groups].map(([group, names]) => [group, [...names].filter((name) => this.#hosts.has(name))]),
      ),
    };
  }
}

/** `user@address:port`; an IPv6 address in brackets. */
function targetOf(address: string, user: string | undefined, port: string | number | undefined): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`;
}

const ansibleTarget = (name: string, vars: Fields): string =>
  targetOf(
    textOf(vars['ansible_host']) ?? textOf(vars['ansible_ssh_host']) ?? name,
    textOf(vars['ansible_user']) ?? textOf(vars['ansible_ssh_user']),
    numberOf(vars['ansible_port']) ?? textOf(vars['ansible_port']),
  );

/** Members of groups whose children are groups; a loop of groups ends. */
function addAnsibleGroups(
  builder: Builder,
  own: ReadonlyMap<string, readonly string[]>,
  children: ReadonlyMap<string, readonly string[]>,
): void {
  for (const group of new Set([...own.keys(), ...children.keys()])) {
    const seen = new Set([group]);
    for (const one of seen) for (const child of children.get(one) ?? []) seen.add(child);
    builder.add(
      group,
      [...seen].flatMap((one) => own.get(one) ?? []),
    );
  }
}

/** Output of `ansible-inventory --list`: `{"_meta":{"hostvars":{…}},"web":{"hosts":["a"]},"all":{"children":["web"]}}`. */
export function ansibleList(text: string): Inventory {
  const builder = new Builder();
  const all = fields(json(text));
  const vars = fields(fields(all['_meta'])['hostvars']);
  const own = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for (const [group, value] of Object.entries(all)) {
    if (group === '_meta') continue;
    const hosts = items(Array.isArray(value) ? value : fields(value)['hosts']).flatMap((one) => textOf(one) ?? []);
    own.set(group, hosts);
    children.set(
      group,
      items(fields(value)['children']).flatMap((one) => textOf(one) ?? []),
    );
    for (const name of hosts) builder.host(name, ansibleTarget(name, fields(vars[name])));
  }
  for (const name of Object.keys(vars)) builder.host(name, ansibleTarget(name, fields(vars[name])));
  addAnsibleGroups(builder, own, children);
  return builder.made();
}

/** INI inventory of simple kinds: hosts with variables, `[group]`, `[group:children]`; ranges are expanded by `expand`. */
export function ansibleIni(text: string, expand: (pattern: string) => readonly string[]): Inventory {
  const builder = new Builder();
  const own = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  const groupVars = new Map<string, Record<string, string>>();
  const hosts: { readonly name: string; readonly group: string; readonly vars: Record<string, string> }[] = [];
  let [group, kind] = ['ungrouped', ''];
  for (const line of lines(text)) {
    const [first, ...rest] = words(line.replace(/\s#.*$/, ''));
    if (first === undefined || /^[#;]/.test(first)) continue;
    const section = /^\[([^\]:]+)(?::(\w+))?\]$/.exec(line.trim());
    if (section) {
      [group, kind] = [section[1] ?? '', section[2] ?? ''];
      continue;
    }
    if (kind === 'children') children.set(group, [...(children.get(group) ?? []), first]);
    else if (kind === 'vars') {
      const [, name = '', value = ''] = /^\s*([\w.]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      groupVars.set(group, { ...groupVars.get(group), [name]: unquoted(value) });
    } else if (hosts.length < MAX_NAMES) {
      const vars = Object.fromEntries(
        rest.map((word) => [word.split('=')[0], unquoted(word.slice(word.indexOf('=') + 1))]),
      );
      for (const name of expand(
        first.replaceAll(
          /\[(\d+):(\d+)(?::(\d+))?\]/g,
          (_, from, to, step) => `[${from}-${to}${step === undefined ? '' : `/${step}`}]`,
        ),
      )) {
        hosts.push({ name, group, vars });
        own.set(group, [...(own.get(group) ?? []), name]);
      }
    }
  }
  for (const { name, group: of, vars } of hosts)
    builder.host(name, ansibleTarget(name, { ...groupVars.get('all'), ...groupVars.get(of), ...vars }));
  addAnsibleGroups(builder, own, children);
  return builder.made();
}

const unquoted = (value: string): string => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;

/** YAML inventory: groups with `hosts`, `children` and `vars`. */
export function ansibleYaml(text: string): Inventory {
  const builder = new Builder();
  const own = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  const visit = (group: string, value: Fields, above: Fields, depth: number): void => {
    const vars = { ...above, ...fields(value['vars']) };
    for (const [name, hostVars] of Object.entries(fields(value['hosts']))) {
      own.set(group, [...(own.get(group) ?? []), name]);
      builder.host(name, ansibleTarget(name, { ...vars, ...fields(hostVars) }));
    }
    const below = fields(value['children']);
    children.set(group, [...(children.get(group) ?? []), ...Object.keys(below)]);
    if (depth < 8) for (const [name, child] of Object.entries(below)) visit(name, fields(child), vars, depth + 1);
  };
  // Aliases in a hostile file may expand to very many nodes.
  const top = fields(parse(text, { maxAliasCount: 100, logLevel: 'silent' }) as unknown);
  for (const [group, value] of Object.entries(top)) visit(group, fields(value), {}, 0);
  addAnsibleGroups(builder, own, children);
  return builder.made();
}

/** Output of `juju status --format json`: machines, their containers, and units by application. */
export function jujuStatus(text: string): Inventory {
  const builder = new Builder();
  const status = fields(json(text));
  const names = new Map<string, string>();
  const visit = (machines: Fields, depth: number): void => {
    for (const [id, value] of Object.entries(machines)) {
      const machine = fields(value);
      const address = textOf(machine['dns-name']) ?? textOf(items(machine['ip-addresses'])[0]);
      const name = textOf(machine['hostname']) ?? textOf(machine['instance-id']) ?? `machine-${id}`;
      names.set(id, name);
      builder.host(name, address === undefined ? undefined : targetOf(address, 'ubuntu', undefined));
      if (depth < 3) visit(fields(machine['containers']), depth + 1);
    }
  };
  visit(fields(status['machines']), 0);
  for (const [application, value] of Object.entries(fields(status['applications'])))
    for (const unit of Object.values(fields(fields(value)['units']))) {
      const name = names.get(textOf(fields(unit)['machine']) ?? '');
      if (name !== undefined) builder.add(application, [name]);
    }
  return builder.made();
}

/** Output of `ceph orch host ls --format json`: `[{"hostname":"ceph1","addr":"10.0.0.1","labels":["osd"],"status":""}]`. */
export function cephHosts(text: string): Inventory {
  const builder = new Builder();
  for (const one of items(json(text)).map(fields)) {
    const name = textOf(one['hostname']);
    const address = textOf(one['addr']) ?? name;
    builder.host(name, address && targetOf(address, undefined, undefined), items(one['labels']).map(textOf));
  }
  return builder.made();
}

/** Output of `kubectl get nodes -o json`: internal addresses, and roles as groups. */
export function kubernetesNodes(text: string): Inventory {
  const builder = new Builder();
  for (const node of items(fields(json(text))['items']).map(fields)) {
    const meta = fields(node['metadata']);
    const name = textOf(meta['name']);
    const addresses = items(fields(node['status'])['addresses']).map(fields);
    const address = textOf(addresses.find(({ type }) => type === 'InternalIP')?.['address']) ?? name;
    const roles = Object.keys(fields(meta['labels'])).flatMap(
      (label) => /^node-role\.kubernetes\.io\/(.+)$/.exec(label)?.[1] ?? [],
    );
    builder.host(name, address && targetOf(address, undefined, undefined), roles);
  }
  return builder.made();
}

/** Output of `maas PROFILE machines read`: deployed machines, with tags, zone and pool as groups. */
export function maasMachines(text: string): Inventory {
  const builder = new Builder();
  for (const machine of items(json(text)).map(fields)) {
    // Others have no system of their own that takes logins.
    if (textOf(machine['status_name']) !== 'Deployed') continue;
    const name = textOf(machine['hostname']);
    const address = textOf(items(machine['ip_addresses'])[0]) ?? textOf(machine['fqdn']) ?? name;
    const groups = [...items(machine['tag_names']), fields(machine['zone'])['name'], fields(machine['pool'])['name']];
    builder.host(name, address && targetOf(address, 'ubuntu', undefined), groups.map(textOf));
  }
  return builder.made();
}

/** Output of `openstack hypervisor list --long -f json`: newer versions of the API give no addresses. */
export function openstackHypervisors(text: string): Inventory {
  const builder = new Builder();
  for (const one of items(json(text)).map(fields)) {
    const name = textOf(one['Hypervisor Hostname']);
    const address = textOf(one['Host IP']) ?? name;
    builder.host(name, address && targetOf(address, undefined, undefined), [textOf(one['State'])]);
  }
  return builder.made();
}

/** Names of `Host` lines of ssh_config(5) without patterns. */
export function sshConfigNames(text: string): Inventory {
  const builder = new Builder();
  for (const line of lines(text)) {
    const [, list = ''] = /^\s*host(?:\s+|\s*=\s*)(.*)$/i.exec(line) ?? [];
    for (const name of words(list).map(unquoted)) if (!/[*?!]/.test(name)) builder.host(name, name);
  }
  return builder.made();
}
