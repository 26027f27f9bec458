import { logSample, type LogSample, type LogText } from '../log-hits.ts';
import { defineSource } from '../source.ts';
import { SERVICE_PATTERNS, SERVICE_TEXTS, type ServiceFault } from './service-patterns.ts';

/** End of each log that is read at first; what is added later is read once. */
const TAIL_BYTES = 4 << 20;
/** End of the log of a guest, of which there may be hundreds. */
const GUEST_TAIL_BYTES = 16 << 10;

const log = (pattern: string, tailBytes = TAIL_BYTES) =>
  ({ kind: 'glob', pattern, tailBytes, matching: SERVICE_TEXTS, as: 'root' }) as const;

const LOGS = {
  syslog: log('/var/log/syslog'),
  messages: log('/var/log/messages'),
  libvirt: log('/var/log/libvirt/*.log'),
  guests: log('/var/log/libvirt/qemu/*.log', GUEST_TAIL_BYTES),
  nova: log('/var/log/nova/*.log'),
  neutron: log('/var/log/neutron/*.log'),
  cinder: log('/var/log/cinder/*.log'),
  octavia: log('/var/log/octavia/*.log'),
  kolla: log('/var/log/kolla/*/*.log'),
  rabbitmq: log('/var/log/rabbitmq/rabbit@*.log'),
  mysql: log('/var/log/mysql/*.log'),
  postgres: log('/var/log/postgresql/*.log'),
  corosync: log('/var/log/corosync/*.log'),
  cluster: log('/var/log/cluster/*.log'),
  pacemaker: log('/var/log/pacemaker/*.log'),
  apache: log('/var/log/apache2/error.log'),
  httpd: log('/var/log/httpd/error_log'),
  uwsgi: log('/var/log/uwsgi/app/*.log'),
  juju: log('/var/log/juju/*.log'),
} as const;

/** Patterns of the logs, for the read-only list. */
export const SERVICE_LOGS: readonly string[] = Object.values(LOGS).map(({ pattern }) => pattern);

/**
 * Lines of services that are signs of a fault, of the last hours: ends of their logs, from which the host selects lines by texts within
 * 20 ms of CPU for each pattern.
 *
 *     newest 1695408811.267 2023-09-22 18:53:31.267 1910783 ERROR nova.virt.libvirt.driver
 *     2023-09-22 18:53:31.267 1910783 ERROR nova.virt.libvirt.driver [-] [instance: …] Live Migration failure: …
 */
export const serviceLogs = defineSource({
  id: 'service-logs',
  title: 'Faults in the logs of services',
  why: 'Finds faults of libvirt, OpenStack, Kubernetes, databases, message queues and clusters that only their logs have.',
  everySeconds: 5,
  value: 'high',
  reads: LOGS,
  parse: (values): LogSample<ServiceFault> | undefined =>
    logSample(
      SERVICE_PATTERNS,
      Object.values(values).flatMap((files) => [...(files ?? [])].map(([path, text]): LogText => ({ path, text: selected(text) }))), // prettier-ignore
    ),
});

const TEXTS = new RegExp(SERVICE_TEXTS.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('|'), 'g'); // prettier-ignore

/** Lines with one of the texts, and the first one, which dates the others: of logs that no host has selected. */
function selected(text: string): string {
  const found = [text.slice(0, Math.max(0, text.indexOf('\n')))];
  let end = found[0]?.length ?? 0;
  for (const { index } of text.matchAll(TEXTS)) {
    if (index < end) continue;
    const start = text.lastIndexOf('\n', index) + 1;
    end = text.indexOf('\n', index);
    if (end < 0) end = text.length;
    found.push(text.slice(start, end));
  }
  return found.join('\n');
}

/** Units whose log is in the journal alone, where no syslog daemon copies it. Names without wildcards: journalctl looks those up by its index. */
const UNITS = [
  'kubelet', 'containerd', 'docker', 'libvirtd', 'virtqemud', 'snap.lxd.daemon', 'mysql', 'mariadb', 'rabbitmq-server', 'corosync',
  'pacemaker', 'keepalived', 'neutron-l3-agent', 'neutron-openvswitch-agent', 'systemd-journald', 'rsyslog',
]; // prettier-ignore
export const SERVICE_JOURNAL = [
  'journalctl',
  '--no-pager',
  '--quiet',
  '--output=short-iso',
  '--since=-6h',
  '--lines=2000',
  ...UNITS.map((unit) => `--unit=${unit}.service`),
];

/** The same of services that log to the journal. journalctl(1). */
export const serviceJournal = defineSource({
  id: 'service-journal',
  title: 'Faults of services in the journal',
  why: 'Finds faults of services that log to the journal alone: kubelet, containerd, libvirt, journald.',
  everySeconds: 120,
  reads: { journal: { kind: 'run', argv: SERVICE_JOURNAL, as: 'root', okExits: [0, 1] } },
  parse: ({ journal }): LogSample<ServiceFault> | undefined =>
    logSample(SERVICE_PATTERNS, [{ path: 'journal', text: journal }]),
});
