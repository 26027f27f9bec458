/** Attributes in globs over /sys: a path names a device, its text is one value. */

/** A PCI address as sysfs writes it: domain:bus:device.function, all hex but the last. */
export const PCI_ADDRESS = /[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]/g;

/**
 * One attribute of many devices: the path part at `depth` → its text, trimmed. Empty texts are left out.
 * `/sys/block/vda/size` has `vda` at depth 3.
 */
export function attribute(glob: ReadonlyMap<string, string> | undefined, depth: number): Map<string, string> {
  const found = new Map<string, string>();
  for (const [path, text] of glob ?? []) {
    const name = path.split('/')[depth];
    const value = text.trim();
    if (name !== undefined && name !== '' && value !== '') found.set(name, value);
  }
  return found;
}

/** The PCI function nearest to a device, from where its sysfs link leads; undefined for a virtual device. */
export const pciOf = (link: string | undefined): string | undefined => link?.match(PCI_ADDRESS)?.at(-1);

const ANY_PCI = /^([0-9a-f]{4,8}):([0-9a-f]{2}):([0-9a-f]{2})(?:\.([0-7]))?$/i;

/** A PCI function as sysfs writes it, of the forms of drivers and tools: `00000000:3B:00.0`, `0000:3b:00`. */
export function pciAddress(text: string): string | undefined {
  const [, domain, bus, device, one = '0'] = ANY_PCI.exec(text.trim()) ?? [];
  return domain === undefined
    ? undefined
    : `${Number.parseInt(domain, 16).toString(16).padStart(4, '0')}:${bus}:${device}.${one}`.toLowerCase();
}

/** `…/name` → `name`. */
export const baseName = (path: string | undefined): string | undefined => path?.slice(path.lastIndexOf('/') + 1);
