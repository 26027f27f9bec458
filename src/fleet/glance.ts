import type { AnyFinding } from '../findings/finding.ts';
import { kernelState } from '../sources/kernel/kernel-state.ts';
import { blockDevices } from '../sources/machine/block-devices.ts';
import { cpuStat } from '../sources/machine/cpu-stat.ts';
import { cpuTopology } from '../sources/machine/cpu-topology.ts';
import { diskstats } from '../sources/machine/diskstats.ts';
import { identity } from '../sources/machine/identity.ts';
import { loadavg } from '../sources/machine/loadavg.ts';
import { meminfo } from '../sources/machine/meminfo.ts';
import { netdev } from '../sources/machine/netdev.ts';
import { pressure } from '../sources/machine/pressure.ts';
import { vmstat } from '../sources/machine/vmstat.ts';
import { clock } from '../sources/network/clock.ts';
import { addresses } from '../sources/network/routing.ts';
import { packageFiles } from '../sources/packages/package-files.ts';
import { filesystems } from '../sources/storage/filesystems.ts';
import { units } from '../sources/systemd/units.ts';
import type { AnySource } from '../sources/source.ts';
import { packageVersions, type Interner } from './facts.ts';

/**
 * CPU share in 3 s above which the periods of a glance are stretched, percent of one core. Reads come together every 10 s: their mean is
 * about a tenth of it.
 */
export const GLANCE_BUDGET_PCT = 0.3;

/** Sources of a glance with their periods: few files, so that a fleet of hundreds costs each host next to nothing. */
const PERIODS: readonly (readonly [source: AnySource, everySeconds: number | 'once'])[] = [
  [pressure, 10],
  [cpuStat, 10],
  [loadavg, 10],
  [meminfo, 10],
  [vmstat, 10],
  [diskstats, 10],
  [netdev, 10],
  [filesystems, 10],
  [kernelState, 60],
  [clock, 60],
  [units, 60],
  [packageFiles, 60],
  [identity, 300],
  [addresses, 300],
  [cpuTopology, 'once'],
  [blockDevices, 'once'],
];

/** Sources of one host at a glance. A reading with the same text has the same sample: most files of a quiet host do not change. */
export const glanceSources = (intern: Interner): readonly AnySource[] => [
  ...PERIODS.map(([source, everySeconds]): AnySource => ({
    ...source,
    everySeconds,
    value: 'high',
    parse: sharing(source.parse),
  })),
  packageVersions(intern),
];

type Parse = AnySource['parse'];

function sharing(parse: Parse): Parse {
  let known: { readonly values: Readonly<Record<string, unknown>>; readonly sample: unknown } | undefined;
  return (values: Readonly<Record<string, unknown>>): unknown => {
    const names = Object.keys(values);
    const last = known;
    if (
      last &&
      names.length === Object.keys(last.values).length &&
      names.every((name) => values[name] === last.values[name])
    )
      return last.sample;
    known = { values, sample: parse(values) };
    return known.sample;
  };
}

/** Rules that a glance has all sources for. */
export function glanceRules(rules: readonly AnyFinding[]): readonly AnyFinding[] {
  const read = new Set(PERIODS.map(([{ id }]) => id));
  return rules.filter(({ needs }) => Object.values<AnySource>(needs).every(({ id }) => read.has(id)));
}
