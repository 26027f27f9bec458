import type { Filesystem, filesystems } from '../../sources/storage/filesystems.ts';
import { limits } from '../../thresholds.ts';
import type { Seen } from '../../timeline/moment.ts';
import type { SampleOf } from '../../sources/source.ts';

type SeenFilesystems = Seen<SampleOf<typeof filesystems>>;

/** Space in use, percent, as df(1) has it: without blocks reserved for root. */
export function usedPct({ usedBytes, availableBytes }: Filesystem): number | undefined {
  if (usedBytes === undefined || availableBytes === undefined || usedBytes + availableBytes === 0) return undefined;
  return (100 * usedBytes) / (usedBytes + availableBytes);
}

export const inodesPct = ({ inodes, inodesUsed }: Filesystem): number | undefined =>
  inodes === undefined || inodesUsed === undefined ? undefined : (100 * inodesUsed) / inodes;

const TREND_SECONDS = 300;
/** Shortest time of a trend; what grows in one step has none. */
const LEAST_SECONDS = 120;
const MOST_SECONDS = 7 * 86_400;

/** Course of the free space of a filesystem over the last minutes. */
export interface Filling {
  readonly bytesPerSec: number;
  readonly secondsLeft: number;
}

/** Filesystems that fill up steadily: both halves of the last five minutes grow, and the slower one counts. By mount point. */
export function fillings({ history, now }: SeenFilesystems): ReadonlyMap<string, Filling> {
  const last = history.at(-1);
  const found = new Map<string, Filling>();
  if (last === undefined || now === undefined) return found;
  const recent = history.filter(({ at }) => last.at - at <= TREND_SECONDS && at <= last.at);
  const first = recent[0];
  if (first === undefined || last.at - first.at < LEAST_SECONDS) return found;
  const middle = recent.find(({ at }) => at >= (first.at + last.at) / 2) ?? last;
  const freeOf = (entry: typeof first) =>
    new Map(entry.sample?.filesystems.map((one) => [one.target, one.availableBytes]));
  const [before, between] = [freeOf(first), freeOf(middle)];
  for (const { target, availableBytes } of now.filesystems) {
    const [start, half] = [before.get(target), between.get(target)];
    if (start === undefined || half === undefined || availableBytes === undefined) continue;
    const rates = [(start - half) / (middle.at - first.at), (half - availableBytes) / (last.at - middle.at)];
    const bytesPerSec = Math.min(...rates);
    const secondsLeft = availableBytes / bytesPerSec;
    if (bytesPerSec > 0 && secondsLeft < MOST_SECONDS) found.set(target, { bytesPerSec, secondsLeft });
  }
  return found;
}

/** Time left that counts: a backup or a download writes for minutes, and its rate does not hold for hours. */
const LEFT_SECONDS = { warn: 1800, crit: 600 };
/** Use from which a filesystem that fills up counts. */
const FILLING_PCT = 50;

/** Severity of the space in use: by share, and by the time that is left where it fills up. */
export function spaceSeverity(pct: number | undefined, filling: Filling | undefined): 'crit' | 'warn' | undefined {
  const { warn, crit } = limits.filesystemUsedPct;
  if (pct === undefined) return undefined;
  const left = filling?.secondsLeft ?? Infinity;
  if (pct >= crit || (pct >= warn && left < LEFT_SECONDS.crit)) return 'crit';
  return pct >= warn || (pct >= FILLING_PCT && left < LEFT_SECONDS.warn) ? 'warn' : undefined;
}

/** As `spaceSeverity`; none of a mount that is read-only by intent: an image is full by design. */
export const spaceGrade = (one: Filesystem, filling: Filling | undefined): 'crit' | 'warn' | undefined =>
  one.options.includes('ro') ? undefined : spaceSeverity(usedPct(one), filling);

export function inodeGrade(one: Filesystem): 'crit' | 'warn' | undefined {
  const { warn, crit } = limits.filesystemInodesPct;
  const pct = inodesPct(one);
  if (pct === undefined || pct < warn || one.options.includes('ro')) return undefined;
  return pct >= crit ? 'crit' : 'warn';
}
