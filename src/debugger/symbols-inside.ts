import type { Host } from '../host/host.ts';
import { lines } from '../lib/lines.ts';
import { plain } from '../lib/plain.ts';

/** Debian package in the database of a container. */
export interface PackageInside {
  /** `perl-base 5.32.1-4+deb11u3 amd64`. */
  readonly title: string;
  readonly name: string;
  readonly debugInstalled: boolean;
}

/**
 * Package of a container that owns one of its files, by greps in its database. Not dpkg-query with --admindir: its parser,
 * written for a trusted file, would run as root on one that the container's owner writes.
 * Files: dpkg(1): `/var/lib/dpkg/info/NAME.list` has one file per line, `status` one paragraph per package.
 */
export async function packageInside(host: Host, pid: number, path: string): Promise<PackageInside | undefined> {
  const dpkg = `/proc/${pid}/root/var/lib/dpkg`;
  const owns = ['grep', '-rlxF', '-m', '1', '-D', 'skip', '--include=*.list', '-e', path, '-e', otherName(path), '--'];
  const list = await grep(host, [...owns, `${dpkg}/info`]);
  const name = /\/([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9]+)?\.list$/.exec(lines(list ?? '')[0] ?? '')?.[1];
  if (name === undefined) return undefined;
  const [paragraph, debug] = await Promise.all([
    grep(host, [...statusOf(name), `${dpkg}/status`]),
    grep(host, [...statusOf(`${name}-dbgsym`), `${dpkg}/status`]),
  ]);
  const field = (key: string) => new RegExp(`^${key}: (\\S{1,100})`, 'm').exec(paragraph ?? '')?.[1] ?? '';
  return {
    name,
    title: plain(`${name} ${field('Version')} ${field('Architecture')}`.replaceAll(/ +/g, ' ').trim()),
    debugInstalled: debug !== undefined && debug !== '',
  };
}

const statusOf = (name: string) => ['grep', '-xF', '-A', '20', '-m', '1', '-D', 'skip', '-e', `Package: ${name}`, '--'];

/** Other name of a file with a merged /usr, which is recorded under either. */
const otherName = (path: string): string =>
  path.startsWith('/usr/') ? path.slice('/usr'.length) : path.replace(/^\/(s?bin|lib)\//, '/usr/$1/');

async function grep(host: Host, argv: readonly string[]): Promise<string | undefined> {
  const reading = await host.read({ kind: 'run', argv, as: 'root', okExits: [0, 1] });
  return reading.ok ? reading.value : undefined;
}

/** Distribution of a container by its os-release(5). */
export async function distributionInside(host: Host, pid: number): Promise<string | undefined> {
  const reading = await host.read({ kind: 'file', path: `/proc/${pid}/root/etc/os-release`, as: 'root' });
  const name = reading.ok ? /^PRETTY_NAME=(["']?)(.{1,60}?)\1$/m.exec(reading.value)?.[2] : undefined;
  return name === undefined ? undefined : plain(name);
}
