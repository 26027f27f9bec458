import { fields, items, json, textOf } from '../../lib/json.ts';
import { lines } from '../../lib/lines.ts';
import { parseXml, inXml } from '../../lib/xml.ts';
import type { DaemonRead, DaemonGlobRead } from '../host.ts';
import { withoutSecrets } from '../protocols/http/secrets.ts';
import { xmlToKeep } from '../protocols/kvm/libvirt-xml.ts';
import { commandFile, type ReportCommands } from './commands.ts';

/** Reply of a daemon from the output of its command line tool; undefined when sos did not run it. */
export async function daemonReply(
  what: DaemonRead | DaemonGlobRead,
  commands: ReportCommands,
): Promise<string | undefined> {
  switch (what.dialect) {
    case 'unixctl':
      return what.kind === 'talks' && what.pattern.includes('ovs-vswitchd') ? vswitchdReply(what.request, commands) : undefined; // prettier-ignore
    case 'rados':
      return cephReply(what.request, commands);
    case 'http':
      return what.kind === 'talk' && what.to === '/run/docker.sock' ? dockerReply(what.request, commands) : undefined;
    case 'libvirt':
      return what.kind === 'talk' && what.to.includes('/libvirt-sock')
        ? libvirtReply(what.request, commands)
        : undefined;
    case 'asok':
    case 'ovsdb':
    case 'kubernetes':
      return undefined;
  }
}

/** Whether an output is the error of a tool that did not reach its daemon. */
const failed = (text: string): boolean =>
  /^(?:\S+\|(?:ERR|WARN)\||ovs-appctl: |Cannot connect|error: |Error )/m.test(text);

/** Parameters that only limit a reply. */
const LIMITS = /^(?:cap|filter)=/;

async function vswitchdReply(request: string, commands: ReportCommands): Promise<string | undefined> {
  const parameters = request.split(' ').filter((word) => !LIMITS.test(word));
  const isEach = parameters.includes('*');
  if (request.includes('filter=')) return undefined;
  const file = commandFile(`ovs-appctl ${parameters.filter((word) => word !== '*').join(' ')}`);
  const whole = isEach ? undefined : await commands.named(file);
  if (whole !== undefined) return failed(whole) ? undefined : whole;
  // sos runs one command per datapath and bridge, with more options: `dpctl/show -s system@ovs-system`.
  const parts = [...(await commands.outputs(`${file}_`))].filter(([, text]) => !failed(text));
  if (parts.length === 0) return undefined;
  return parts.map(([of, text]) => (isEach ? `== ${of}\n${text}` : text)).join('');
}

/** `ceph osd dump --format json-pretty`. */
async function cephReply(request: string, commands: ReportCommands): Promise<string | undefined> {
  const { prefix, detail } = fields(json(request));
  const command = [textOf(prefix), textOf(detail)].filter((word) => word !== undefined).join(' ');
  for (const form of ['--format json-pretty', '-f json-pretty', '--format json', '']) {
    const text = await commands.output(`ceph ${command} ${form}`.trim());
    // An error without a session is not JSON; a warning may precede the JSON.
    const begins = text?.search(/^[[{]/m) ?? -1;
    const reply = begins < 0 ? undefined : text?.slice(begins);
    if (json(reply) !== undefined) return reply;
  }
  return undefined;
}

/** Reply from `docker inspect ID`, a list of one container as in the API; its environment is dropped as well. */
async function dockerReply(request: string, commands: ReportCommands): Promise<string | undefined> {
  const all = [...(await commands.outputs('docker_inspect_')).values()]
    .map((text) => fields(items(json(text))[0]))
    .filter((one) => textOf(one['Id']) !== undefined && 'State' in one);
  if (request === 'GET /containers/json?all=1')
    return all.length === 0 ? undefined : withoutSecrets(JSON.stringify(all.map(listed)));
  const id = /^GET \/containers\/([\da-f]{12,64})\/json$/.exec(request)?.[1];
  const one = id === undefined ? undefined : all.find((container) => textOf(container['Id'])?.startsWith(id));
  return one && withoutSecrets(JSON.stringify(one));
}

function listed(one: ReturnType<typeof fields>) {
  const { Status: state, ExitCode: exit, Health: health } = fields(one['State']);
  const config = fields(one['Config']);
  const created = Date.parse(textOf(one['Created']) ?? '');
  return {
    Id: one['Id'],
    Names: [one['Name']],
    Image: config['Image'],
    Labels: config['Labels'],
    State: state,
    Status: state === 'exited' ? `Exited (${String(exit)})` : '',
    Health: health,
    ...(Number.isNaN(created) ? {} : { Created: Math.floor(created / 1000) }),
  };
}

/** virDomainState by its name in `virsh list --all`. */
const STATES = ['no state', 'running', 'idle', 'paused', 'in shutdown', 'shut off', 'crashed', 'pmsuspended'];

async function libvirtReply(request: string, commands: ReportCommands): Promise<string | undefined> {
  if (request === 'about') {
    const version = (await commands.output('virsh -r version')) ?? '';
    const libvirt = /libvirt ([\d.]+)/.exec(version)?.[1];
    return libvirt && JSON.stringify({ libvirt, qemu: /hypervisor: QEMU ([\d.]+)/.exec(version)?.[1] });
  }
  if (request !== 'domains' && request !== 'xml') return undefined;
  const states = new Map<string, number>();
  // ` 3    web-1    running`, `-` for the id of a shut off domain.
  for (const line of lines((await commands.output('virsh -r list --all')) ?? '')) {
    // Names and states may contain blanks.
    const state = STATES.findIndex((word) => line.trimEnd().endsWith(`  ${word}`));
    const name = /^\s*(?:\d+|-)\s+(\S.*)$/.exec(
      line
        .trimEnd()
        .slice(0, -(STATES[state]?.length ?? 0))
        .trimEnd(),
    )?.[1];
    if (name !== undefined && state >= 0) states.set(name, state);
  }
  const domains = [...(await commands.outputs('virsh_-r_dumpxml_')).values()].flatMap((xml) => {
    const element = parseXml(xml);
    const [uuid, name] = [inXml(element, 'uuid')?.text, inXml(element, 'name')?.text];
    if (element?.name !== 'domain' || uuid === undefined) return [];
    const id = Number(element.attributes.get('id') ?? -1);
    return [request === 'xml' ? { uuid, id, xml: xmlToKeep(xml) } : { uuid, id, name, state: states.get(name ?? '') }];
  });
  return domains.length === 0 ? undefined : JSON.stringify({ domains });
}
