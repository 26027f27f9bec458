/** Projects whose programs are services of OpenStack. */
const PROJECTS =
  'nova|neutron|cinder|glance|keystone|placement|heat|octavia|barbican|designate|manila|ironic|magnum|swift|ceilometer|aodh|gnocchi|masakari|watcher|trove|mistral|zaqar';
const SERVICE = new RegExp(`^(?:${PROJECTS})-[a-z][a-z0-9-]{1,40}$`);
/** Helpers and tools that are named like services. */
const HELPER =
  /-(?:rootwrap(?:-daemon)?|manage|status|privsep|keepalived-state-change|ns-metadata-proxy|cleanup|ovs-cleanup|netns-cleanup|usage-audit|dbsync|db-sync|init|bootstrap|setup)$/;

/** Service by the name of its program, of which that for WSGI is one. Keystone has no other: `keystone-wsgi-public`, `keystone-uwsgi.ini`. */
function known(name: string): string | undefined {
  const bare = name.replace(/-wsgi$/, '');
  if (/^keystone(?:-(?:api|pu[a-z]*|admin|wsgi-(?:public|admin)))?$/.test(bare)) return 'keystone';
  return SERVICE.test(bare) && !HELPER.test(bare) ? bare : undefined;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * Service of a process by its program, title or configuration:
 *
 *     /usr/bin/python3 /usr/bin/nova-compute --config-file=/etc/nova/nova.conf
 *     neutron-server: rpc worker (/usr/bin/python3 /usr/bin/neutron-rpc-server …)
 *     (wsgi:placement-api) -k start
 *     /usr/bin/uwsgi --ini /etc/nova/nova-api-uwsgi.ini
 *     nova-apiuWSGI worker 1
 */
export function serviceOfCommand(commandLine: string | undefined): string | undefined {
  if (commandLine === undefined || commandLine === '') return undefined;
  // The title of all workers of Neutron is that of neutron-server.
  const inner = /^[a-z-]+: [^(]{0,60}\((\/.*?)\)?$/.exec(commandLine)?.[1];
  const worker = inner === undefined ? undefined : serviceOfCommand(inner);
  if (worker !== undefined) return worker;
  const title =
    /^([a-z-]+): /.exec(commandLine)?.[1] ??
    /^\(wsgi:([a-z-]+)/.exec(commandLine)?.[1] ??
    /^([a-z-]+)uWSGI /.exec(commandLine)?.[1];
  if (title !== undefined) return known(title);
  const [program = '', ...rest] = commandLine.split(' ');
  const name = baseName(program);
  const own = known(name);
  if (own !== undefined) return own;
  if (/^python[\d.]*$/.test(name)) {
    const script = rest.find((word) => !word.startsWith('-'));
    return script === undefined ? undefined : known(baseName(script));
  }
  if (!name.startsWith('uwsgi')) return undefined;
  const ini = rest.find((word) => word.endsWith('.ini'));
  return ini === undefined ? undefined : known(baseName(ini).replace(/(?:-uwsgi|-wsgi)*\.ini$/, ''));
}

/** Units of devstack, by the short names of its screen windows. */
const DEVSTACK: Readonly<Record<string, string>> = {
  'n-api': 'nova-api',
  'n-cpu': 'nova-compute',
  'n-sch': 'nova-scheduler',
  'n-super-cond': 'nova-conductor',
  'n-cond-cell1': 'nova-conductor',
  'n-novnc-cell1': 'nova-novncproxy',
  'q-svc': 'neutron-server',
  'q-agt': 'neutron-openvswitch-agent',
  'q-dhcp': 'neutron-dhcp-agent',
  'q-l3': 'neutron-l3-agent',
  'q-meta': 'neutron-metadata-agent',
  'q-ovn-metadata-agent': 'neutron-ovn-metadata-agent',
  'g-api': 'glance-api',
  'c-api': 'cinder-api',
  'c-sch': 'cinder-scheduler',
  'c-vol': 'cinder-volume',
};

/** Service of a unit or a container: `openstack-nova-compute.service`, `tripleo_nova_compute.service`, `nova_compute`. */
export function serviceOfName(name: string): string | undefined {
  const devstack = /^devstack@([\w-]+)\.service$/.exec(name)?.[1];
  if (devstack !== undefined) return DEVSTACK[devstack] ?? known(devstack);
  const bare = name
    .replace(/\.service$/, '')
    .replace(/^(?:openstack-|kolla-|tripleo_|edpm_|snap\.(?:openstack-hypervisor|microstack)\.)/, '')
    .replace(/-container$/, '')
    .replaceAll('_', '-');
  return known(bare);
}
