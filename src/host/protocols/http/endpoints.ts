/** A question that may be asked: what the path may be, and which parameters with which values. */
export interface HttpQuestion {
  /**
   * GET: one answer. EACH: a list, and what is below each thing that it names. EVENTS: a stream of JSON objects that is
   * followed; EVENTS-WS: the same over a WebSocket.
   */
  readonly verb: 'GET' | 'EACH' | 'EVENTS' | 'EVENTS-WS';
  /** `<name>` stands for one part of a path. */
  readonly path: string;
  /** Parameters, decoded; each may be left out. */
  readonly query?: Readonly<Record<string, RegExp>>;
}

export interface HttpPlace {
  readonly what: string;
  readonly sockets: readonly string[];
  /** Commands of the daemon: where none of them runs nobody is asked, since systemd may listen in its stead and would start it. */
  readonly daemons: readonly string[];
  readonly questions: readonly HttpQuestion[];
}

const YES = /^(1|true)$/;
const ONE = /^1$/;
const WORD = /^[\w.-]{1,100}$/;
/** JSON of what is wanted. */
const FILTERS = /^[\w{}[\]":,. -]{1,1000}$/;
const LXD = { 'all-projects': YES, project: WORD, target: WORD };
const LXD_LIST = { ...LXD, recursion: ONE };

/**
 * Whom we speak HTTP to, and the read-only list. Left out for what they cost or do: `stats` (a second of the daemon for each
 * container), `top` (runs ps), `size=1` and `system/df` (walk the disk), `recursion=2` (opens each instance), `logs`.
 */
export const httpPlaces: readonly HttpPlace[] = [
  {
    what: 'Docker',
    sockets: ['/run/docker.sock', '/var/run/docker.sock'],
    daemons: ['dockerd', 'dockerd-current', 'dockerd-ce'],
    questions: [
      { verb: 'GET', path: '/_ping' },
      { verb: 'GET', path: '/version' },
      { verb: 'GET', path: '/info' },
      { verb: 'GET', path: '/containers/json', query: { all: YES, filters: FILTERS } },
      { verb: 'GET', path: '/containers/<name>/json' },
      { verb: 'GET', path: '/networks' },
      { verb: 'EVENTS', path: '/events', query: { since: /^\d{1,12}$/, filters: FILTERS } },
    ],
  },
  {
    what: 'Podman',
    sockets: ['/run/podman/podman.sock'],
    daemons: ['podman'],
    questions: [
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
    questions: [
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
        // `logging` would echo each question of ours.
        query: { ...LXD, type: /^(lifecycle|operation)(,(lifecycle|operation))?$/ },
      },
    ],
  },
];
