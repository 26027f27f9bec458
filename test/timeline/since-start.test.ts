import { describe, expect, test } from 'vitest';
import { sources } from '../../src/subsystems/index.ts';
import { cpuStat } from '../../src/sources/machine/cpu-stat.ts';
import { loadavg } from '../../src/sources/machine/loadavg.ts';
import { softnet, softnetRates } from '../../src/sources/machine/softnet.ts';
import { momentSinceStart, orSinceStart } from '../../src/timeline/since-start.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { meanMark, overLast, overLastOrLife } from '../../src/timeline/window.ts';

const SOFTNET =
  '000003e8 0000000a 00000002 0 0 0 0 0 0 0 0 0 00000000\n000007d0 00000000 0 0 0 0 0 0 0 0 0 0 00000001\n';

/** Timeline of one reading of /proc/net/softnet_stat, 100 s after boot. */
function timelineOf({ isOneMoment = true, missing = {}, text = SOFTNET } = {}): Timeline {
  const timeline = new Timeline();
  timeline.isOneMoment = isOneMoment;
  timeline.append('softnet', { sample: softnet.parse({ softnet: text }), at: 100, wallMs: 5000, missing, tookMs: 0 });
  return timeline;
}
const seenIn = (timeline: Timeline) => timeline.moment({ softnet }, 5000).softnet;

describe('means since the start of counters', () => {
  test('are counters by the uptime when there is one moment for good', () => {
    const seen = seenIn(timelineOf());
    expect(softnetRates(overLast(seen, 60))[0]).toMatchObject({ cpu: 0, droppedPerSec: undefined });
    expect(softnetRates(overLastOrLife(seen, 60))).toMatchObject([
      { cpu: 0, processedPerSec: 10, droppedPerSec: 0.1, squeezedPerSec: 0.02 },
      { cpu: 1, processedPerSec: 20, droppedPerSec: 0 },
    ]);
    expect(meanMark(seen)).toBe(', mean since boot');
  });

  test('are none while another reading may come, and none of a read without a value', () => {
    for (const timeline of [
      timelineOf({ isOneMoment: false }),
      timelineOf({ missing: { softnet: { ok: false, why: 'failed', detail: 'x' } } }),
    ]) {
      expect(seenIn(timeline).sinceStart).toBeUndefined();
      expect(orSinceStart(seenIn(timeline)).before).toBeUndefined();
      expect(meanMark(seenIn(timeline))).toBe('');
    }
  });

  test('give way to rates between two readings', () => {
    const timeline = timelineOf();
    timeline.append('softnet', { sample: softnet.parse({ softnet: SOFTNET }), at: 110, wallMs: 15_000, missing: {}, tookMs: 0 }); // prettier-ignore
    const seen = timeline.moment({ softnet }, 15_000).softnet;
    expect(seen.sinceStart).toBeUndefined();
    expect(softnetRates(orSinceStart(seen))[0]).toMatchObject({ processedPerSec: 0 });
  });

  test('are not made of figures that are no counters', () => {
    const timeline = timelineOf();
    timeline.append('loadavg', { sample: loadavg.parse({ text: '9 8 7 1/2 3\n' }), at: 100, wallMs: 5000, missing: {}, tookMs: 0 }); // prettier-ignore
    const moment = momentSinceStart(timeline.moment({ softnet, loadavg, cpuStat }, 5000));
    expect(moment.softnet.before?.length).toBe(2);
    expect(moment.loadavg.before).toBeUndefined();
    expect(moment.cpuStat.before).toBeUndefined();
  });
});

test('countsSince is declared by sources of counters alone', () => {
  const declared = sources.flatMap(({ id, countsSince }) =>
    countsSince === undefined ? [] : [`${id} ${countsSince}`],
  );
  expect(declared.toSorted()).toEqual([
    'ceph-mon-store start',
    'ceph-osds start',
    'cifs boot',
    'conntrack boot',
    'cpu-stat boot',
    'diskstats boot',
    'interrupts boot',
    'link-counters boot',
    'netdev boot',
    'nfs-mounts boot',
    'nfs-server boot',
    'numa boot',
    'ovs-datapath start',
    'scsi-counters boot',
    'softirqs boot',
    'softnet boot',
    'vmstat boot',
  ]);
});
