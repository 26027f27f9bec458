import { toCount } from '../../lib/lines.ts';

/**
 * A guest as the command line of its QEMU describes it, for hosts without libvirt: qemu(1).
 *
 *     qemu-system-x86_64 -name guest=web,debug-threads=on -m size=131072k -smp 4,sockets=4 -uuid ff91d2dc-… -netdev tap,ifname=tap0
 */
export interface GuestCommand {
  readonly name: string | undefined;
  readonly uuid: string | undefined;
  readonly vcpus: number | undefined;
  readonly memoryKiB: number | undefined;
  /** `debug-threads=on`: thread names identify the vCPUs. */
  readonly namedThreads: boolean;
  /** TCG emulation of every instruction: slow by itself, on any host. */
  readonly emulated: boolean;
  readonly images: readonly string[];
  /** Taps that QEMU opened itself; libvirt passes a file descriptor, without a name. */
  readonly taps: readonly string[];
}

const known = new Map<string, GuestCommand | undefined>();
const MOST_KNOWN = 4096;

/** The guest of a command line (arguments separated by blanks); undefined where the program is not QEMU. */
export function guestCommand(commandLine: string | undefined): GuestCommand | undefined {
  if (commandLine === undefined) return undefined;
  if (known.has(commandLine)) return known.get(commandLine);
  if (known.size >= MOST_KNOWN) known.clear();
  const command = isQemu(commandLine) ? parse(commandLine) : undefined;
  known.set(commandLine, command);
  return command;
}

/** A QEMU that runs a guest, not `qemu-img` or `qemu-ga`: `/usr/bin/qemu-system-x86_64`, `/usr/libexec/qemu-kvm`, `/usr/bin/kvm`. */
const isQemu = (commandLine: string): boolean =>
  /^(?:\S*\/)?(?:qemu-system-[\w-]+|qemu-kvm|kvm)(?:\s|$)/.test(commandLine) && !/\s-version\b/.test(commandLine);

const FACTORS: Readonly<Record<string, number>> = { b: 1 / 1024, k: 1, m: 1024, g: 1_048_576, t: 1_073_741_824 };

function parse(commandLine: string): GuestCommand {
  const option = (name: string): string | undefined =>
    new RegExp(String.raw`\s-${name}\s+(\S.*?)(?=\s-[a-zA-Z]|$)`).exec(commandLine)?.[1];
  const name = option('name');
  const smp = option('smp');
  const memory = /^(?:size=)?(\d{1,12})([bkmgt])?/i.exec(option('m') ?? '');
  const amount = toCount(memory?.[1]);
  return {
    // A comma in a name is written twice.
    name: /^(?:guest=)?((?:[^,]|,,)+)/.exec(name ?? '')?.[1]?.replaceAll(',,', ','),
    uuid: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.exec(option('uuid') ?? '')?.[0].toLowerCase(),
    vcpus: toCount(/^(?:cpus=)?(\d{1,5})/.exec(smp ?? '')?.[1]),
    memoryKiB: amount === undefined ? undefined : amount * (FACTORS[(memory?.[2] ?? 'm').toLowerCase()] ?? 1024),
    namedThreads: /(?:^|,)debug-threads=on/.test(name ?? ''),
    emulated: /\s-accel\s+tcg|accel=tcg/.test(commandLine),
    images: [...commandLine.matchAll(/(?:\bfile=|"filename":")([^\s",]+)/g)].flatMap(([, path]) => path ?? []),
    taps: [...commandLine.matchAll(/\bifname=([^\s",]+)/g)].flatMap(([, tap]) => tap ?? []),
  };
}
