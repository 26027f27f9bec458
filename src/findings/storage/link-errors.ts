import { linkGrowth, scsiGrowth } from '../../entities/storage/link-errors.ts';
import { storageLinkRef } from '../../entities/storage/link-ref.ts';
import { count, percent, plural, span } from '../../lib/units.ts';
import { linkCounters } from '../../sources/storage/link-counters.ts';
import { scsiCounters } from '../../sources/storage/scsi-counters.ts';
import { storageLinks } from '../../sources/storage/storage-links.ts';
import { limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const WINDOW_SECONDS = 600;
/** Failed commands below which a share is noise: smartctl and udev send some that a disk does not know. */
const LEAST_ERRORS = 10;

/** FC port or SAS phy that counts errors: a cable, an SFP or an expander. */
export const storageLinkErrors = defineFinding({
  id: 'storage-link-errors',
  title: 'Errors of a storage link',
  needs: { linkCounters, storageLinks },
  authority: 'kernel: scsi_transport_fc, scsi_transport_sas: a counter that grows; dwords and disparity by over 10 in 10 min [own]',
  judge: (moment) => {
    const { now, before, seconds } = overLast(moment.linkCounters, WINDOW_SECONDS, 1.5);
    const links = new Map(moment.storageLinks.now?.map((one) => [one.name, one]));
    return [...(now ?? [])].flatMap(([name, counts]): Found[] => {
      const grown = linkGrowth(counts, before?.get(name));
      const [worst] = grown;
      if (worst === undefined) return [];
      const link = links.get(name);
      const folder = name.startsWith('phy-') ? `/sys/class/sas_phy/${name}` : `/sys/class/fc_host/${name}/statistics`;
      return [
        {
          severity: 'warn',
          subject: name,
          entity: link === undefined ? entityRef('disk', name) : storageLinkRef(link),
          sentence: `${name.startsWith('phy-') ? 'SAS phy' : 'FC port'}: ${grown.slice(0, 2).map(({ counter, by }) => `${count(by)} ${counter}`).join(', ')} in ${span(seconds)}`,
          evidence: grown.map(({ counter, total }) => ({ what: counter, value: String(total), source: folder })),
          next: 'reseat or replace its cable or SFP; compare with the counters of the switch port or expander',
          pane: 'storage',
        },
      ];
    });
  },
}); // prettier-ignore

/** SCSI disk of which commands run into their timeout or fail: each timeout holds its I/O for 30 s by default. */
export const scsiErrors = defineFinding({
  id: 'scsi-errors',
  title: 'SCSI commands failed',
  needs: { scsiCounters },
  authority: limits.scsiErrorPct.authority,
  judge: (moment) => {
    const { now, before, seconds } = overLast(moment.scsiCounters, WINDOW_SECONDS, 1.5);
    return [...(now ?? [])].flatMap(([name, counters]): Found[] => {
      const grown = scsiGrowth(counters, before?.get(name));
      if (grown === undefined) return [];
      const { errors, timeouts = 0, errorPct = 0, requests } = grown;
      const isFailing = errors >= LEAST_ERRORS && errorPct >= limits.scsiErrorPct.warn;
      if (timeouts === 0 && !isFailing) return [];
      const failed = isFailing ? `${count(errors)} of ${count(requests)} commands failed (${percent(errorPct)})` : '';
      const expired = timeouts === 0 ? '' : `${plural(timeouts, 'command timeout')}${counters.timeoutSeconds === undefined ? '' : ` of ${counters.timeoutSeconds} s`}`;
      return [
        {
          severity: 'warn',
          subject: name,
          entity: entityRef('disk', name),
          sentence: `SCSI: ${[expired, failed].filter(Boolean).join(', ')} in ${span(seconds)}`,
          evidence: [
            { what: 'ioerr_cnt', value: `+${errors}`, source: `/sys/block/${name}/device/ioerr_cnt` },
            { what: 'iorequest_cnt', value: `+${requests}`, source: `/sys/block/${name}/device/iorequest_cnt` },
            ...(grown.timeouts === undefined ? [] : [{ what: 'iotmo_cnt', value: `+${timeouts}`, source: `/sys/block/${name}/device/iotmo_cnt` }]),
          ],
          next: 'read the kernel log for its sense data; open Storage, Disk health, ↵ on it for SMART',
          pane: 'storage',
        },
      ];
    });
  },
}); // prettier-ignore
