import { entityRef, type EntityRef } from '../../findings/entity-ref.ts';

/** A pool stands below mounts as a disk does; no disk has such a name. */
export const zfsPoolRef = (name: string): EntityRef => entityRef('disk', `zfs/${name}`);
