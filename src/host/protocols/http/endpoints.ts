/** An allowed request: its path, and its parameters with their values. */
export interface HttpEndpoint {
  /**
   * GET: one reply. RPC: POST of an empty message to a method of a gRPC gateway that only reads. EACH: a list, and a resource below
   * each item. EVENTS: a stream of JSON objects that is followed; EVENTS-WS: the same over a WebSocket.
   */
  readonly verb: 'GET' | 'RPC' | 'EACH' | 'EVENTS' | 'EVENTS-WS';
  /** `<name>` stands for one part of a path. */
  readonly path: string;
  /** Parameters, decoded; each may be left out unless it is `needed`. */
  readonly query?: Readonly<Record<string, RegExp>>;
  /** Parameters without which the request is refused: its reply would have no bound. */
  readonly needed?: readonly string[];
}

export interface HttpServer {
  readonly what: string;
  readonly sockets: readonly string[];
  /** In the place of a socket the command that listens, and its port; default: its lowest one. */
  readonly listener?: { readonly command: string; readonly port?: number };
  /** Commands of the daemon: without one of them no request is sent, since systemd may hold its socket and would start it. */
  readonly daemons: readonly string[];
  readonly endpoints: readonly HttpEndpoint[];
}

const YES = /^(1|true)$/;
const ONE = /^1$/;
const WORD = /^[\w.-]{1,100}$/;
/** JSON of a filter. */
const FILTERS = /^[\w{}[\]":,. -]{1,1000}$/;
/** The last lines, up to 999: never followed, and never the whole log, which Docker sends without `tail`. */
const LOG_END = { stdout: ONE, stderr: ONE, timestamps: ONE, tail: /^\d{1,3}$/ };
const LXD = { 'all-projects': YES, project: WORD, target: WORD };
const LXD_LIST = { ...LXD, recursion: ONE };

/**
 * HTTP servers and the read-only list of their endpoints. Left out for their cost or effect: `stats` (a second of the daemon
 * for each container), `top` (runs ps), `size=1` and `system/df` (walk the disk), `recursion=2` (opens each instance). `logs` is the end of one while its page is open.
 */
export const httpServers: readonly HttpServer[] = [
  {
    what: 'Docker',
    sockets: ['/run/docker.sock', '/var/run/docker.sock'],
    daemons: ['dockerd', 'dockerd-current', 'dockerd-ce'],
    endpoints: [
      { verb: 'GET', path: '/_ping' },
      { verb: 'GET', path: '/version' },
      { verb: 'GET', path: '/info' },
      { verb: 'GET', path: '/containers/json', query: { all: YES, filters: FILTERS } },
      { verb: 'GET', path: '/containers/<name>/json' },
      { verb: 'GET', path: '/containers/<name>/logs', query: LOG_END, needed: ['tail'] },
      { verb: 'GET', path: '/networks' },
      { verb: 'EVENTS', path: '/events', query: { since: /^\d{1,12}$/, filters: FILTERS } },
    ],
  },
  {
    what: 'Podman',
    sockets: ['/run/podman/podman.sock'],
    daemons: ['podman'],
    endpoints: [
      { verb: 'GET', path: '/_ping' },
      { verb: 'GET', path: '/version' },
      { verb: 'GET', path: '/containers/json', query: { all: YES, filters: FILTERS } },
      { verb: 'GET', path: '/containers/<name>/json' },
      { verb: 'EVENTS', path: '/events', query: { since: /^\d{1,12}$/, filters: FILTERS } },
    ],
  },
  {
    what: 'LXD and Incus',
    sockets: ['/var/lib/lxd/unix.socket', '/var/snap/lxd/common/lxd/unix.socket', '/var/lib/incus/unix.socket'],
    daemons: ['lxd', 'incusd', 'incus'],
    endpoints: [
      { verb: 'GET', path: '/' },
      { verb: 'GET', path: '/1.0' },
      { verb: 'GET', path: '/1.0/metrics', query: LXD },
      { verb: 'GET', path: '/1.0/instances', query: LXD_LIST },
      { verb: 'GET', path: '/1.0/instances/<name>', query: LXD },
      { verb: 'GET', path: '/1.0/instances/<name>/state', query: LXD },
      { verb: 'GET', path: '/1.0/instances/<name>/snapshots', query: LXD_LIST },
      { verb: 'GET', path: '/1.0/instances/<name>/backups', query: LXD_LIST },
      { verb: 'GET', path: '/1.0/operations', query: LXD_LIST },
      { verb: 'GET', path: '/1.0/warnings', query: LXD_LIST },
      { verb: 'GET', path: '/1.0/projects', query: LXD_LIST },
      { verb: 'GET', path: '/1.0/networks', query: LXD_LIST },
      { verb: 'GET', path: '/1.0/networks/<name>/state', query: LXD },
      { verb: 'GET', path: '/1.0/storage-pools', query: LXD_LIST },
      { verb: 'GET', path: '/1.0/storage-pools/<name>/resources', query: LXD },
      { verb: 'EACH', path: '/1.0/storage-pools/<each>/resources' },
      { verb: 'GET', path: '/1.0/cluster' },
      { verb: 'GET', path: '/1.0/cluster/members', query: LXD_LIST },
      { verb: 'GET', path: '/1.0/cluster/members/<name>/state' },
      {
        verb: 'EVENTS-WS',
        path: '/1.0/events',
        // `logging` would echo each of our requests.
        query: { ...LXD, type: /^(lifecycle|operation)(,(lifecycle|operation))?$/ },
      },
    ],
  },
  {
    what: 'snapd',
    sockets: ['/run/snapd.socket'],
    daemons: ['snapd'],
    endpoints: [
      { verb: 'GET', path: '/v2/snaps' },
      { verb: 'GET', path: '/v2/changes', query: { select: /^in-progress$/ } },
    ],
  },
  {
    // Figures of the node are sums over queues; `detailed` has them by queue. https://www.rabbitmq.com/docs/prometheus
    what: 'RabbitMQ',
    sockets: [],
    listener: { command: 'beam.smp', port: 15_692 },
    daemons: ['beam.smp'],
    endpoints: [
      { verb: 'GET', path: '/metrics' },
      { verb: 'GET', path: '/metrics/detailed', query: { family: /^queue_(?:coarse_metrics|consumer_count)$/ } },
    ],
  },
  {
    // Both methods reply from memory. `health` and the list of alarms pass through raft. https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/
    what: 'etcd',
    sockets: [],
    listener: { command: 'etcd' },
    daemons: ['etcd'],
    endpoints: [
      { verb: 'GET', path: '/metrics' },
      { verb: 'RPC', path: '/v3/maintenance/status' },
      { verb: 'RPC', path: '/v3/cluster/member/list' },
    ],
  },
];
