import { evictionSignals } from '../../entities/kubernetes/eviction.ts';
import { kubeLocal } from '../../sources/kubernetes/local.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { bytes, percent } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { nodeRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Margin above an eviction threshold, as a multiple of it, within which the finding stands. */
const NEAR_TIMES = 1.5;

export const kubeEvictionNear = defineFinding({
  id: 'kube-eviction-near',
  title: 'Eviction threshold near or crossed',
  needs: { kubeLocal, meminfo },
  authority:
    'kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction: hard thresholds of the kubelet; within 1.5 times of them is [own]',
  judge: (moment): readonly Found[] => {
    const local = moment.kubeLocal.now;
    if (local?.kubeletRuns !== true) return [];
    const available = moment.meminfo.now?.availableKiB;
    return evictionSignals({
      memoryAvailableBytes: available === undefined ? undefined : available * 1024,
      nodefs: local.nodefs,
      imagefs: local.imagefs,
      evictionHard: local.evictionHard,
    }).flatMap(({ name, left, threshold, unit, times, where }): readonly Found[] => {
      if (times === undefined || times > NEAR_TIMES) return [];
      const text = (value: number | undefined) => (unit === 'percent' ? percent(value) : bytes(value));
      return [
        {
          severity: times <= 1 ? 'crit' : 'warn',
          subject: plain(name),
          subjectVocabulary: 'fixed',
          entity: nodeRef(local.node),
          condition: name,
          sentence: `${times <= 1 ? 'kubelet evicts pods' : 'near eviction'}, ${text(left)} left, threshold ${text(threshold)}${where === undefined ? '' : `, ${plain(where)}`}`,
          evidence: [
            {
              what: 'available',
              value: text(left),
              source: where === undefined ? '/proc/meminfo MemAvailable' : 'statfs',
            },
            { what: 'threshold', value: text(threshold), source: 'evictionHard of the kubelet' },
          ],
          next: name.startsWith('memory')
            ? 'open Kubernetes, sort pods by MEM, compare with MEM REQ'
            : '`crictl rmi --prune`, then `du -xsh /var/log/pods/* /var/lib/kubelet/pods/*`',
          pane: 'kubernetes',
        },
      ];
    });
  },
});
