import { lines } from '../../lib/lines.ts';
import { inXml, parseXml } from '../../lib/xml.ts';
import { xmlToKeep } from '../protocols/kvm/libvirt-xml.ts';
import type { ReportCommands } from './commands.ts';
import type { ReportFiles } from './files.ts';
import type { Report } from './report.ts';

/** virDomainState by its name in `virsh list --all`, and in the file of a domain. */
const STATES = ['no state', 'running', 'idle', 'paused', 'in shutdown', 'shut off', 'crashed', 'pmsuspended'];
const FILE_STATES = ['nostate', 'running', 'blocked', 'paused', 'shutdown', 'shutoff', 'crashed', 'pmsuspended'];
const SHUT_OFF = 5;

interface Domain {
  readonly uuid: string;
  readonly id: number;
  readonly name: string | undefined;
  readonly state: number | undefined;
  readonly xml: string;
}

/** Reply of libvirt from `virsh`, and from its files: sos cuts the name of a guest at a blank, and has no XML for it. */
export async function libvirtReply(request: string, { files, commands }: Report): Promise<string | undefined> {
  if (request === 'about') {
    const version = (await commands.output('virsh -r version')) ?? '';
    const libvirt = /libvirt ([\d.]+)/.exec(version)?.[1];
    return libvirt && JSON.stringify({ libvirt, qemu: /hypervisor: QEMU ([\d.]+)/.exec(version)?.[1] });
  }
  if (request !== 'domains' && request !== 'xml') return undefined;
  const domains = await domainsOf(files, commands);
  if (domains.length === 0) return undefined;
  return JSON.stringify({
    domains: domains.map(({ uuid, id, name, state, xml }) =>
      request === 'xml' ? { uuid, id, xml: xmlToKeep(xml) } : { uuid, id, name, state },
    ),
  });
}

async function domainsOf(files: ReportFiles, commands: ReportCommands): Promise<readonly Domain[]> {
  const states = await listedStates(commands);
  const found = new Map<string, Domain>();
  const add = (xml: string | undefined, state: (name: string) => number | undefined) => {
    const element = parseXml(xml ?? '');
    const [uuid, name] = [inXml(element, 'uuid')?.text, inXml(element, 'name')?.text];
    if (xml === undefined || element?.name !== 'domain' || uuid === undefined || found.has(uuid)) return;
    found.set(uuid, { uuid, id: Number(element.attributes.get('id') ?? -1), name, state: state(name ?? ''), xml });
  };
  for (const xml of (await commands.outputs('virsh_-r_dumpxml_')).values()) add(xml, (name) => states.get(name));
  for (const folder of ['/run/libvirt/qemu', '/etc/libvirt/qemu'])
    for (const file of [...(await files.names(folder))].filter((name) => name.endsWith('.xml')).toSorted()) {
      const text = (await files.text(`${folder}/${file}`)) ?? '';
      const running = FILE_STATES.indexOf(/<domstatus state='([a-z]+)'/.exec(text)?.[1] ?? '-');
      // Of a guest that runs both folders have a file, and the first is its state.
      add(/<domain [\s\S]*<\/domain>/.exec(text)?.[0], (name) => states.get(name) ?? (running < 0 ? SHUT_OFF : running)); // prettier-ignore
    }
  return [...found.values()];
}

/** States of ` 3    web-1    running`, `-` for the id of a shut off domain; names and states may contain blanks. */
async function listedStates(commands: ReportCommands): Promise<ReadonlyMap<string, number>> {
  const states = new Map<string, number>();
  for (const line of lines((await commands.output('virsh -r list --all')) ?? '').map((one) => one.trimEnd())) {
    const state = STATES.findIndex((word) => line.endsWith(`  ${word}`));
    const name = /^\s*(?:\d+|-)\s+(\S.*)$/.exec(line.slice(0, -(STATES[state]?.length ?? 0)).trimEnd())?.[1];
    if (name !== undefined && state >= 0) states.set(name, state);
  }
  return states;
}
