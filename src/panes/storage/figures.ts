import { btrfsMetadata } from '../../entities/storage/btrfs-space.ts';
import { dirtiers } from '../../entities/storage/dirtiers.ts';
import { nfsServerRates, type NfsServerRates } from '../../entities/storage/nfs-server-rates.ts';
import { plain } from '../../lib/plain.ts';
import { binaryBytes, bytes, count, kib, percent } from '../../lib/units.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { processes } from '../../sources/processes/processes.ts';
import { blockStack } from '../../sources/storage/block-stack.ts';
import { filesystemErrors } from '../../sources/storage/filesystem-errors.ts';
import { nfsServer } from '../../sources/storage/nfs-server.ts';
import { swaps } from '../../sources/storage/swaps.ts';
import { grade, limits } from '../../thresholds.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';
import { drawFigures, figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { LinesSection } from '../pane.ts';

/** Pages of x86 and of most arm64 kernels. */
const PAGE_KIB = 4;

export const figureNeeds = { meminfo, vmstat, swaps, blockStack, filesystemErrors, processes, nfsServer };

/** Page cache and who makes it dirty, swap, btrfs, the NFS server of this host. */
export function figureLines(moment: Moment<typeof figureNeeds>): readonly FigureLine[] {
  const { meminfo: memory, swaps: swapped, blockStack: stack, filesystemErrors: errors, vmstat: counters } = moment;
  const limitPages = counters.now?.dirtyLimitPages;
  const now = memory.now;
  const lines: FigureLine[] = [];
  const { now: pages, before: earlier, seconds } = overLast(counters, 10, 1);
  // Pages that the cache dropped and that were needed again.
  const refaultsPerSec = delta(pages?.refaultPages, earlier?.refaultPages, seconds);
  if (now?.dirtyKiB !== undefined)
    lines.push({
      label: 'cache',
      figures: [
        figure(
          `${kib(now.dirtyKiB)} dirty${limitPages === undefined ? '' : `, writers throttled at ${kib(limitPages * PAGE_KIB)}`}`,
        ),
        figure(`${kib(now.writebackKiB)} in writeback`),
        figure(`${kib(now.cachedKiB)} page cache`),
        ...(refaultsPerSec === undefined ? [] : [figure(`${count(refaultsPerSec)} refaults/s`)]),
      ],
    });
  const writers = dirtiers(overLast(moment.processes, 10, 1)).slice(0, 3);
  if (writers.length > 0)
    lines.push({ label: 'dirtied', figures: writers.map(({ name, bytesPerSec }) => figure(`${plain(name)} ${bytes(bytesPerSec)}/s`)) }); // prettier-ignore
  const zrams = [...(stack.now?.values() ?? [])].filter(({ zramDataBytes }) => (zramDataBytes ?? 0) > 0);
  const groups = (swapped.now?.groups ?? []).toSorted((a, b) => b.swapBytes - a.swapBytes).slice(0, 3);
  if (zrams.length > 0 || groups.length > 0)
    lines.push({
      label: 'swap',
      figures: [
        ...groups.map(({ name, swapBytes, limitBytes }) => figure(`${plain(name)} ${bytes(swapBytes)}${limitBytes === undefined ? '' : ` (limit ${bytes(limitBytes)})`}`)),
        ...zrams.map(({ name, zramDataBytes, zramMemoryBytes }) => figure(`${plain(name)} holds ${bytes(zramDataBytes)} in ${bytes(zramMemoryBytes)} of memory`)),
      ],
    }); // prettier-ignore
  for (const one of errors.now?.btrfs ?? []) {
    const { metadataBytes } = one;
    lines.push({
      label: 'btrfs',
      figures: [
        figure(plain(one.devices.join(' '))),
        figure(`metadata ${percent(btrfsMetadata(one)?.pct)} of ${bytes(metadataBytes)}, reserve included`),
        figure(`${binaryBytes(one.unallocatedBytes)} unallocated`),
        ...(one.operation === undefined || one.operation === 'none' ? [] : [figure(plain(one.operation))]),
      ],
    });
  }
  const server = nfsServerRates(overLast(moment.nfsServer, 30, 1.5));
  if (server) lines.push({ label: 'nfsd', figures: serverFigures(server) });
  return lines;
}

function serverFigures(server: NfsServerRates): FigureLine['figures'] {
  const { threads, callsPerSec, badCallsPerSec, readBytesPerSec, writtenBytesPerSec, waitedPct } = server;
  const grown = grade(waitedPct, limits.nfsWaitedPct);
  return [
    figure(`${count(threads)} threads`),
    figure(`${count(callsPerSec)} calls/s`),
    figure(`${bytes(readBytesPerSec)}/s read`),
    figure(`${bytes(writtenBytesPerSec)}/s written`),
    ...(waitedPct === undefined ? [] : [figure(`${percent(waitedPct)} waited for a thread`, grown)]),
    ...((badCallsPerSec ?? 0) === 0 ? [] : [figure(`${count(badCallsPerSec)} bad calls/s`)]),
  ];
}

export const figuresSection = (lines: readonly FigureLine[]): LinesSection => ({
  kind: 'lines',
  id: 'figures',
  title: 'Cache and swap',
  sources: ['meminfo', 'vmstat', 'swaps', 'block-stack', 'filesystem-errors', 'processes', 'nfs-server'],
  minColumns: 60,
  wantRows: () => lines.length,
  draw: (columns, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, columns, theme)),
});
