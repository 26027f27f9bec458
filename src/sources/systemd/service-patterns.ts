import type { LogPatterns } from '../log-hits.ts';

/**
 * Lines of services that are signs of a fault, and a text that each has: the host sends lines with one of the texts. The first group is the
 * object.
 */
const ROWS = {
  'libvirt-job-lock': ['cannot acquire state change lock', /cannot acquire state change lock \(held by (?:\w+=)?(\w+)/],
  'disk-locked': ['Failed to get "', /Failed to get "(?:write|shared "write"|consistent read)" lock/],
  'qemu-start-failed': ['to monitor: ', /qemuProcessReportLogError:\d+ : internal error: (?:qemu unexpectedly closed the monitor|process exited while connecting to monitor): \S+ (.{1,40})/],
  'qemu-ended': ['unexpectedly closed the monitor', /internal error: qemu unexpectedly closed the monitor/],
  'disk-not-readable': ['Cannot access storage file', /Cannot access storage file '([^']{1,200})'/],
  'migration-failed': ['igration', /nova\.virt\.libvirt\.driver .*\[instance: ([0-9a-f-]{36})\] (?:Live Migration failure|Migration operation has aborted)/],
  'vif-plug-timeout': ["Timeout waiting for [('network-vif-plugged'", /\[instance: ([0-9a-f-]{36})\] Timeout waiting for \[\('network-vif-plugged'/],
  'resource-update-failed': ['Error updating resources for node', /ERROR nova\.compute\.manager .*Error updating resources for node/],
  'port-binding-failed': ['Binding failed for port', /PortBindingFailed: Binding failed for port ([0-9a-f-]{36})/],
  'no-valid-host': ['No valid host was found', /nova\.exception(?:_Remote)?\.NoValidHost(?:_Remote)?: No valid host was found/],
  'messaging-timeout': ['Timed out waiting for a reply', /MessagingTimeout: Timed out waiting for a reply to message ID/],
  'broker-blocked': ['has blocked the connection', /The broker has blocked the connection/],
  'amqp-unreachable': ['AMQP server on', /AMQP server on (\S+) is unreachable/],
  'heartbeat-thread': ['cannot switch to a different thread', /greenlet\.error: cannot switch to a different thread/],
  'privsep-size': ['exceeds max_str_len', /ValueError: \d+ exceeds max_str_len/],
  'ovn-connection': ['OVS database connection to', /OVS database connection to (OVN_\w+) failed/],
  'router-gateway': ['was not set up; router will not work', /Gateway interface for router ([0-9a-f-]{36}) was not set up/],
  'namespace-missing': ['Cannot open network namespace', /Cannot open network namespace "(q\w+-[0-9a-f-]{36})"/],
  'amphora-failover': ['Performing failover for amphora', /Performing failover for amphora: .{0,60}'load_balancer_id': '([0-9a-f-]{36})'/],
  'token-refused': ['Token authorization failed', /Authorization failed for token: keystonemiddleware\.\S+InvalidToken: Token authorization failed/],
  'rabbit-partition': ['_partitioned_network', /inconsistent_database, ?(?:running|starting)_partitioned_network, ?'?([^'}\s]{1,80})/],
  'rabbit-old-incarnation': ['Discarding message', /Discarding message.+old incarnation/],
  'rabbit-queue-stopped': ['Mirrored queue', /Mirrored queue '([^']{1,100})' in vhost '[^']*': Stopping/],
  'rabbit-queue-timeout': ['failed to perform operation on queue', /failed to perform operation on queue '([^']{1,100})' in vhost '[^']*' due to timeout/],
  'rabbit-memory-alarm': ['memory resource limit alarm set', /memory resource limit alarm set on node '?([^'\s]{1,80}?)'?\.?$/],
  'rabbit-disk-alarm': ['disk resource limit alarm set', /disk resource limit alarm set on node '?([^'\s]{1,80}?)'?\.?$/],
  'rabbit-files-alarm': ['file descriptor limit alarm set', /file descriptor limit alarm set/],
  'innodb-flush': ['page_cleaner: 1000ms intended loop took', /page_cleaner: 1000ms intended loop took (\d{4,9}ms)/],
  'innodb-pool-full': ['Difficult to find free blocks', /InnoDB: Difficult to find free blocks in the buffer pool/],
  'postgres-connections': ['FATAL:  ', /FATAL: {1,2}(?:sorry, too many clients already|remaining connection slots are reserved)/],
  'postgres-wraparound': ['wraparound data loss', /ERROR: {1,2}database is not accepting commands.* to avoid wraparound data loss in database "([^"]{1,63})"/],
  'corosync-token': ['A processor failed, forming new configuration', /\[TOTEM ?\] A processor failed, forming new configuration/],
  'corosync-paused': ['Corosync main process was not scheduled', /Corosync main process was not scheduled for (\d+)\.\d+ ms/],
  'corosync-quorum': ['within the non-primary component', /This node is within the non-primary component and will NOT provide/],
  'pacemaker-failed-op': ['failed op monitor', /Processing failed op monitor for (\S+) on \S+:/],
  'keepalived-fault': ['Entering FAULT STATE', /Keepalived_vrrp(?:\[\d+\])?: (?:VRRP_Instance)?\(([^()\s]{1,60})\) Entering FAULT STATE/],
  'keepalived-takeover': ['Entering MASTER STATE', /Keepalived_vrrp(?:\[\d+\])?: (?:VRRP_Instance)?\(([^()\s]{1,60})\) Entering MASTER STATE/],
  'apache-workers': ['server reached MaxRequestWorkers setting', /AH00(?:161|484): server reached MaxRequestWorkers setting/],
  'apache-crash': [' exit signal ', /AH0005[12]: child pid \d+ exit signal ([A-Z][A-Za-z ]{2,30}?) \(\d+\)/],
  'uwsgi-queue': ['uWSGI listen queue of socket', /uWSGI listen queue of socket (?:\d+|"?([^"\s]{1,80})"?)(?: \(fd: \d+\))? full !!!/],
  'uwsgi-harakiri': ['HARAKIRI ON WORKER', /\*\*\* HARAKIRI ON WORKER \d+ /],
  'juju-hook': ['.operation hook "', /ERROR juju\.worker\.uniter\.operation hook "([\w-]{1,80})" .*failed: /],
  'pleg-unhealthy': ['PLEG is not healthy', /PLEG is not healthy: pleg was last seen active (\S+) ago/],
  'runtime-deadline': ['desc = context deadline exceeded', /from runtime service failed: rpc error: code = DeadlineExceeded/],
  'sandbox-reserved': ['failed to reserve sandbox name', /failed to reserve sandbox name \\?"([^"\\]{1,150})/],
  'lxcfs-threads': ['fuse: error creating thread', /fuse: error creating thread: Resource temporarily unavailable/],
  // The unit in a lookahead: it is the first group.
  'journal-suppressed': ['Suppressed ', /systemd-journald?(?:\[\d+\])?: Suppressed (?=\d+ messages from \/?(?:[^\s/]+\/)*([^\s/]{1,100}))(?<number>\d{1,9}) /],
  'journal-corrupted': ['corrupted or uncleanly shut down', /systemd-journald?(?:\[\d+\])?: File \S*?([^\s/]{1,100}) corrupted or uncleanly shut down, renaming/],
  'rsyslog-suspended': ["' suspended (module '", /rsyslogd(?:\[\d+\])?: .*action '(\S{1,60})' suspended/],
  'files-exhausted': ['Too many open files', /^(?:\S+ +){2,5}?([A-Za-z][\w.-]{0,40})(?:\[\d+\])?: .*Too many open files/],
  'disk-full': ['No space left on device', /^(?:\S+ +){2,5}?([A-Za-z][\w.-]{0,40})(?:\[\d+\])?: .*No space left on device/],
} satisfies Readonly<Record<string, readonly [text: string, pattern: RegExp]>>; // prettier-ignore

export type ServiceFault = keyof typeof ROWS;

const rows = Object.entries(ROWS) as [ServiceFault, readonly [string, RegExp]][];

/** Texts of which a line has one, by which a host selects them. */
export const SERVICE_TEXTS: readonly string[] = [...new Set(rows.map(([, [text]]) => text))];

// Each id of ROWS is a key.
export const SERVICE_PATTERNS = Object.fromEntries(rows.map(([id, [, pattern]]) => [id, pattern])) as LogPatterns<ServiceFault>; // prettier-ignore
