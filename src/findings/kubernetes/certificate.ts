import { certificateRole, kubeStateAt, kubeStateNeeds } from '../../entities/kubernetes/state.ts';
import { plain } from '../../lib/plain.ts';
import { duration } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';

/** When one ends, everything that is spoken with it ends with it, on the second. */
export const kubeCertificate = defineFinding({
  id: 'kube-certificate',
  title: 'A certificate of the cluster that ends soon, or has ended',
  needs: kubeStateNeeds,
  authority: 'kubernetes-mixin: KubeClientCertificateExpiration, 7 days and 24 hours',
  judge: (moment): readonly Found[] => {
    const { nowEpochSeconds: now } = kubeStateAt(moment);
    const ending = (moment.kubeLocal.now?.certificates ?? [])
      .flatMap(({ path, endEpochSeconds: end }) =>
        end === undefined || now === undefined ? [] : [{ path, left: end - now }],
      )
      .filter(({ left }) => certificateRole(left) !== 'text')
      .toSorted((a, b) => a.left - b.left);
    const [first] = ending;
    if (!first) return [];
    const when = (left: number) => (left < 0 ? `ended ${duration(-left)} ago` : `ends in ${duration(left)}`);
    const role = certificateRole(first.left);
    return [
      {
        severity: role === 'text' ? 'warn' : role,
        subject: 'certificates',
        sentence: `certificate ${plain(first.path)} ${when(first.left)}${ending.length > 1 ? `, ${ending.length - 1} more soon or already` : ''}`,
        evidence: ending
          .slice(0, 8)
          .map(({ path, left }) => ({ what: plain(path), value: when(left), source: 'notAfter of the file' })),
        next: 'kubeadm certs renew (or that of the distribution), then a restart of what uses it; for the kubelet: whether its requests are approved',
        pane: 'kubernetes',
      },
    ];
  },
});
