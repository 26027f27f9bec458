import { entityRef } from '../../findings/entity-ref.ts';
import { foldNames } from '../../lib/fold-names.ts';
import { label, plain } from '../../lib/plain.ts';
import { NONE } from '../../lib/units.ts';
import type { Detail, TableSection } from '../../panes/pane.ts';
import type { Severity } from '../../theme.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import { textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { ClusterIncident, ClusterVictim } from './cluster-incidents.ts';
import type { ClusterView } from './cluster-views.ts';

const RANK: Readonly<Record<Severity, number>> = { crit: 3, warn: 2, info: 1 };

export const incidentTable = (incidents: readonly ClusterIncident[]): TableSection<ClusterIncident> => ({
  kind: 'table',
  id: 'incidents',
  title: 'Incidents across hosts',
  sources: ['fleet'],
  columns: [
    { id: 'severity', title: 'SEV', about: 'Severity of the incident: the worst of its findings.', vocabulary: 'fixed', width: 4, rank: 0, value: ({ severity }) => RANK[severity], text: ({ severity }) => severity, role: ({ severity }) => severity },
    { id: 'host', title: 'CULPRIT', about: 'Host of the cause.', width: 14, widest: 30, rank: 0, value: ({ host }) => plain(host) },
    { id: 'object', title: 'OBJECT', about: 'Object of the cause.', width: 10, widest: 24, rank: 1, value: ({ subject }) => plain(subject) },
    textColumn({ id: 'problem', title: 'PROBLEM', about: 'Finding that is the cause.', vocabulary: 'fixed', width: 20, wants: 50, grow: true, rank: 0, role: ({ severity }) => severity, value: ({ sentence }) => label(sentence) }),
    totalColumn({ id: 'findings', title: 'EXPLAINS', about: 'Findings that follow from it.', width: 8, rank: 1, value: ({ victims }) => victims.length }),
    { id: 'on', title: 'ON', about: 'Hosts that have them.', width: 14, widest: 30, rank: 0, value: ({ victims }) => foldNames([...new Set(victims.map(({ host }) => plain(host)))]) },
  ],
  rows: incidents,
  key: ({ key }) => key,
  sort: { column: 'severity', descending: true },
  entity: ({ host }) => entityRef('host', host),
  detail: (row) => victimsOf(row),
  minRows: 2,
  empty: ownWords('none'),
}); // prettier-ignore

/** Page of an incident that spans hosts: its chain of evidence. */
const victimsOf = ({ host, subject, sentence, victims }: ClusterIncident): Detail => ({
  id: 'cluster-incident',
  title: `${plain(host)}: ${plain(subject)}`,
  sources: {},
  everySeconds: 0,
  sections: () => [victimTable(sentence, victims)],
});

const victimTable = (sentence: string, victims: readonly ClusterVictim[]): TableSection<ClusterVictim> => ({
  kind: 'table',
  id: 'victims',
  title: 'Findings that follow',
  note: label(sentence),
  sources: ['fleet'],
  columns: [
    { id: 'host', title: 'HOST', about: 'Host that has the finding.', width: 14, widest: 30, rank: 0, value: ({ host }) => plain(host) },
    { id: 'object', title: 'OBJECT', about: 'Object of the finding.', width: 14, widest: 30, rank: 0, value: ({ subject }) => plain(subject) },
    textColumn({ id: 'problem', title: 'PROBLEM', about: 'Condition of the object.', vocabulary: 'fixed', width: 20, grow: true, rank: 0, role: ({ severity }) => severity, value: (row) => label(row.sentence) }),
    textColumn({ id: 'because', title: 'BECAUSE', about: 'Why it follows.', vocabulary: 'fixed', width: 20, wants: 40, rank: 1, value: ({ because }) => because }),
  ],
  rows: victims,
  sort: { column: 'host', descending: false },
  key: ({ host, rule, condition = '', subject }) => `${host} ${rule} ${condition} ${subject}`,
  host: ({ host }) => host,
  empty: ownWords('none'),
}); // prettier-ignore

const contradictionText = ({ contradictions }: ClusterView): string =>
  contradictions.map(({ what, values }) => `${what}: ${values.map(({ value, hosts }) => `${plain(value)} (${foldNames(hosts.map((host) => plain(host)))})`).join(', ')}`).join('; '); // prettier-ignore

export const clusterTable = (clusters: readonly ClusterView[]): TableSection<ClusterView> => ({
  kind: 'table',
  id: 'clusters',
  title: 'Clusters',
  sources: ['fleet'],
  columns: [
    { id: 'kind', title: 'CLUSTER', about: 'Ceph by its fsid, Kubernetes by the CA of its API server, OVN by its southbound databases, Galera and RabbitMQ by their cluster name.', vocabulary: 'fixed', width: 10, rank: 0, value: ({ kind }) => kind },
    { id: 'id', title: 'ID', about: 'What names the cluster on all of its hosts.', width: 12, widest: 36, rank: 3, value: ({ id }) => (id === undefined ? NONE : plain(id)) },
    textColumn({ id: 'state', title: 'STATE', about: 'Health as the cluster reports it.', vocabulary: 'fixed', width: 14, wants: 24, rank: 0, role: ({ severity }) => severity ?? 'text', value: ({ state }) => (state === undefined ? NONE : label(state)) }),
    textColumn({ id: 'summary', title: 'SUMMARY', about: 'Members, objects.', vocabulary: 'fixed', width: 16, wants: 40, grow: true, rank: 1, value: ({ summary }) => label(summary) }),
    { id: 'from', title: 'READ FROM', about: 'Host whose reading this is.', width: 12, widest: 30, rank: 0, value: ({ readFrom }) => plain(readFrom) },
    { id: 'hosts', title: 'HOSTS', about: 'Hosts of the fleet that belong to it or read it.', width: 14, widest: 40, rank: 1, value: ({ hosts }) => foldNames(hosts.map((host) => plain(host))) },
    textColumn({ id: 'contradictions', title: 'CONTRADICTIONS', about: 'Figures on which its hosts do not agree.', vocabulary: 'fixed', width: 14, wants: 40, rank: 2, role: () => 'warn', value: (row) => contradictionText(row) }),
  ],
  rows: clusters,
  key: ({ kind, id = '' }) => `${kind} ${id}`,
  sort: { column: 'kind', descending: false },
  host: ({ readFrom }) => readFrom,
  empty: ownWords('none'),
  minRows: 2,
}); // prettier-ignore
