import { count, span } from '../../lib/units.ts';
import { edac, type MemoryController, type MemoryModule } from '../../sources/machine/edac.ts';
import type { Severity } from '../../theme.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { quotingKernelLog } from '../kernel-line.ts';
import { counterEvents, pastAfter } from '../../timeline/last-event.ts';

/** Corrected errors within 24 hours after which rasdaemon offlines a page. */
const MANY_CORRECTED = 50;

/** Memory module with ECC errors (EDAC). */
const rule = defineFinding({
  id: 'memory-errors',
  title: 'ECC memory errors',
  needs: { edac },
  authority: 'rasdaemon: 50 corrected errors; any uncorrected one is critical; kernel: driver-api/edac',
  judge: (moment) => {
    return (moment.edac.now ?? []).flatMap(places).flatMap((place): Found[] => {
      const since = (pick: (one: Place) => number | undefined) =>
        counterEvents(
          moment.edac,
          (sample) => {
            const then = sample?.flatMap(places).find(({ id }) => id === place.id);
            return then && pick(then);
          },
          900,
        );
      const { ageSeconds, watchedSeconds } = since(
        ({ uncorrected, corrected }) => (uncorrected ?? 0) + (corrected ?? 0),
      );
      const grows = since(({ corrected }) => corrected).count > 0;
      const severity = severityOf(place, grows);
      if (severity === undefined) return [];
      const name = place.label ?? place.id;
      const folder = `/sys/devices/system/edac/mc/${place.id}`;
      return [
        {
          severity,
          subject: name,
          entity: entityRef('memory-module', place.id),
          sentence: `${count(place.uncorrected)} uncorrected, ${count(place.corrected)} corrected ECC errors, ${lastOne(ageSeconds, watchedSeconds)}`,
          evidence: [
            { what: 'uncorrected', value: count(place.uncorrected), source: folder },
            { what: 'corrected', value: count(place.corrected), source: folder },
          ],
          next:
            severity === 'crit'
              ? 'drain the host, replace the module; `journalctl -k -g "Memory failure"` names killed processes'
              : 'watch the counter, have a spare module ready; `ras-mc-ctl --errors` names the page',
          pane: 'hardware',
          ...pastAfter(ageSeconds),
        },
      ];
    });
  },
});

export const memoryErrors = quotingKernelLog(rule, () => /EDAC|Hardware Error/);

type Place = Pick<MemoryModule, 'id' | 'label' | 'corrected' | 'uncorrected'>;

/** Modules with errors; the controller itself where it does not know the module. */
function places({ id, name, corrected, uncorrected, modules }: MemoryController): readonly Place[] {
  const bad = modules.filter((one) => (one.corrected ?? 0) + (one.uncorrected ?? 0) > 0);
  return bad.length > 0 ? bad : [{ id, label: name && `${name} (${id})`, corrected, uncorrected }];
}

const lastOne = (ageSeconds: number | undefined, watchedSeconds: number): string =>
  ageSeconds !== undefined
    ? `last ${span(ageSeconds)} ago`
    : watchedSeconds > 0
      ? `none in the last ${span(watchedSeconds)}`
      : 'since the driver was loaded';

function severityOf(now: Place, grows: boolean): Severity | undefined {
  if ((now.uncorrected ?? 0) > 0) return 'crit';
  const corrected = now.corrected ?? 0;
  if (corrected === 0) return undefined;
  return grows || corrected >= MANY_CORRECTED ? 'warn' : 'info';
}
