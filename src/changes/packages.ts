import { packageLog, type AptRun, type PackageChange } from '../sources/machine/package-log.ts';
import { defineChanges, type Change } from './change.ts';
import { clockNeeds, hostClock } from './host-clock.ts';

/** apt logs its start after dpkg's lock, and its end after the last trigger. */
const SLACK_MS = 5000;
/** A package with a kernel in it: `linux-image-6.1.0-27-amd64`, `kernel-core`. */
const KERNEL = /^(?:linux-image-\d|linux-modules-\d|kernel(?:-core|-default|-rt)?$)/;

/** Packages installed, upgraded and removed, with the command line of apt. */
export const packageChanges = defineChanges({
  id: 'packages',
  needs: { ...clockNeeds, packageLog },
  of: (moment) => {
    const clock = hostClock(moment);
    const { packages = [], runs = [] } = moment.packageLog.now ?? {};
    return packages.map((one): Change => ({
      atMs: clock.ofHost(one.epochMs),
      what: KERNEL.test(one.name) ? 'kernel' : 'package',
      subject: one.name,
      sentence: sentenceOf(one),
      by: runs.findLast((run) => isIn(run, one))?.command,
      source: one.log,
    }));
  },
});

const isIn = ({ startMs, endMs = Infinity }: AptRun, { epochMs }: PackageChange): boolean =>
  epochMs >= startMs - SLACK_MS && epochMs <= endMs + SLACK_MS;

function sentenceOf({ action, from, to }: PackageChange): string {
  if (from !== undefined && to !== undefined) return `${action} ${from} → ${to}`;
  return `${action} ${to ?? from ?? ''}`.trimEnd();
}
