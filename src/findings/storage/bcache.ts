import { percent, plural } from '../../lib/units.ts';
import { bcache, type CacheSet } from '../../sources/storage/bcache.ts';
import { limits } from '../../thresholds.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Cache that is lost, has errors or no room, or is set up so that requests bypass it. */
export const bcacheDegraded = defineFinding({
  id: 'bcache-degraded',
  title: 'bcache degraded',
  needs: { bcache },
  authority: `${limits.bcacheAvailablePct.authority}; sequential_cutoff 0, writeback, writeback_percent 10, no congestion thresholds: hotsos`,
  judge: ({ bcache: { now } }) => [
    ...[...(now?.states ?? [])].flatMap(([name, state]): Found[] =>
      state !== 'no cache' && state !== 'inconsistent'
        ? []
        : [
            {
              severity: state === 'inconsistent' ? 'crit' : 'warn',
              entity: entityRef('disk', name),
              subject: name,
              condition: 'state',
              sentence: state === 'inconsistent' ? 'bcache inconsistent: dirty data was lost' : 'bcache without cache (no cache), I/O goes to the backing device', // prettier-ignore
              evidence: [{ what: 'state', value: state, source: `/sys/block/${name}/bcache/state` }],
              next: 'read the kernel log for the cache that was detached; attach it again by its set',
              pane: 'storage',
            },
          ],
    ),
    ...(now?.sets ?? []).flatMap(ofSet),
  ],
});

function ofSet(set: CacheSet): readonly Found[] {
  const { uuid, caches, backings, availablePct, ioErrors } = set;
  const folder = `/sys/fs/bcache/${uuid}`;
  const about = {
    entity: entityRef('disk', caches[0] ?? uuid),
    subject: caches[0] ?? uuid,
    pane: 'storage',
    evidence: [
      { what: 'backing devices', value: backings.join(' '), source: folder },
      { what: 'available', value: percent(availablePct), source: `${folder}/cache_available_percent` },
      { what: 'I/O errors', value: String(ioErrors), source: `${folder}/cache0/io_errors` },
    ],
  } as const;
  const settings = settingsOf(set);
  return [
    ...(ioErrors === 0 ? [] : [{ ...about, severity: 'warn', condition: 'errors', sentence: `bcache: ${plural(ioErrors, 'I/O error')} of the cache`, next: 'read the kernel log and `smartctl -x` of the cache device' } as const]),
    ...(availablePct === undefined || availablePct > limits.bcacheAvailablePct.warn ? [] : [{ ...about, severity: 'warn', condition: 'available', sentence: `bcache ${percent(availablePct)} available, writes bypass the cache below 30%`, next: 'check whether dirty data is written back; LP 1900438 needs a new kernel' } as const]),
    ...(settings.length === 0 ? [] : [{ ...about, severity: 'info', condition: 'settings', sentence: `bcache bypassed by its settings: ${settings.join(', ')}`, next: 'compare with the workload: `cat /sys/fs/bcache/*/bdev0/cache_mode`; Ceph and VMs want writeback' } as const]),
  ]; // prettier-ignore
}

/** Settings that hotsos warns about. */
function settingsOf({ cutoffs, modes, writebackPcts, congestedReadUs, congestedWriteUs }: CacheSet): readonly string[] {
  const cutoff = cutoffs.find((text) => !/^0(?:\.0)?k?$/.test(text));
  const mode = modes.find((text) => text !== 'writeback');
  const least = Math.min(...writebackPcts);
  return [
    ...(mode === undefined ? [] : [mode]),
    ...(cutoff === undefined ? [] : [`sequential_cutoff ${cutoff}`]),
    ...(least < 10 ? [`writeback_percent ${least}`] : []),
    ...(congestedReadUs === undefined || congestedReadUs === 0 ? [] : [`congested_read_threshold_us ${congestedReadUs}`]), // prettier-ignore
    ...(congestedWriteUs === undefined || congestedWriteUs === 0 ? [] : [`congested_write_threshold_us ${congestedWriteUs}`]), // prettier-ignore
  ];
}
