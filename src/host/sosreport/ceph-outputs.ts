import { fields, json, textOf, type Fields } from '../../lib/json.ts';
import { lines, words } from '../../lib/lines.ts';
import type { DaemonGlobRead, DaemonRead } from '../host.ts';
import { fromReport } from './ceph-report.ts';
import { healthOfText, statusOfText } from './ceph-text.ts';
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

/** Commands whose text is read where a report has no JSON of them. */
const TEXTS: Readonly<
  Record<string, { readonly command: string; readonly parse: (text: string) => Fields | undefined }>
> = {
  status: { command: 'ceph -s', parse: statusOfText },
  health: { command: 'ceph health detail', parse: healthOfText },
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
  const report = fromReport(prefix, fields(json(jsonText(await commands.output('ceph report')))));
  const text = TEXTS[prefix];
  const found = report ?? text?.parse((await commands.output(text.command)) ?? '');
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
