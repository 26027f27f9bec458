import { osdProcesses } from '../../entities/ceph/osd-process.ts';
import { plain } from '../../lib/plain.ts';
import { binaryBytes, bytes, count, kib, percent } from '../../lib/units.ts';
import { cephMemoryTargets } from '../../sources/ceph/memory-targets.ts';
import { cephOsds } from '../../sources/ceph/osds.ts';
import { processes } from '../../sources/processes/processes.ts';
import { osdRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

/** RocksDB of an OSD that outgrew its fast device. */
export const cephSpillover = defineFinding({
  id: 'ceph-spillover',
  title: 'BlueFS spillover',
  needs: { cephOsds },
  authority: 'Ceph: BLUEFS_SPILLOVER, any byte',
  judge: ({ cephOsds: { now } }) =>
    [...(now ?? [])].flatMap(([osd, { perf }]): readonly Found[] => {
      const spilled = perf?.counts.spilledBytes ?? 0;
      if (spilled === 0) return [];
      const source = `perf dump of osd.${osd}`;
      return [
        {
          severity: 'warn',
          subject: `osd.${osd}`,
          subjectVocabulary: 'fixed',
          entity: osdRef(osd),
          sentence: `BlueFS spillover, ${binaryBytes(spilled)} of its DB on the slow device`,
          evidence: [
            { what: 'slow_used_bytes', value: bytes(spilled), source },
            {
              what: 'db_used_bytes',
              value: `${bytes(perf?.counts.dbUsedBytes)} of ${bytes(perf?.counts.dbBytes)}`,
              source,
            },
          ],
          next: `\`ceph tell osd.${osd} bluefs stats\`; enlarge block.db, or compact off-peak: it slows ops while it runs`,
          pane: 'ceph',
        },
      ];
    }),
});

/** Throttle of an OSD that holds ops back before they reach the device. */
export const cephThrottled = defineFinding({
  id: 'ceph-throttled',
  title: 'OSD throttled',
  needs: { cephOsds },
  authority: limits.osdThrottlePct.authority,
  judge: ({ cephOsds: { now, before } }) =>
    [...(now ?? [])].flatMap(([osd, { perf }]) =>
      (perf?.throttles ?? []).flatMap((throttle): readonly Found[] => {
        const pct = (100 * throttle.now) / throttle.max;
        const earlier = before?.get(osd)?.perf?.throttles.find(({ name }) => name === throttle.name);
        // A throttle fills for a moment by design; full in two samples it holds clients back.
        const full = pct >= limits.osdThrottlePct.warn;
        if (!full || !earlier || (100 * earlier.now) / earlier.max < limits.osdThrottlePct.warn) return [];
        return [
          {
            severity: 'warn',
            subject: `osd.${osd} ${plain(throttle.name)}`,
            subjectVocabulary: 'fixed',
            entity: osdRef(osd),
            condition: throttle.name,
            sentence: `throttled, ${percent(pct)} of ${count(throttle.max)} in use`,
            evidence: [
              { what: 'in use', value: count(throttle.now), source: `perf dump of osd.${osd}` },
              { what: 'waits since start', value: count(throttle.wait?.count), source: `perf dump of osd.${osd}` },
            ],
            next: '`ceph osd perf`: check commit latency first, a throttle fills when what is behind it is slow',
            pane: 'ceph',
          },
        ];
      }),
    ),
});

/** OSD process far above osd_memory_target: a candidate for the OOM killer. */
export const cephOsdMemory = defineFinding({
  id: 'ceph-osd-memory',
  title: 'OSD above osd_memory_target',
  needs: { cephMemoryTargets, processes },
  authority: limits.osdMemoryPct.authority,
  judge: ({ cephMemoryTargets: targets, processes: table }) => {
    const running = osdProcesses(table.now?.processes);
    return [...(targets.now ?? [])].flatMap(([osd, { memoryTargetBytes }]): readonly Found[] => {
      const rssKiB = running.get(osd)?.rssKiB;
      if (!memoryTargetBytes || rssKiB === undefined) return [];
      const pct = (100 * rssKiB * 1024) / memoryTargetBytes;
      if (pct < limits.osdMemoryPct.warn) return [];
      return [
        {
          severity: 'warn',
          subject: `osd.${osd}`,
          subjectVocabulary: 'fixed',
          entity: osdRef(osd),
          sentence: `RSS ${binaryBytes(rssKiB * 1024)}, ${percent(pct)} of osd_memory_target (${binaryBytes(memoryTargetBytes)})`,
          evidence: [
            { what: 'RSS', value: kib(rssKiB), source: '/proc/PID/stat' },
            { what: 'osd_memory_target', value: bytes(memoryTargetBytes), source: 'config get (admin socket)' },
          ],
          next: `\`ceph tell osd.${osd} dump_mempools\` (osd_pglog first); unreleased memory: \`ceph tell osd.${osd} heap stats\``,
          pane: 'ceph',
        },
      ];
    });
  },
});
