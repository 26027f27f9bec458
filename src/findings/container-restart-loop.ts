import { containersAt, containerNeeds } from '../entities/containers.ts';
import { containerSubject, few } from './container-few.ts';
import { defineFinding, type Found } from './finding.ts';

/** Fewer restarts than this may be somebody's doing. */
const LEAST_RESTARTS = 3;

/** It dies and is started again, over and over. */
export const containerRestartLoop = defineFinding({
  id: 'container-restart-loop',
  title: 'A container that restarts again and again',
  needs: containerNeeds,
  authority: '[own]: 3 restarts in 10 minutes, or its engine calls it restarting',
  judge: (moment) => {
    const all = containersAt(moment)
      .filter(({ state, restartsLately }) => state === 'restarting' || (restartsLately ?? 0) >= LEAST_RESTARTS)
      .toSorted((a, b) => (b.restartsLately ?? 0) - (a.restartsLately ?? 0));
    const found = all.map((container): Found => {
      const subject = containerSubject(container);
      const { restartsLately, exitCode, state } = container;
      const times = restartsLately === undefined ? '' : `, ${restartsLately} times in the last 10 minutes`;
      return {
        severity: state === 'restarting' ? 'crit' : 'warn',
        subject,
        sentence: `${subject} dies and is started again${times}${exitCode === undefined ? '' : `; it ends with ${exitCode}`}`,
        evidence: [
          { what: 'restarts in 10 minutes', value: `${restartsLately ?? '—'}`, source: 'events of its engine' },
          { what: 'state', value: state, source: 'its engine' },
          { what: 'exit code', value: `${exitCode ?? '—'}`, source: 'its engine' },
        ],
        next: 'its last words are in its log (docker logs NAME, lxc console --show-log NAME); 137 is a kill, often for want of memory',
        pane: 'containers',
      };
    });
    return few(found, 'restart again and again');
  },
});
