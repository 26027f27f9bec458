import { osdProcesses } from '../../entities/ceph/osd-process.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, count, kib, percent } from '../../lib/units.ts';
import { cephMemoryTargets } from '../../sources/ceph/memory-targets.ts';
import { cephOsds } from '../../sources/ceph/osds.ts';
import { processes } from '../../sources/processes/processes.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

/** The database of an OSD no longer fits on its fast device. */
export const cephSpillover = defineFinding({
  id: 'ceph-spillover',
  title: 'A database that spilled over to the slow device',
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
          sentence: `${bytes(spilled)} of the database of osd.${osd} lie on its slow device: latency drops off a cliff when they are compacted`,
          evidence: [
            { what: 'on the slow device', value: bytes(spilled), source },
            {
              what: 'on the fast one',
              value: `${bytes(perf?.counts.dbUsedBytes)} of ${bytes(perf?.counts.dbBytes)}`,
              source,
            },
          ],
          next: 'a larger DB device, or a compaction at a quiet hour',
          pane: 'ceph',
        },
      ];
    }),
});

/** A limit that holds operations up before they reach the device. */
export const cephThrottled = defineFinding({
  id: 'ceph-throttled',
  title: 'An OSD at one of its limits',
  needs: { cephOsds },
  authority: limits.osdThrottlePct.authority,
  judge: ({ cephOsds: { now, before } }) =>
    [...(now ?? [])].flatMap(([osd, { perf }]) =>
      (perf?.throttles ?? []).flatMap((throttle): readonly Found[] => {
        const pct = (100 * throttle.now) / throttle.max;
        const earlier = before?.get(osd)?.perf?.throttles.find(({ name }) => name === throttle.name);
        // Full for a moment is what it is for; full twice it holds somebody up.
        const full = pct >= limits.osdThrottlePct.warn;
        if (!full || !earlier || (100 * earlier.now) / earlier.max < limits.osdThrottlePct.warn) return [];
        return [
          {
            severity: 'warn',
            subject: `osd.${osd} ${plain(throttle.name)}`,
            sentence: `osd.${osd} is at its limit ${plain(throttle.name)}: ${percent(pct)} of ${count(throttle.max)}`,
            evidence: [
              { what: 'taken', value: count(throttle.now), source: `perf dump of osd.${osd}` },
              { what: 'waits since its start', value: count(throttle.wait?.count), source: `perf dump of osd.${osd}` },
            ],
            next: 'what holds it up is behind the limit: its device first',
            pane: 'ceph',
          },
        ];
      }),
    ),
});

/** A process that is much larger than it is meant to be will be killed one day. */
export const cephOsdMemory = defineFinding({
  id: 'ceph-osd-memory',
  title: 'An OSD above its memory target',
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
          sentence: `osd.${osd} takes ${kib(rssKiB)}, ${percent(pct)} of its target of ${bytes(memoryTargetBytes)}`,
          evidence: [
            { what: 'resident', value: kib(rssKiB), source: '/proc/PID/stat' },
            { what: 'osd_memory_target', value: bytes(memoryTargetBytes), source: 'config get of its admin socket' },
          ],
          next: 'its pools (PG logs above all, osd_pglog) and what malloc has not given back',
          pane: 'ceph',
        },
      ];
    });
  },
});
