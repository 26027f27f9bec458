import { keyValues, toNumber, words } from '../../lib/lines.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Host name, operating system, kernel and uptime.
 * os-release(5): `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"`. /proc/uptime, proc_uptime(5): `350735.47 234388.90`,
 * seconds since boot and seconds that all CPUs together were idle. boot_id changes with each boot: random(4). machine-id(5) is
 * unique per installation, and the same on machines that were cloned.
 * /proc/sys/kernel/arch exists since commit bfca3dd3d068 (in v6.1).
 */
export const identity = defineSource({
  id: 'identity',
  title: 'Identity',
  why: 'Names the host, its distribution and kernel, and shows when it was rebooted.',
  everySeconds: 60,
  reads: {
    osRelease: { kind: 'file', path: '/etc/os-release' },
    hostname: { kind: 'file', path: '/proc/sys/kernel/hostname' },
    kernel: { kind: 'file', path: '/proc/sys/kernel/osrelease' },
    build: { kind: 'file', path: '/proc/sys/kernel/version' },
    arch: { kind: 'file', path: '/proc/sys/kernel/arch' },
    bootId: { kind: 'file', path: '/proc/sys/kernel/random/boot_id' },
    machineId: { kind: 'file', path: '/etc/machine-id' },
    cmdline: { kind: 'file', path: '/proc/cmdline' },
    uptime: { kind: 'file', path: '/proc/uptime' },
  },
  parse: ({ osRelease, hostname, kernel, build, arch, bootId, machineId, cmdline, uptime }) => {
    const os = keyValues(osRelease ?? '', /=/);
    const [up] = words(uptime ?? '');
    return {
      hostname: line(hostname),
      os: unquoted(os.get('PRETTY_NAME') ?? os.get('NAME')),
      osId: unquoted(os.get('ID')),
      osVersion: unquoted(os.get('VERSION_ID')),
      kernel: line(kernel),
      kernelBuild: line(build),
      arch: line(arch),
      bootId: line(bootId),
      machineId: line(machineId),
      /** Boot parameters (/proc/cmdline): `iommu=pt isolcpus=2-7`. */
      bootParameters: words(cmdline ?? ''),
      uptimeSeconds: toNumber(up),
    };
  },
  identifiers: ({ hostname, bootId, machineId }) => [
    ...named('host', [hostname, hostname?.split('.')[0]]),
    ...named('uuid', [bootId, machineId]),
  ],
});

const line = (text: string | undefined): string | undefined => text?.trim() || undefined;

/** Values of os-release may be quoted as in a shell; escapes in them are rare and only of quotes, `$` and `\`. */
function unquoted(value: string | undefined): string | undefined {
  const inner = /^(["'])(.*)\1$/.exec(value ?? '')?.[2] ?? value;
  return line(inner?.replaceAll(/\\(["'$`\\])/g, '$1'));
}
