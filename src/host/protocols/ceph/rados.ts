import { fields, json, textOf } from '../../../lib/json.ts';
import { commandRefusal, describeCommands, type CephCommands } from './requests.ts';
import type { Protocol } from '../protocol.ts';
import { RadosConnection } from './rados-connection.ts';
import program from './crashcart_ceph/__main__.py?program';
import { firstOutput, type Fallback } from '../cli-fallback.ts';

const CONF = /^(?:\/etc\/ceph\/[\w.-]+\.conf|\/var\/snap\/microceph\/current\/conf\/ceph\.conf)$/;

/** Configurations to try where `to` does not exist: MicroCeph's, and cephadm's copy on an admin host. */
const OTHER_CONFS = ['/var/snap/microceph/current/conf/ceph.conf', '/var/lib/ceph/*/config/ceph.conf'];

const MON: CephCommands = {
  status: {},
  health: { detail: ['detail'] },
  'osd dump': {},
  'osd metadata': {},
  quorum_status: {},
  versions: {},
  df: { detail: ['detail'] },
  'time-sync-status': {},
};
const MGR: CephCommands = {
  'osd perf': {},
  'osd df': { output_method: ['tree'] },
  'osd pool stats': {},
  'osd blocked-by': {},
  'progress json': {},
  'crash ls': {},
};
const OSD: CephCommands = {
  'perf dump': {},
  'perf histogram dump': {},
  dump_ops_in_flight: {},
  dump_historic_ops: {},
  dump_historic_slow_ops: {},
  dump_blocked_ops: {},
  dump_osd_network: { value: 'count' },
};
const ALL_OSDS: CephCommands = { 'perf dump': {} };

/** Commands of a target: `mon`, `mgr`, one OSD id, or `osds`, as many as fit in a round. */
const commandsOf = (to: unknown): CephCommands | undefined =>
  to === 'mon'
    ? MON
    : to === 'mgr'
      ? MGR
      : to === 'osds'
        ? ALL_OSDS
        : typeof to === 'string' && /^\d{1,6}$/.test(to)
          ? OSD
          : undefined;

function refusal(to: string, request: string): string | undefined {
  if (!CONF.test(to)) return `${to}: not a path of a Ceph configuration`;
  const { _to: target, ...command } = fields(json(request));
  const commands = commandsOf(target);
  return commands
    ? commandRefusal(JSON.stringify(command), commands)
    : `${request}: "_to" must be mon, mgr, osds or an OSD id`;
}

/** Period of a fallback command. One takes 200 ms of CPU and 50 MB; all together stay below 1.5 % of a CPU. */
const EVERY_SECONDS = 600;
const SHORTER_SECONDS: Readonly<Record<string, number>> = {
  status: 30,
  health: 60,
  'osd perf': 60,
  'osd df': 120,
  'osd dump': 120,
};

/** The `ceph` command of packages, or of the MicroCeph snap. Not for OSDs: that takes one command each. */
function fallback(_to: string, request: string): Fallback | undefined {
  const { _to: target, prefix, format: _format, ...args } = fields(json(request));
  const command = textOf(prefix);
  if (command === undefined || (target !== 'mon' && target !== 'mgr')) return undefined;
  const words = [...command.split(' '), ...Object.values(args).map(String)];
  const everySeconds = SHORTER_SECONDS[command] ?? EVERY_SECONDS;
  // An installed one of another cluster fails: then the other is the right one.
  const commands = ['ceph', 'microceph.ceph'].map((name) => [name, ...OPTIONS, ...words]);
  return {
    by: 'ceph',
    everySeconds,
    // `_every` marks the reply as one of the fallback.
    reply: async (run) => (await firstOutput(run, commands)).replace(/^\s*\{/, `{"_every":${everySeconds},`),
  };
}
const OPTIONS = ['--connect-timeout', '5', '--format', 'json'];

/**
 * A Ceph cluster through librados, by one small Python program that keeps running: below 1 ms of CPU per request, where the
 * `ceph` command takes 200 ms and serves only as the fallback without python3-rados. It also reaches OSDs of other hosts. `to`
 * is the configuration file of the cluster; where it does not exist, MicroCeph's and cephadm's are used.
 */
export const rados: Protocol = {
  name: 'rados',
  what: 'Ceph cluster by a librados session on the host (python3-rados); fallback: the ceph CLI, at longer periods',
  argv: (to) => ['/usr/bin/python3', '-I', '-u', '-c', program, to, ...OTHER_CONFS],
  refusal,
  fallback,
  commands: [`ceph ${OPTIONS.join(' ')} <command>`, `microceph.ceph ${OPTIONS.join(' ')} <command>`],
  allowed: [
    ...describeCommands(MON).map((line) => `mon: ${line}`),
    ...describeCommands(MGR).map((line) => `mgr: ${line}`),
    ...describeCommands(OSD).map((line) => `osd: ${line}`),
  ],
  connect: (dial) => new RadosConnection(dial),
};
