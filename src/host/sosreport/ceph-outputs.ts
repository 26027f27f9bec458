import { countOf, fields, items, json, textOf, type Fields } from '../../lib/json.ts';
import { lines, words } from '../../lib/lines.ts';
import type { DaemonGlobRead, DaemonRead } from '../host.ts';
import { commandFile, escaped, jsonText, type ReportCommands } from './commands.ts';

/**
 * Replies of local daemons by socket, from `ceph daemon` and `ceph tell` (sos/report/plugins/ceph_osd.py, ceph_mon.py):
 *
 *     ceph_daemon_osd.0_perf_dump      ceph_daemon_.var.run.ceph.ceph-osd.0.asok_perf_dump      ceph_tell_mon.a_mon_status
 */
export async function asokReplies(
  { pattern, request }: DaemonGlobRead,
  commands: ReportCommands,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const [, kind, which = '*'] = /-(osd|mon)\.([^/]+)\.asok$/.exec(pattern) ?? [];
  if (kind === undefined) return found;
  const { prefix, var: setting } = fields(json(request));
  for (const [id, text] of await daemonOutputs(kind, textOf(setting) === undefined ? prefix : 'config show', commands))
    if (which === '*' || which === id) {
      const value = textOf(setting) === undefined ? text : settingOf(text, setting);
      if (value !== undefined) found.set(`/var/run/ceph/ceph-${kind}.${id}.asok`, value);
    }
  return found;
}

async function daemonOutputs(
  kind: string,
  prefix: unknown,
  commands: ReportCommands,
): Promise<ReadonlyMap<string, string>> {
  const request = escaped(commandFile(textOf(prefix) ?? ''));
  const form = new RegExp(String.raw`^ceph_(?:daemon|tell)_(?:\S*-)?${kind}\.(.+?)(?:\.asok)?_${request}$`);
  const found = new Map<string, string>();
  for (const { match, text } of await commands.matching(form)) {
    const reply = jsonText(text);
    if (match[1] !== undefined && json(reply) !== undefined) found.set(match[1], reply ?? '');
  }
  // Before Nautilus: of the monitor that replied first.
  const only = prefix === 'mon_status' ? jsonText(await commands.output('ceph mon_status')) : undefined;
  const name = textOf(fields(json(only))['name']);
  if (only !== undefined && name !== undefined && !found.has(name)) found.set(name, only);
  return found;
}

const settingOf = (text: string, setting: unknown): string | undefined => {
  const name = textOf(setting) ?? '';
  const value = textOf(fields(json(text))[name]);
  return value === undefined ? undefined : JSON.stringify({ [name]: value });
};

/** Reply of the cluster: `ceph osd dump --format json-pretty`, `ceph osd metadata` (always JSON), else from `ceph report`. */
export async function clusterReply({ request }: DaemonRead, commands: ReportCommands): Promise<string | undefined> {
  const { _to: to, prefix: given, detail, output_method: method } = fields(json(request));
  const prefix = textOf(given);
  if (prefix === undefined || typeof to !== 'string' || to === 'osds') return undefined;
  if (/^\d+$/.test(to)) return (await daemonOutputs('osd', prefix, commands)).get(to);
  for (const command of new Set([[prefix, textOf(method ?? detail)].filter(Boolean).join(' '), prefix]))
    for (const form of ['--format json-pretty', '-f json-pretty', '--format json', '']) {
      const reply = jsonText(await commands.output(`ceph ${command} ${form}`.trim()));
      if (json(reply) !== undefined) return reply;
    }
  if (prefix === 'status') {
    const reply = jsonText(await commands.output('ceph -s --format json-pretty'));
    if (json(reply) !== undefined) return reply;
  }
  if (prefix === 'crash ls') return crashes(await commands.output('ceph crash ls'));
  const found = fromReport(prefix, fields(json(jsonText(await commands.output('ceph report')))));
  return found === undefined ? undefined : JSON.stringify(found);
}

/** `2022-02-04T09:54:40.443215Z_6792f2ff-…  osd.5  *`: `*` marks those that are not archived. */
function crashes(text: string | undefined): string | undefined {
  if (text === undefined || !/^(?:ID\s|$)/.test(text)) return undefined;
  return JSON.stringify(
    lines(text).flatMap((line) => {
      const [id = '', who, isNew] = words(line);
      const at = /^(\d{4}-\d\d-\d\dT[\d:.]+Z?)_/.exec(id)?.[1];
      return at === undefined
        ? []
        : [{ crash_id: id, entity_name: who, timestamp: at, ...(isNew === '*' ? {} : { archived: 'archived' }) }];
    }),
  );
}

/** Figures of `ceph status` that `ceph report` does not have; without the field they would be those of an idle cluster. */
const NOT_REPORTED: Fields = {
  degraded_ratio: null,
  misplaced_ratio: null,
  unfound_ratio: null,
  read_bytes_sec: null,
  write_bytes_sec: null,
  read_op_per_sec: null,
  write_op_per_sec: null,
  recovering_bytes_per_sec: null,
  recovering_objects_per_sec: null,
};

/** The same of `ceph report`, which has the maps in one reply. */
function fromReport(prefix: string, report: Fields): unknown {
  const [monmap, osdmap] = [fields(report['monmap']), fields(report['osdmap'])];
  if (report['osdmap'] === undefined) return undefined;
  const mons = items(monmap['mons']).map((mon) => textOf(fields(mon)['name']));
  const quorum = items(report['quorum']).map((rank) => mons[countOf(rank) ?? -1]);
  switch (prefix) {
    case 'health':
      return report['health'];
    case 'osd dump':
      return report['osdmap'];
    case 'osd metadata':
      return report['osd_metadata'];
    case 'quorum_status':
      return { quorum: report['quorum'], quorum_names: quorum, monmap };
    case 'status': {
      const osds = items(osdmap['osds']).map(fields);
      return {
        fsid: monmap['fsid'],
        health: report['health'],
        quorum_names: quorum,
        monmap: { num_mons: mons.length },
        osdmap: {
          epoch: osdmap['epoch'],
          num_osds: osds.length,
          num_up_osds: osds.filter(({ up }) => up === 1).length,
          num_in_osds: osds.filter((osd) => osd['in'] === 1).length,
        },
        pgmap: {
          ...NOT_REPORTED,
          num_pgs: report['num_pg'],
          pgs_by_state: items(report['num_pg_by_state']).map((each) => {
            const { state, num } = fields(each);
            return { state_name: state, count: num };
          }),
        },
      };
    }
    default:
      return undefined;
  }
}
