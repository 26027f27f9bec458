import { journalLimit, journalReach } from '../../entities/systemd/journal.ts';
import { bytes, span } from '../../lib/units.ts';
import { journalFiles } from '../../sources/systemd/journal-files.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Entries of a day: a fault of the last night is in the journal. */
const LEAST_REACH_SECONDS = 86_400;
/** Share of its limit from which journald drops old files: it does so by whole files, of up to an eighth. */
const AT_LIMIT = 0.8;

/** Journal at its limit that reaches back less than a day: what came before is dropped. */
export const journalShort = defineFinding({
  id: 'journal-short',
  title: 'Journal of less than a day',
  needs: { journalFiles },
  authority: '[own]: less than 24 h at 80 % of its limit; journald.conf(5): SystemMaxUse=, SystemKeepFree=',
  judge: ({ journalFiles: { now, history } }): readonly Found[] => {
    const last = history.at(-1);
    const limit = now && journalLimit(now);
    const reach = now && last && journalReach(now, last.wallMs);
    if (!now || !limit || reach === undefined || reach >= LEAST_REACH_SECONDS || now.bytes < AT_LIMIT * limit.bytes)
      return [];
    return [
      {
        severity: 'info',
        entity: entityRef('daemon', 'journald'),
        subject: 'journald',
        subjectVocabulary: 'fixed',
        sentence: `journal reaches back ${span(reach)}, ${bytes(now.bytes)} of ${bytes(limit.bytes)} used (${limit.by})`,
        evidence: [
          { what: 'disk use', value: `${bytes(now.bytes)} in ${now.files} files`, source: 'find' },
          { what: 'limit', value: `${bytes(limit.bytes)} (${limit.by})`, source: 'journald.conf, statfs' },
          ...(now.freeBytes === undefined ? [] : [{ what: 'free', value: bytes(now.freeBytes), source: 'statfs' }]),
        ],
        next: `raise ${limit.by === 'SystemKeepFree' || limit.by === 'RuntimeKeepFree' ? 'the free space of its filesystem' : `${limit.by}= in journald.conf`}; find who logs most: open systemd, ↵ on the unit`,
        pane: 'systemd',
      },
    ];
  },
});
