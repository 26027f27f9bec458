import { fields, json } from '../../lib/json.ts';
import { commandRefusal, describeCommands, type CephCommands } from './ceph-requests.ts';
import type { Dialect } from './dialect.ts';
import { RadosConversation } from './rados-conversation.ts';
import program from './rados-session.py?raw';

const CONF = /^(?:\/etc\/ceph\/[\w.-]+\.conf|\/var\/snap\/microceph\/current\/conf\/ceph\.conf)$/;

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

/**
 * A Ceph cluster through librados, by one small Python program that stays: the `ceph` command takes 200 ms of CPU for each
 * question, this well under one. It also reaches OSDs of other hosts. `to` is the cluster's configuration file.
 */
export const rados: Dialect = {
  name: 'rados',
  what: 'the Ceph cluster, by a librados session of ours on the host (python3-rados)',
  argv: (to) => ['/usr/bin/python3', '-I', '-u', '-c', program, to],
  refusal,
  allowed: [
    ...describeCommands(MON).map((line) => `mon: ${line}`),
    ...describeCommands(MGR).map((line) => `mgr: ${line}`),
    ...describeCommands(OSD).map((line) => `osd: ${line}`),
  ],
  converse: (dial) => new RadosConversation(dial),
};
