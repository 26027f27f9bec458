import { entityRef, hostResource, thisHost } from '../findings/entity-ref.ts';
import { binaryKib, plural, span } from '../lib/units.ts';
import type { cpuStat, CpuTicks } from '../sources/machine/cpu-stat.ts';
import { etcFiles } from '../sources/machine/etc-files.ts';
import { identity } from '../sources/machine/identity.ts';
import { kernelModules } from '../sources/machine/kernel-modules.ts';
import { meminfo } from '../sources/machine/meminfo.ts';
import { mmSettings } from '../sources/machine/mm-settings.ts';
import { mounts, type Mount } from '../sources/machine/mounts.ts';
import { sysctl } from '../sources/machine/sysctl.ts';
import type { SampleOf } from '../sources/source.ts';
import { defineChanges, type Change } from './change.ts';
import { defineDiffer, mapDifferences, type Difference } from './differences.ts';
import { clockNeeds, hostClock, type HostClock } from './host-clock.ts';

/** Least step of the wall clock that is a change: the boot time is in whole seconds, and NTP slews smaller ones. */
const STEP_SECONDS = 2;

/** Boot, kernels and snaps, files of /etc, modules, mounts, settings, CPUs, memory and steps of the clock. */
export const machineChanges = defineChanges({
  id: 'machine',
  needs: { ...clockNeeds, identity, etcFiles, kernelModules, mounts, sysctl, mmSettings, meminfo },
  of: (moment) => {
    const clock = hostClock(moment);
    return [
      ...boots(clock, moment.identity.now?.kernel),
      ...(moment.etcFiles.now?.files ?? []).map(({ path, modifiedMs }): Change => ({
        atMs: clock.ofHost(modifiedMs),
        what: 'file',
        subject: path,
        sentence: 'modified',
        source: 'mtime below /etc',
      })),
      ...(moment.etcFiles.now?.images ?? []).flatMap(({ path, modifiedMs }) =>
        imageChange(path, clock.ofHost(modifiedMs), moment.identity.now?.kernel),
      ),
      ...moduleChanges(moment.kernelModules),
      ...mountChanges(moment.mounts),
      ...sysctlChanges(moment.sysctl),
      ...settingChanges(moment.mmSettings),
      ...memoryChanges(moment.meminfo),
      ...cpuChanges(moment.cpuStat),
    ];
  },
});

const boots = ({ bootMs }: HostClock, kernel: string | undefined): readonly Change[] =>
  bootMs === undefined
    ? []
    : [
        {
          atMs: bootMs,
          what: 'boot',
          subject: 'host',
          entity: thisHost,
          sentence: kernel === undefined ? 'booted' : `booted ${kernel}`,
          source: '/proc/stat btime',
        },
      ];

/** `/lib/modules/6.1.0-27-amd64/modules.dep`, `/snap/lxd/current`. */
function imageChange(path: string, atMs: number, running: string | undefined): readonly Change[] {
  const [, kernel] = /^\/lib\/modules\/([^/]+)\/modules\.dep$/.exec(path) ?? [];
  if (kernel !== undefined) {
    const use = running === undefined ? '' : kernel === running ? ', running' : `, running is ${running}`;
    return [{ atMs, what: 'kernel', subject: kernel, sentence: `modules indexed (depmod)${use}`, source: path }];
  }
  const [, snap] = /^\/snap\/([^/]+)\/current$/.exec(path) ?? [];
  return snap === undefined ? [] : [{ atMs, what: 'snap', subject: snap, sentence: 'refreshed', source: path }];
}

const moduleChanges = defineDiffer<SampleOf<typeof kernelModules>>(
  ({ modules }) => modules !== undefined,
  ({ modules: before }, { modules: now }) => {
    const module = (subject: string, sentence: string): Difference => ({
      what: 'module',
      subject,
      sentence,
      source: '/proc/modules',
    });
    return [
      ...[...(now ?? [])].filter((name) => !before?.has(name)).map((name) => module(name, 'loaded')),
      ...[...(before ?? [])].filter((name) => !now?.has(name)).map((name) => module(name, 'removed')),
    ];
  },
);

const mountChanges = defineDiffer<SampleOf<typeof mounts>>(
  (sample) => sample.mounts !== undefined,
  (before, now) => {
    const { added, removed, changed } = mapDifferences(
      before.mounts ?? new Map<string, Mount>(),
      now.mounts ?? new Map<string, Mount>(),
      (a, b) => a.device === b.device && a.access === b.access,
    );
    const mount = (subject: string, sentence: string): Difference => ({
      what: 'mount',
      subject,
      entity: entityRef('mount', subject),
      sentence,
      source: 'findmnt',
    });
    return [
      ...added.map(([target, { device, type }]) => mount(target, `mounted ${device} (${type})`)),
      ...removed.map(([target, { device }]) => mount(target, `unmounted ${device}`)),
      ...changed.map(({ key, before: old, now: next }) =>
        mount(
          key,
          old.device === next.device
            ? `remounted ${old.access} → ${next.access}`
            : `device ${old.device} → ${next.device}`,
        ),
      ),
    ];
  },
);

const setting = (subject: string, before: string, now: string, source: string): Difference => ({
  what: 'sysctl',
  subject,
  sentence: `${before} → ${now}`,
  source,
});

const sysctlChanges = defineDiffer<SampleOf<typeof sysctl>>(
  ({ settings }) => settings.size > 0,
  ({ settings: before }, { settings: now }) =>
    mapDifferences(before, now).changed.map(({ key, before: old, now: next }) =>
      setting(key, old, next, `/proc/sys/${key.replaceAll('.', '/')}`),
    ),
);

/** Settings beside sysctl; those of vm are compared there. */
const settingChanges = defineDiffer<SampleOf<typeof mmSettings>>(
  () => true,
  (before, now) =>
    (
      [
        ['transparent_hugepage', before.thp, now.thp, '/sys/kernel/mm/transparent_hugepage/enabled'],
        ['kernel.numa_balancing', before.numaBalancing, now.numaBalancing, '/proc/sys/kernel/numa_balancing'],
      ] as const
    ).flatMap(([name, old, next, path]) =>
      old === undefined || next === undefined || old === next ? [] : [setting(name, String(old), String(next), path)],
    ),
);

const memoryChanges = defineDiffer<SampleOf<typeof meminfo>>(
  ({ totalKiB }) => totalKiB !== undefined,
  ({ totalKiB: before = 0 }, { totalKiB: now = 0 }) =>
    before === now
      ? []
      : [
          {
            what: 'memory',
            subject: 'memory',
            entity: hostResource('memory'),
            sentence: `${binaryKib(before)} → ${binaryKib(now)}`,
            source: '/proc/meminfo MemTotal',
          },
        ],
);

interface CpuSample {
  readonly cpus: ReadonlyMap<number, CpuTicks>;
  readonly bootEpochSeconds: number | undefined;
}

const cpuChanges = defineDiffer<SampleOf<typeof cpuStat>>(
  ({ cpus }) => cpus.size > 0,
  (before, now) => [...hotplug(before, now), ...clockSteps(before, now)],
);

function hotplug({ cpus: before }: CpuSample, { cpus: now }: CpuSample): readonly Difference[] {
  if (before.size === now.size) return [];
  const sentence = `${before.size} → ${plural(now.size, 'CPU')} online`;
  return [{ what: 'cpu', subject: 'CPUs', entity: hostResource('cpu'), sentence, source: '/proc/stat' }];
}

/** The boot time is the wall clock minus the uptime, so it moves when the wall clock is set. */
function clockSteps(before: CpuSample, now: CpuSample): readonly Difference[] {
  const step = (now.bootEpochSeconds ?? 0) - (before.bootEpochSeconds ?? 0);
  if (before.bootEpochSeconds === undefined || now.bootEpochSeconds === undefined || Math.abs(step) < STEP_SECONDS)
    return [];
  const sentence = `wall clock stepped ${step > 0 ? 'forward' : 'back'} ${span(Math.abs(step))}`;
  return [{ what: 'clock', subject: 'clock', entity: thisHost, sentence, source: '/proc/stat btime' }];
}
