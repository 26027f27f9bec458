import type { HostService } from '../../entities/openstack/services.ts';
import { openstackServiceRef } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { kibColumn, numberColumn, percentColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, ProcessRef, TableSection } from '../pane.ts';
import { errorsDetail } from './story.ts';

const whereOf = ({ container, unit }: HostService): string | undefined =>
  container === undefined ? unit && plain(unit) : plain(`${container.engine}/${container.name}`);

const hasFailed = ({ isRunning, state }: HostService): boolean => !isRunning && state === 'failed';

const columns: readonly Column<HostService>[] = [
  textColumn({ id: 'service', title: 'SERVICE', about: 'Service or agent, by its program, unit or container.', width: 25, widest: 32, rank: 0, value: ({ name }) => plain(name) }),
  textColumn({ id: 'state', title: 'STATE', about: 'running; without a process the state of its unit or container.', vocabulary: 'fixed', width: 14, widest: 20, rank: 0, role: (service) => (hasFailed(service) ? 'warn' : 'text'), value: ({ state }) => label(state) }),
  textColumn({ id: 'layout', title: 'LAYOUT', about: 'How it was installed: packages, charms, kolla, TripleO, RHOSO, OpenStack-Ansible, Sunbeam, MicroStack, devstack, Kubernetes.', vocabulary: 'fixed', width: 9, widest: 17, rank: 2, value: ({ layout }) => layout }),
  numberColumn({ id: 'pid', title: 'PID', about: 'pid of its oldest process.', width: 7, rank: 1, missing: '', value: ({ processes }) => processes[0]?.pid }),
  totalColumn({ id: 'processes', title: 'PROCS', about: 'Processes with its workers.', width: 5, rank: 1, missing: '', value: ({ processes }) => processes.length || undefined }),
  percentColumn({ id: 'cpu', title: 'CPU%', about: 'CPU of its processes, percent of one CPU.', width: 6, rank: 0, missing: '', value: ({ cpuPct }) => cpuPct }),
  kibColumn({ id: 'rss', title: 'RSS', about: 'Resident memory of its processes.', width: 6, rank: 1, missing: '', value: ({ rssKiB }) => rssKiB }),
  textColumn({ id: 'where', title: 'RUNS AS', about: 'Its unit or container.', width: 20, grow: true, rank: 1, value: whereOf }),
]; // prettier-ignore

const processOf = ({ processes: [main], name }: HostService): ProcessRef | undefined =>
  main && { pid: main.pid, startTicks: main.startTicks, name };

/** Layouts of all services: the way in which this host was installed. */
export const layoutText = (services: readonly HostService[]): string =>
  [...new Set(services.map(({ layout }) => layout))].toSorted().join(' + ');

export const hostServicesSection = (rows: readonly HostService[], empty: NothingWords): TableSection<HostService> => ({
  kind: 'table',
  id: 'host-services',
  title: 'Services on this host',
  ...(rows.length > 0 && { note: layoutText(rows) }),
  sources: ['processes', 'units'],
  columns,
  rows,
  key: ({ name }) => name,
  sort: { column: 'service', descending: false },
  first: ({ isRunning, state }) => !isRunning && /failed|activating|error|restarting/.test(state),
  rowRole: (service) => (service.isRunning || hasFailed(service) ? undefined : 'dim'),
  entity: (service) => openstackServiceRef(service),
  name: ({ name }) => plain(name),
  process: processOf,
  detail: ({ name }) => errorsDetail(name),
  empty,
});
