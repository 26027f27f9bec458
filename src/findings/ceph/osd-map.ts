import { binaryKib, percent } from '../../lib/units.ts';
import { cephOsdmap, type OsdPlace } from '../../sources/ceph/osdmap.ts';
import { grade, limits } from '../../thresholds.ts';
import { cephCluster, osdRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const MOST_NAMED = 4;
const listed = (osds: readonly OsdPlace[]): string =>
  `${osds.slice(0, MOST_NAMED).map(({ osd }) => `osd.${osd}`).join(', ')}${osds.length > MOST_NAMED ? ', …' : ''}`; // prettier-ignore

/** Usage that is neither data nor metadata, percent of all usage; undefined where a part is not known. */
export function unaccountedPct({ usedKiB, dataKiB, metaKiB, omapKiB }: OsdPlace): number | undefined {
  if (!usedKiB || dataKiB === undefined || metaKiB === undefined || omapKiB === undefined) return undefined;
  return Math.max(0, (100 * (usedKiB - dataKiB - metaKiB - omapKiB)) / usedKiB);
}

/** OSDs that the map shows wrongly set up or used, one finding for each kind: too many PGs, no device class, raw usage above their data. */
export const cephOsdMap = defineFinding({
  id: 'ceph-osd-map',
  title: 'OSD map: too many PGs, no device class, raw usage above data',
  needs: { cephOsdmap },
  authority: `${limits.osdPgs.authority}; ${limits.osdUnaccountedPct.authority}`,
  judge: ({ cephOsdmap: { now } }) => {
    const all = [...(now?.osds.values() ?? [])].filter(({ destroyed }) => !destroyed);
    const about = (
      condition: string,
      osds: readonly OsdPlace[],
      rest: Omit<Found, 'subject' | 'entity' | 'evidence'>,
    ): readonly Found[] =>
      osds.length === 0
        ? []
        : [
            {
              ...rest,
              subject: listed(osds),
              subjectVocabulary: 'fixed',
              entity: cephCluster,
              condition,
              members: osds.map(({ osd }) => osdRef(osd)),
              evidence: osds.slice(0, MOST_NAMED).map((one) => ({
                what: `osd.${one.osd}`,
                value: `${one.pgs ?? '—'} PGs, class ${one.deviceClass ?? 'none'}, ${binaryKib(one.usedKiB)} used, ${binaryKib(one.dataKiB)} data`,
                source: 'ceph osd df tree',
              })),
              pane: 'ceph',
            },
          ];
    const crowded = all
      .filter(({ pgs }) => grade(pgs, limits.osdPgs) !== 'text')
      .toSorted((a, b) => (b.pgs ?? 0) - (a.pgs ?? 0));
    // A cluster without any device class does not use them.
    const unclassed = all.filter(({ deviceClass, sizeKiB }) => deviceClass === undefined && sizeKiB !== undefined);
    const mixed = unclassed.length < all.length ? unclassed : [];
    const inflated = all.filter((one) => grade(unaccountedPct(one), limits.osdUnaccountedPct) !== 'text');
    return [
      ...about('pgs', crowded, {
        severity: 'warn',
        sentence: `${crowded[0]?.pgs} PGs, PG creation is withheld from 750 by default`,
        next: '`ceph osd pool autoscale-status`; reduce pg_num of large pools, or add OSDs',
      }),
      ...about('device-class', mixed, {
        severity: 'warn',
        sentence: 'no device class, CRUSH rules of a class skip it',
        next: '`ceph osd crush set-device-class CLASS osd.N`',
      }),
      ...about('raw-usage', inflated, {
        severity: 'warn',
        sentence: `${percent(inflated[0] && unaccountedPct(inflated[0]))} of raw usage neither data nor metadata, discards pending`,
        next: 'restart the OSD; `ceph config get osd bdev_async_discard_threads`',
      }),
    ];
  },
});
