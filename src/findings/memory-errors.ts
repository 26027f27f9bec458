import { count } from '../lib/units.ts';
import { edac, type MemoryController, type MemoryModule } from '../sources/edac.ts';
import type { Severity } from '../theme.ts';
import { defineFinding, type Found } from './finding.ts';
import { overLast } from './window.ts';

/** rasdaemon takes a page out of use when it had this many within 24 hours. */
const MANY_CORRECTED = 50;

/** A memory module that fails, or begins to. */
export const memoryErrors = defineFinding({
  id: 'memory-errors',
  title: 'Memory errors',
  needs: { edac },
  authority: 'rasdaemon: 50 corrected errors; any that could not be corrected is critical; kernel: driver-api/edac',
  judge: (moment) => {
    const { now, before } = overLast(moment.edac, 900);
    const earlier = new Map(before?.flatMap(places).map((place) => [place.id, place]));
    return (now ?? []).flatMap(places).flatMap((place): Found[] => {
      const severity = severityOf(place, earlier.get(place.id));
      if (severity === undefined) return [];
      const name = place.label ?? place.id;
      const folder = `/sys/devices/system/edac/mc/${place.id}`;
      return [
        {
          severity,
          subject: name,
          sentence: `memory ${name}: ${count(place.uncorrected)} errors that could not be corrected, ${count(place.corrected)} corrected, since the driver was loaded`,
          evidence: [
            { what: 'uncorrected', value: count(place.uncorrected), source: folder },
            { what: 'corrected', value: count(place.corrected), source: folder },
          ],
          next:
            severity === 'crit'
              ? 'move the work away and replace the module; a process that owned the page may have been killed (kernel log, mcelog, rasdaemon)'
              : 'watch whether it grows, and have the module at hand; the kernel log and rasdaemon name the page',
          pane: 'hardware',
        },
      ];
    });
  },
});

type Place = Pick<MemoryModule, 'id' | 'label' | 'corrected' | 'uncorrected'>;

/** The modules with errors; the controller itself where it cannot tell which module it was. */
function places({ id, name, corrected, uncorrected, modules }: MemoryController): readonly Place[] {
  const bad = modules.filter((one) => (one.corrected ?? 0) + (one.uncorrected ?? 0) > 0);
  return bad.length > 0 ? bad : [{ id, label: name && `${name} (${id})`, corrected, uncorrected }];
}

function severityOf(now: Place, before: Place | undefined): Severity | undefined {
  if ((now.uncorrected ?? 0) > 0) return 'crit';
  const corrected = now.corrected ?? 0;
  if (corrected === 0) return undefined;
  const grows = before?.corrected !== undefined && corrected > before.corrected;
  return grows || corrected >= MANY_CORRECTED ? 'warn' : 'info';
}
