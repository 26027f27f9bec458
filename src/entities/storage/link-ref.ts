import { entityRef, type EntityRef } from '../../findings/entity-ref.ts';
import type { StorageLink } from '../../sources/storage/storage-links.ts';

/** An FC port is a PCI function; the others are known by the name that the kernel gives them, as disks are. */
export const storageLinkRef = ({ name, pci }: StorageLink): EntityRef =>
  pci === undefined ? entityRef('disk', name) : entityRef('pci-device', pci);
