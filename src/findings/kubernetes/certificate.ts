import { certificateRole, kubeStateAt, kubeStateNeeds } from '../../entities/kubernetes/state.ts';
import { plain } from '../../lib/plain.ts';
import { span } from '../../lib/units.ts';
import { entityRef, nodeRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** Certificates of the node near expiry: TLS with one fails from that second. */
export const kubeCertificate = defineFinding({
  id: 'kube-certificate',
  title: 'Certificate expired or about to expire',
  needs: kubeStateNeeds,
  authority: 'kubernetes-mixin: KubeClientCertificateExpiration, 7 days and 24 hours',
  judge: (moment): readonly Found[] => {
    const { nowEpochSeconds: now, name } = kubeStateAt(moment);
    const ending = (moment.kubeLocal.now?.certificates ?? [])
      .flatMap(({ path, endEpochSeconds: end }) =>
        end === undefined || now === undefined ? [] : [{ path, left: end - now }],
      )
      .filter(({ left }) => certificateRole(left) !== 'text')
      .toSorted((a, b) => a.left - b.left);
    const [first] = ending;
    if (!first) return [];
    const when = (left: number) => (left < 0 ? `expired ${span(-left)} ago` : `expires in ${span(left)}`);
    const role = certificateRole(first.left);
    return [
      {
        severity: role === 'text' ? 'warn' : role,
        subject: plain(first.path.split('/').at(-1) ?? first.path),
        entity: nodeRef(name),
        members: ending.map(({ path }) => entityRef('certificate', path)),
        sentence: `certificate ${when(first.left)}${ending.length > 1 ? `, ${ending.length - 1} more within 7 d` : ''}`,
        evidence: ending
          .slice(0, 8)
          .map(({ path, left }) => ({ what: plain(path), value: when(left), source: 'notAfter of the file' })),
        next: '`kubeadm certs renew all` (or the tool of the distribution), then restart the users; for the kubelet list `kubectl get csr` and approve',
        pane: 'kubernetes',
        ...onsetAgo(first.left < 0 ? -first.left : undefined, 'notAfter of the certificate'),
      },
    ];
  },
});
