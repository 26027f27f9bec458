import { cephOsdMemory, cephSpillover, cephThrottled } from '../../../src/findings/ceph/osd-store.ts';
import { eachReply, withProcesses } from '../../helpers/answers.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

interface PerfDump {
  readonly bluefs: object;
  readonly 'throttle-osd_client_messages': object;
}

/** Counters of osd.1 changed. */
export const osdPerf = (change: (dump: PerfDump) => object) => ({
  '* < {"prefix":"perf dump"}': eachReply((text, path) => {
    if (!path.includes('osd.1.')) return text;
    // A recorded dump has these parts.
    const dump = JSON.parse(text) as PerfDump;
    return JSON.stringify({ ...dump, ...change(dump) });
  }),
});

export const spilled = (bytes: number) => osdPerf(({ bluefs }) => ({ bluefs: { ...bluefs, slow_used_bytes: bytes } }));

export const throttledOps = (val: number) =>
  osdPerf(({ 'throttle-osd_client_messages': throttle }) => ({
    'throttle-osd_client_messages': { ...throttle, val, max: 256 },
  }));

/** 6.1 GB in 4 KiB pages, of a target of 939 524 096 bytes. */
const large = withProcesses({
  pid: 4711,
  command: 'ceph-osd',
  state: 'S',
  cmdline: ['ceph-osd', '-f', '--cluster', 'ceph', '--id', '1'].join('\0'),
  rssPages: 1_500_000,
});

/** Faults of Ceph. */
export const cephFaults: readonly Fault[] = [
  faultOn('ceph-calm')(cephSpillover, [spilled(4096)], ['warn', 'osd.1', 'BlueFS spillover, 4.0 KiB of its DB on the slow device']), // prettier-ignore
  faultOn('ceph-calm')(cephThrottled, [throttledOps(250), throttledOps(256)], ['warn', 'osd.1 osd_client_messages', 'throttled, 100% of 256 in use']), // prettier-ignore
  faultOn('ceph-no-quorum')(cephOsdMemory, [large], ['warn', 'osd.1', 'RSS 5.7 GiB, 654% of osd_memory_target (896 MiB)']), // prettier-ignore
];
