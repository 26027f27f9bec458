import { lines, toCount, words } from '../../lib/lines.ts';
import { blockFiles } from './block-outputs.ts';
import type { ReportCommands } from './commands.ts';
import { kernelFiles, meminfo, modules, numaFiles, osRelease } from './derived-machine.ts';
import { netDev, nics } from './derived-network.ts';
import type { ReportFiles } from './files.ts';
import { reportUsers } from './processes.ts';
import type { ReportTimes } from './times.ts';

/** Files that sos does not copy, from the output of its commands. */
interface DerivedFiles {
  /** Path → text. */
  readonly texts: ReadonlyMap<string, string>;
  /** Path → link target. */
  readonly links: ReadonlyMap<string, string>;
}

/** Files of a report, with missing ones derived from the output of commands. */
export async function withDerived(
  files: ReportFiles,
  commands: ReportCommands,
  times: ReportTimes,
): Promise<ReportFiles> {
  const { texts, links } = await derived(files, commands, times);
  const children = new Map<string, Set<string>>();
  for (const path of [...texts.keys(), ...links.keys()])
    for (let end = path.lastIndexOf('/'), at = path; end >= 0; at = at.slice(0, end), end = at.lastIndexOf('/'))
      children.set(at.slice(0, end), (children.get(at.slice(0, end)) ?? new Set()).add(at.slice(end + 1)));
  return {
    text: async (path) => (await files.text(path)) ?? texts.get(path),
    names: async (path) => new Set([...(await files.names(path)), ...(children.get(path.replace(/\/$/, '')) ?? [])]),
    link: async (path) => (await files.link(path)) ?? links.get(path),
  };
}

async function derived(files: ReportFiles, commands: ReportCommands, times: ReportTimes): Promise<DerivedFiles> {
  const texts = new Map<string, string>();
  const links = new Map<string, string>();
  const put = (path: string, text: string | undefined) => {
    if (text !== undefined) texts.set(path, text.endsWith('\n') ? text : `${text}\n`);
  };
  // `net.ipv4.tcp_mem = 189864\t253152\t379728`; a dot within a name is a slash there.
  for (const [, name = '', value] of ((await commands.output('sysctl -a')) ?? '').matchAll(/^([\w./-]+) = (.*)$/gm))
    put(`/proc/sys/${name.replaceAll(/[./]/g, (mark) => (mark === '.' ? '/' : '.'))}`, value);
  put('/proc/uptime', times.uptimeSeconds?.toFixed(2));
  // `… load average: 8.44, 4.33, 2.28`
  put('/proc/loadavg', /load average: ([\d.]+), ([\d.]+), ([\d.]+)/.exec((await commands.output('uptime')) ?? '')?.slice(1).join(' ')); // prettier-ignore
  for (const [path, text] of kernelFiles((await commands.output('uname -a')) ?? '')) put(path, text);
  put('/proc/sys/kernel/hostname', (await commands.output('hostname')) ?? (await files.text('/etc/hostname')));
  put('/proc/meminfo', meminfo((await commands.output('free')) ?? ''));
  put('/proc/modules', modules((await commands.output('lsmod')) ?? ''));
  const lsb = (await commands.output('lsb_release -a')) ?? (await files.text('/etc/lsb-release'));
  put('/etc/os-release', osRelease(lsb ?? (await files.text('/lsb-release')) ?? ''));
  const numa = [
    (await commands.output('numactl --hardware')) ?? '',
    (await commands.output('numastat')) ?? '',
  ] as const;
  for (const [path, text] of numaFiles(...numa)) put(path, `${texts.get(path) ?? ''}${text}`);
  put('/etc/passwd', await reportUsers(commands));
  // `                Time zone: Asia/Shanghai (CST, +0800)`
  const zone = /Time zone: ([\w+/-]+) /.exec((await commands.output('timedatectl')) ?? '')?.[1];
  if (zone !== undefined) links.set('/etc/localtime', `/usr/share/zoneinfo/${zone}`);
  // `major minor #blocks name`, blocks of 1 KiB; in /sys sectors of 512 bytes.
  for (const line of lines((await files.text('/proc/partitions')) ?? '')) {
    const [, , blocks, name] = words(line);
    const size = toCount(blocks);
    if (name !== undefined && size !== undefined) put(`/sys/block/${name}/size`, String(size * 2));
  }
  const block = await blockFiles(commands);
  for (const [path, text] of block.texts) put(path, text);
  for (const [path, target] of block.links) links.set(path, target);
  const interfaces = new Map(
    nics((await commands.named('ip_-s_-d_link')) ?? (await commands.named('ip_-d_address')) ?? ''),
  );
  put('/proc/net/dev', netDev([...interfaces.values()]));
  for (const [name, nic] of interfaces) {
    const folder = `/sys/class/net/${name}`;
    put(`${folder}/operstate`, nic.state);
    put(`${folder}/mtu`, nic.mtu);
    put(`${folder}/address`, nic.address);
    put(`${folder}/speed`, /Speed: (\d+)Mb\/s/.exec((await commands.output(`ethtool ${name}`)) ?? '')?.[1]);
    if (nic.master !== undefined) links.set(`${folder}/master`, `../${nic.master}`);
  }
  for (const [name, text] of firmware((await commands.output('dmidecode')) ?? ''))
    put(`/sys/class/dmi/id/${name}`, text);
  return { texts, links };
}

/** Blocks of dmidecode(8) and their names in the kernel: drivers/firmware/dmi-id.c. */
const FIRMWARE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'BIOS Information': { bios_vendor: 'Vendor', bios_version: 'Version', bios_date: 'Release Date' },
  'System Information': { sys_vendor: 'Manufacturer', product_name: 'Product Name', product_version: 'Version', product_serial: 'Serial Number' }, // prettier-ignore
  'Base Board Information': { board_name: 'Product Name' },
};

function* firmware(text: string): Generator<readonly [string, string]> {
  for (const part of text.split(/\n(?=Handle )/)) {
    const [, title = '', ...fields] = lines(part);
    for (const [name, field] of Object.entries(FIRMWARE[title] ?? {})) {
      const value = fields.find((line) => line.startsWith(`\t${field}: `))?.slice(field.length + 3);
      if (value !== undefined) yield [name, value];
    }
  }
}
