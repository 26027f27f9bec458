import { zombiesByParent } from '../../entities/processes/zombies.ts';
import { plain } from '../../lib/plain.ts';
import { plural } from '../../lib/units.ts';
import { processes } from '../../sources/processes/processes.ts';
import { processRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Fewer are harmless: each takes a PID and nothing else. */
const LEAST = 10;

/** Ended processes of which the parent does not take the exit status. */
export const zombies = defineFinding({
  id: 'zombies',
  title: 'Zombie processes with their parent',
  needs: { processes },
  authority: `[own]: ${LEAST} of one parent for 4 s`,
  judge: ({ processes: { history } }): readonly Found[] =>
    zombiesByParent(history).flatMap(({ parent, parentPid, zombies: all }): Found[] => {
      const [oldest] = all;
      if (all.length < LEAST || !oldest) return [];
      const owner = parent?.owner ? `, ${parent.owner.kind} ${plain(parent.owner.name)}` : '';
      return [
        {
          severity: 'warn',
          entity: processRef(parent ?? { pid: parentPid, startTicks: undefined }),
          subject: parent ? `${plain(parent.command)}[${parentPid}]` : `PID ${parentPid}`,
          sentence: `${plural(all.length, 'zombie')}: does not wait for its children (${plain(oldest.command)})${owner}`,
          evidence: [
            { what: 'state Z', value: `${all.length}`, source: `/proc/${oldest.pid}/stat` },
            { what: 'parent', value: `${parentPid}`, source: `/proc/${oldest.pid}/stat` },
          ],
          next: 'restart the parent: its zombies go with it; `kill` on a zombie has no effect',
          pane: 'processes',
        },
      ];
    }),
});
