import { evictionSignals } from '../../entities/kubernetes/eviction.ts';
import { kubeLocal } from '../../sources/kubernetes/local.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { bytes, percent } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Near the line at which the kubelet kills pods to keep the node alive. */
const NEAR_TIMES = 1.5;

export const kubeEvictionNear = defineFinding({
  id: 'kube-eviction-near',
  title: 'Near the line at which pods are evicted',
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
    }).flatMap(({ name, left, line, unit, times, where }): readonly Found[] => {
      if (times === undefined || times > NEAR_TIMES) return [];
      const text = (value: number | undefined) => (unit === 'percent' ? percent(value) : bytes(value));
      return [
        {
          severity: times <= 1 ? 'crit' : 'warn',
          subject: plain(name),
          sentence: `${plain(name)}${where === undefined ? '' : ` (${plain(where)})`} is ${text(left)}: below ${text(line)} the kubelet evicts pods`,
          evidence: [
            { what: 'left', value: text(left), source: where === undefined ? '/proc/meminfo MemAvailable' : 'statfs' },
            { what: 'line', value: text(line), source: 'evictionHard of the kubelet' },
          ],
          next: name.startsWith('memory')
            ? 'pods that use more than they request'
            : 'images that nothing uses, logs and emptyDir volumes of pods',
          pane: 'kubernetes',
        },
      ];
    });
  },
});
