/** How OpenStack was installed. `charms`: packages by Juju. */
export type Layout =
  | 'kolla'
  | 'TripleO'
  | 'RHOSO'
  | 'OpenStack-Ansible'
  | 'Sunbeam'
  | 'MicroStack'
  | 'devstack'
  | 'Kubernetes'
  | 'charms'
  | 'packages';

/** What a service runs as, as far as it is known. */
export interface LayoutSigns {
  readonly commandLine?: string | undefined;
  readonly unit?: string | undefined;
  readonly containerName?: string | undefined;
  readonly image?: string | undefined;
  readonly isPod?: boolean | undefined;
}

type Rule = readonly [layout: Layout, applies: (signs: Required<LayoutSigns>) => boolean];

/** First match wins: signs of one tool before those of what it is built on. */
const RULES: readonly Rule[] = [
  ['RHOSO', ({ unit = '' }) => unit.startsWith('edpm_')],
  ['TripleO', ({ unit = '', image = '' }) => unit.startsWith('tripleo_') || /tripleo|rhosp/.test(image)],
  [
    'kolla',
    ({ unit = '', image = '', commandLine = '' }) =>
      /^kolla-.*-container\.service$/.test(unit) || image.includes('kolla') || commandLine.includes('/var/lib/kolla/'),
  ],
  ['OpenStack-Ansible', ({ commandLine = '' }) => commandLine.includes('/openstack/venvs/')],
  [
    'Sunbeam',
    ({ unit = '', commandLine = '' }) =>
      unit.startsWith('snap.openstack-hypervisor.') || commandLine.includes('/snap/openstack-hypervisor/'),
  ],
  [
    'MicroStack',
    ({ unit = '', commandLine = '' }) =>
      unit.startsWith('snap.microstack.') || commandLine.includes('/snap/microstack/'),
  ],
  ['devstack', ({ unit = '', commandLine = '' }) => unit.startsWith('devstack@') || commandLine.includes('/opt/stack/')],
  // Their names alone: `nova_compute` in docker or podman.
  ['kolla', ({ containerName = '' }) => /^[a-z]+_[a-z_]+$/.test(containerName)],
  ['Kubernetes', ({ isPod = false }) => isPod],
]; // prettier-ignore

/** Layout of a service by its signs. */
export function layoutOf(signs: LayoutSigns, isJuju: boolean): Layout {
  const all = { commandLine: undefined, unit: undefined, containerName: undefined, image: undefined, isPod: undefined };
  const rule = RULES.find(([, applies]) => applies({ ...all, ...signs }));
  return rule?.[0] ?? (isJuju ? 'charms' : 'packages');
}
