/** `/dev/vg/lv` is mapped as `vg-lv`, with each dash of a name doubled: dmsetup(8). */
export const mappedName = (group: string, volume: string): string =>
  `${group.replaceAll('-', '--')}-${volume.replaceAll('-', '--')}`;

interface Names {
  readonly devices: ReadonlyMap<string, { readonly name: string; readonly alias: string | undefined }> | undefined;
  readonly stack: ReadonlyMap<string, unknown> | undefined;
}

/** Kernel name of the block device of a path: `/dev/sda1`, `/dev/mapper/vg-lv`, `/dev/vg/lv`; undefined for `/dev/disk/by-id/…` and others. */
export function deviceOfPath(path: string, { devices, stack }: Names): string | undefined {
  const [root, dev, first = '', second, ...more] = path.split('/');
  if (root !== '' || dev !== 'dev' || first === '' || more.length > 0) return undefined;
  if (second === undefined && (stack?.has(first) === true || devices?.has(first) === true)) return first;
  const alias = second === undefined || first === 'mapper' ? (second ?? first) : mappedName(first, second);
  return [...(devices?.values() ?? [])].find((device) => device.alias === alias)?.name;
}
