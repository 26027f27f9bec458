import type { OsdMapSample } from '../../sources/ceph/osdmap.ts';
import type { Seen } from '../../timeline/moment.ts';

/** Seconds for which the OSD map has had an OSD as down; undefined where it is up, or where the map lost the time. */
export function downSince({ now, ageMs }: Seen<OsdMapSample | undefined>, osd: number): number | undefined {
  const seconds = now?.osds.get(osd)?.downSeconds;
  return seconds === undefined ? undefined : seconds + (ageMs ?? 0) / 1000;
}

/** OSDs that the map has as down, and neither out nor destroyed: those whose PGs wait for them. */
export const downOsds = ({ now }: Seen<OsdMapSample | undefined>): readonly number[] =>
  [...(now?.osds.values() ?? [])]
    .filter(({ up, in: isIn, destroyed }) => up === false && isIn !== false && !destroyed)
    .map(({ osd }) => osd);
