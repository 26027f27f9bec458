import { fields, json, textOf } from '../../../lib/json.ts';
import { commandRefusal, describeCommands, type CephCommands } from './requests.ts';
import type { Protocol } from '../protocol.ts';
import { RadosConnection } from './rados-connection.ts';
import program from './rados-session.py?raw';
import { firstThatAnswers, type Fallback } from '../cli-fallback.ts';

const CONF = /^(?:\/etc\/ceph\/[\w.-]+\.conf|\/var\/snap\/microceph\/current\/conf\/ceph\.conf)$/;

/** Where `to` is not there: MicroCeph's, and cephadm's copy for a host that administers. */
const ELSEWHERE = ['/var/snap/microceph/current/conf/ceph.conf', '/var/lib/ceph/*/config/ceph.conf'];

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
const OF_MANY: CephCommands = { 'perf dump': {} };

/** Who a question is for: `mon`, `mgr`, one OSD by its number, or `osds`: as many as a round can ask. */
const commandsOf = (to: unknown): CephCommands | undefined =>
  to === 'mon'
    ? MON
    : to === 'mgr'
      ? MGR
      : to === 'osds'
        ? OF_MANY
        : typeof to === 'string' && /^\d{1,6}$/.test(to)
          ? OSD
          : undefined;

function refusal(to: string, request: string): string | undefined {
  if (!CONF.test(to)) return `${to} is no place of Ceph's configuration`;
  const { _to: whom, ...command } = fields(json(request));
  const commands = commandsOf(whom);
  return commands
    ? commandRefusal(JSON.stringify(command), commands)
    : `${request} is for nobody: "_to" is mon, mgr, osds or a number`;
}

/** A command takes 200 ms of CPU and 50 MB: all of these together may take one and a half percent of a CPU. */
const EVERY_SECONDS = 600;
const OFTENER: Readonly<Record<string, number>> = {
  status: 30,
  health: 60,
  'osd perf': 60,
  'osd df': 120,
  'osd dump': 120,
};

/** `ceph` of packages, or of MicroCeph's snap. Of the OSDs none is asked so: that takes a command for each. */
function instead(_to: string, request: string): Fallback | undefined {
  const { _to: whom, prefix, format: _format, ...args } = fields(json(request));
  const command = textOf(prefix);
  if (command === undefined || (whom !== 'mon' && whom !== 'mgr')) return undefined;
  const words = [...command.split(' '), ...Object.values(args).map(String)];
  const everySeconds = OFTENER[command] ?? EVERY_SECONDS;
  // One that is there and of another cluster fails: then the other is the right one.
  const commands = ['ceph', 'microceph.ceph'].map((name) => [name, ...OPTIONS, ...words]);
  return {
    by: 'ceph',
    everySeconds,
    // Who reads the answer is told how it was had.
    answer: async (run) => (await firstThatAnswers(run, commands)).replace(/^\s*\{/, `{"_every":${everySeconds},`),
  };
}
const OPTIONS = ['--connect-timeout', '5', '--format', 'json'];

/**
 * A Ceph cluster through librados, by one small Python program that stays: the `ceph` command takes 200 ms of CPU for each
 * question, this well under one, and serves only where librados for Python is not installed. It also reaches OSDs of other
 * hosts. `to` is the cluster's configuration file; where it is not there, MicroCeph's and cephadm's are taken.
 */
export const rados: Protocol = {
  name: 'rados',
  what: 'the Ceph cluster, by a librados session of ours on the host (python3-rados), else seldom by the ceph command',
  argv: (to) => ['/usr/bin/python3', '-I', '-u', '-c', program, to, ...ELSEWHERE],
  refusal,
  instead,
  commands: [`ceph ${OPTIONS.join(' ')} <question>`, `microceph.ceph ${OPTIONS.join(' ')} <question>`],
  allowed: [
    ...describeCommands(MON).map((line) => `mon: ${line}`),
    ...describeCommands(MGR).map((line) => `mgr: ${line}`),
    ...describeCommands(OSD).map((line) => `osd: ${line}`),
  ],
  converse: (dial) => new RadosConnection(dial),
};
