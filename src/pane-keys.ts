interface PaneKey {
  readonly key: string;
  readonly pane: string;
  /** Title on a narrow screen. */
  readonly short: string;
}

/**
 * Key of each pane, in the order of the tabs: the same on every host, whether or not its subsystem is present. Append a
 * new pane with a free letter; keys and places that are assigned never change. Panes that no release has yet are listed
 * so that no action takes their key.
 */
export const paneKeys = [
  { key: '1', pane: 'overview', short: 'Overview' },
  { key: '2', pane: 'hardware', short: 'HW' },
  { key: '3', pane: 'processes', short: 'Proc' },
  { key: '4', pane: 'kvm', short: 'KVM' },
  { key: '5', pane: 'containers', short: 'CT' },
  { key: '6', pane: 'ceph', short: 'Ceph' },
  { key: '7', pane: 'ovs', short: 'OVS' },
  { key: '8', pane: 'ovn', short: 'OVN' },
  { key: '9', pane: 'kubernetes', short: 'K8s' },
  { key: '0', pane: 'network', short: 'Net' },
  { key: 'K', pane: 'kernel-log', short: 'Log' },
  { key: 'U', pane: 'systemd', short: 'Unit' },
  { key: 'V', pane: 'storage', short: 'Disk' },
  { key: 'W', pane: 'packages', short: 'Pkg' },
  { key: 'O', pane: 'openstack', short: 'OS' },
  { key: 'B', pane: 'databases', short: 'DB' },
  { key: 'J', pane: 'hosts', short: 'Host' },
] as const satisfies readonly PaneKey[];

/** Place of a pane among the tabs; one without a key comes last. */
export function placeOfPane(pane: string): number {
  const at = paneKeys.findIndex((one) => one.pane === pane);
  return at < 0 ? paneKeys.length : at;
}

/** Title of a pane on a narrow screen; undefined for one without a key. */
export const shortTitle = (pane: string): string | undefined => paneKeys.find((one) => one.pane === pane)?.short;
