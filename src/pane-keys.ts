/**
 * Key of each pane, in the order of the tabs: the same on every host, whether or not its subsystem is present. Append a
 * new pane with a free letter; keys and places that are assigned never change. Panes that no release has yet are listed
 * so that no action takes their key.
 */
export const paneKeys = [
  { key: '1', pane: 'overview' },
  { key: '2', pane: 'hardware' },
  { key: '3', pane: 'processes' },
  { key: '4', pane: 'kvm' },
  { key: '5', pane: 'containers' },
  { key: '6', pane: 'ceph' },
  { key: '7', pane: 'ovs' },
  { key: '8', pane: 'ovn' },
  { key: '9', pane: 'kubernetes' },
  { key: '0', pane: 'network' },
  { key: 'K', pane: 'kernel-log' },
  { key: 'U', pane: 'systemd' },
  { key: 'V', pane: 'storage' },
  { key: 'W', pane: 'packages' },
  { key: 'O', pane: 'openstack' },
  { key: 'B', pane: 'databases' },
  { key: 'J', pane: 'hosts' },
] as const satisfies readonly { readonly key: string; readonly pane: string }[];

/** Place of a pane among the tabs; one without a key comes last. */
export function placeOfPane(pane: string): number {
  const at = paneKeys.findIndex((one) => one.pane === pane);
  return at < 0 ? paneKeys.length : at;
}
