import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
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
} from '../../src/fleet/inventory.ts';
import { namedHosts } from '../../src/fleet/live/named-hosts.ts';
import { expandNodeSet } from '../../src/fleet/nodeset.ts';

const folder = mkdtempSync(join(tmpdir(), 'crashcart-fleet-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const written = (name: string, text: string): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
};
const targets = ({ hosts }: Inventory): string => hosts.map(({ name, target }) => `${name}=${target}`).join(' ');
const group = ({ groups }: Inventory, name: string): string => groups.get(name)?.join(' ') ?? 'none';

describe('ansibleList', () => {
  it('has addresses, users and groups with their children', () => {
    const found = ansibleList(
      JSON.stringify({
        _meta: { hostvars: { a: { ansible_host: '10.0.0.1', ansible_user: 'ops', ansible_port: 2222 }, b: {} } },
        all: { children: ['ungrouped', 'site'] },
        site: { children: ['web', 'site'] },
        web: { hosts: ['a', 'b'] },
      }),
    );
    expect(targets(found)).toBe('a=ops@10.0.0.1:2222 b=b');
    expect(group(found, 'site')).toBe('a b');
  });
});

describe('ansibleIni', () => {
  it('has hosts, ranges, variables and children', () => {
    const found = ansibleIni(
      `# site
lone ansible_host=192.0.2.9
[web]
web[01:03] ansible_port=2200 # front
[web:vars]
ansible_user = "ops"
[site:children]
web
`,
      (pattern) => expandNodeSet(pattern),
    );
    expect(targets(found)).toBe('lone=192.0.2.9 web01=ops@web01:2200 web02=ops@web02:2200 web03=ops@web03:2200');
    expect(group(found, 'site')).toBe('web01 web02 web03');
  });
});

describe('ansibleYaml', () => {
  it('has hosts with variables of the groups above', () => {
    const found = ansibleYaml(`
all:
  vars: {ansible_user: ops}
  children:
    db:
      hosts:
        db1: {ansible_host: "2001:db8::1"}
        db2:
`);
    expect(targets(found)).toBe('db1=ops@[2001:db8::1] db2=ops@db2');
    expect(group(found, 'all')).toBe('db1 db2');
  });
});

describe('jujuStatus', () => {
  it('has machines, containers and applications', () => {
    const found = jujuStatus(
      JSON.stringify({
        machines: {
          '0': {
            'dns-name': '10.1.0.5',
            hostname: 'rack-a',
            containers: { '0/lxd/1': { 'dns-name': '10.1.0.6', 'instance-id': 'juju-0-lxd-1' } },
          },
          '1': { 'ip-addresses': ['10.1.0.7'] },
          '2': {},
        },
        applications: {
          'nova-compute': { units: { 'nova-compute/0': { machine: '0' }, 'nova-compute/1': { machine: '2' } } },
        },
      }),
    );
    expect(targets(found)).toBe('rack-a=ubuntu@10.1.0.5 juju-0-lxd-1=ubuntu@10.1.0.6 machine-1=ubuntu@10.1.0.7');
    expect(group(found, 'nova-compute')).toBe('rack-a');
  });
});

describe('cephHosts', () => {
  it('has addresses and labels', () => {
    const found = cephHosts(
      '[{"hostname":"c1","addr":"10.0.0.1","labels":["osd","mon"],"status":""},{"hostname":"c2","labels":["osd"]}]',
    );
    expect(targets(found)).toBe('c1=10.0.0.1 c2=c2');
    expect(group(found, 'osd')).toBe('c1 c2');
  });
});

describe('maasMachines', () => {
  it('has deployed machines with their tags, zones and pools', () => {
    const machine = (hostname: string, status: string, ip: readonly string[]) => ({ hostname, fqdn: `${hostname}.maas`, status_name: status, ip_addresses: ip, tag_names: ['ceph'], zone: { name: 'az1' }, pool: { name: 'default' } }); // prettier-ignore
    const found = maasMachines(JSON.stringify([machine('m1', 'Deployed', ['10.0.0.1', 'fd00::1']), machine('m2', 'Ready', []), machine('m3', 'Deployed', [])])); // prettier-ignore
    expect(targets(found)).toBe('m1=ubuntu@10.0.0.1 m3=ubuntu@m3.maas');
    expect(group(found, 'ceph')).toBe('m1 m3');
    expect(group(found, 'az1')).toBe('m1 m3');
  });
});

describe('openstackHypervisors', () => {
  it('has addresses where the API gives them', () => {
    const found = openstackHypervisors('[{"Hypervisor Hostname":"c1.example.com","Host IP":"10.0.0.1","State":"up"},{"Hypervisor Hostname":"c2","Host IP":null,"State":"down"}]'); // prettier-ignore
    expect(targets(found)).toBe('c1.example.com=10.0.0.1 c2=c2');
    expect(group(found, 'up')).toBe('c1.example.com');
  });
});

describe('kubernetesNodes', () => {
  it('has internal addresses and roles', () => {
    const found = kubernetesNodes(
      JSON.stringify({
        items: [
          {
            metadata: { name: 'k1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
            status: {
              addresses: [
                { type: 'Hostname', address: 'k1' },
                { type: 'InternalIP', address: '10.2.0.1' },
              ],
            },
          },
        ],
      }),
    );
    expect(targets(found)).toBe('k1=10.2.0.1');
    expect(group(found, 'control-plane')).toBe('k1');
  });
});

describe('sshConfigNames', () => {
  it('has names without patterns', () => {
    expect(targets(sshConfigNames('Host a b *.example !c\n  HostName x\nhost=d\nMatch host e\n'))).toBe('a=a b=b d=d');
  });
});

describe('inventories', () => {
  it('are total for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        for (const parse of [
          ansibleList,
          jujuStatus,
          cephHosts,
          kubernetesNodes,
          maasMachines,
          openstackHypervisors,
          sshConfigNames,
        ])
          expect(parse(text).hosts.length).toBeLessThanOrEqual(4096);
      }),
    );
  });
});

describe('namedHosts', () => {
  const names = (sets: readonly string[], from?: string, env: NodeJS.ProcessEnv = { CLUSTERSHELL_CFGDIR: folder }) =>
    namedHosts(sets, from, env)
      .map(({ name, target }) => (name === target ? name : `${name}=${target}`))
      .join(' ');

  it('gives one user to a set, and each host once', () => {
    expect(names(['root@n[1-2]', 'n2', 'x'])).toBe('n1=root@n1 n2 x');
  });

  it('selects hosts of an inventory by group and range', () => {
    const file = written('hosts.ini', '[web]\nw[1:3] ansible_user=ops\n[db]\nd1\n');
    expect(names([], `ansible:${file}`)).toBe('w1=ops@w1 w2=ops@w2 w3=ops@w3 d1');
    expect(names(['@web!w2'], `ansible:${file}`)).toBe('w1=ops@w1 w3=ops@w3');
    expect(() => names(['@nope'], `ansible:${file}`)).toThrow(/no such group in --from .*web/);
    expect(() => names(['w9'], `ansible:${file}`)).toThrow('w9: not in --from');
  });

  it('reads the saved output of a tool', () => {
    const file = written('nodes.json', '[{"hostname":"c1","addr":"10.0.0.1"}]');
    expect(names([], `ceph:${file}`)).toBe('c1=10.0.0.1');
  });

  it.each([
    ['ceph:/nowhere/c.json', 'no such file'],
    ['salt', 'unknown kind'],
    ['ansible', 'missing FILE'],
  ])('explains --from %s', (from, why) => {
    expect(() => names([], from)).toThrow(why);
  });

  it('refuses a target that ssh would take for an option or a shell for a command', () => {
    const file = written('evil.json', '[{"hostname":"c1","addr":"-oProxyCommand=id"}]');
    expect(() => names([], `ceph:${file}`)).toThrow(/c1: Invalid host name: begins with a dash/);
    const shell = written('shell.json', '[{"hostname":"c1","addr":"$(id)"}]');
    expect(() => names([], `ceph:${shell}`)).toThrow(/shell metacharacter/);
    const escape = written('escape.json', '[{"hostname":"c1\\u001b[2J","addr":"10.0.0.1"}]');
    expect(() => names([], `ceph:${escape}`)).toThrow(/invalid name of a host: control characters/);
  });

  it('explains a tool that fails, and a file of groups that is too large', () => {
    const tools = mkdtempSync(join(folder, 'bin-'));
    for (const [name, script] of [
      ['juju', 'echo "ERROR no controller" >&2; exit 1'],
      ['ceph', 'exit 7'],
    ] as const)
      // prettier-ignore
      writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    vi.stubEnv('PATH', `${tools}:/bin:/usr/bin`);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => names([], 'juju')).toThrow('--from juju: juju: ERROR no controller');
    expect(() => names([], 'ceph')).toThrow('--from ceph: ceph: exit 7');
    mkdirSync(join(tools, 'groups.d'));
    writeFileSync(join(tools, 'groups.d/big.yaml'), `big:\n  all: "${'x'.repeat(1 << 20)}"\n`);
    expect(() => names(['@all'], undefined, { CLUSTERSHELL_CFGDIR: tools })).toThrow('big.yaml: over 1 MiB, not read');
  });

  it('takes groups from files and upcalls of ClusterShell', () => {
    const config = mkdtempSync(join(folder, 'cs-'));
    mkdirSync(join(config, 'groups.d'));
    writeFileSync(
      join(config, 'groups.conf'),
      `[Main]\ndefault: local\n[local]\nmap: sed -n 's/^$GROUP:\\(.*\\)/\\1/p' $CFGDIR/groups\nall: echo every[1-2]\n[slow]\nmap: sleep 60\n[bad]\nmap: exit 3\n`,
    );
    writeFileSync(join(config, 'groups'), 'compute: node[1-2] node7\n');
    writeFileSync(join(config, 'groups.d/racks.yaml'), 'racks:\n  r1: [node1, "node[8-9]"]\n  r2: "@racks:r1"\n');
    const env = { CLUSTERSHELL_CFGDIR: config };
    expect(names(['@compute'], undefined, env)).toBe('node1 node2 node7');
    expect(names(['@*'], undefined, env)).toBe('every1 every2');
    expect(names(['@compute&@racks:r2'], undefined, env)).toBe('node1');
    expect(() => names(['@nope'], undefined, env)).toThrow('no such group in source "local"');
    expect(() => names(['@racks:nope'], undefined, env)).toThrow('no such group in source "racks"');
    expect(() => names(['@bad:x'], undefined, env)).toThrow('its command failed: exit 3');
    expect(() => names(['@else:x'], undefined, env)).toThrow('no group source "else"');
    expect(() => names(['@slow:x'], undefined, env)).toThrow('no output in 5 s');
  }, 20_000);
});
