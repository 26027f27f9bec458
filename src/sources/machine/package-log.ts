import { epochSeconds } from '../../lib/iso-time.ts';
import { zonedMs } from '../../lib/zoned-time.ts';
import { lines } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/** End of a log that is read: a day of upgrades on most hosts. */
const TAIL_BYTES = 64 * 1024;
/** Entries that a sample holds, newest last. */
const MOST = 500;

export type PackageAction = 'installed' | 'upgraded' | 'downgraded' | 'removed';

export interface PackageChange {
  readonly epochMs: number;
  readonly action: PackageAction;
  readonly name: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** File that has it. */
  readonly log: string;
}

/** One run of apt: its command line, and the time that it took. */
export interface AptRun {
  readonly startMs: number;
  readonly endMs: number | undefined;
  readonly command: string;
}

const DPKG = '/var/log/dpkg.log';
const APT = '/var/log/apt/history.log';
const DNF = '/var/log/dnf.rpm.log';
const ZYPP = '/var/log/zypp/history';
export const PACKAGE_LOGS = [DPKG, `${DPKG}.1`, APT, DNF, ZYPP];

/**
 * Packages that were installed, upgraded and removed: logs of dpkg (dpkg(1), `--log`), apt, dnf and zypper. Only dnf writes a zone; the
 * others are in the host's, which the link /etc/localtime names.
 *
 *     2026-11-29 18:13:38 upgrade openssl:amd64 3.0.19-1~deb12u2 3.0.22-1~deb12u2
 *     2023-11-06T09:35:26+0000 SUBDEBUG Upgrade: tzdata-2023c-1.el9.noarch
 *     2024-05-14 08:12:33|install|bash|4.4-150400.25.22|x86_64||repo|sha256…
 */
export const packageLog = defineSource({
  id: 'package-log',
  title: 'Log of packages',
  why: 'Shows which packages were installed, upgraded or removed before a fault began.',
  everySeconds: 60,
  reads: {
    localtime: { kind: 'glob', pattern: '/etc/localtime', links: true },
    timezone: { kind: 'file', path: '/etc/timezone' },
    dpkgOld: { kind: 'file', path: `${DPKG}.1`, tailBytes: TAIL_BYTES },
    dpkg: { kind: 'file', path: DPKG, tailBytes: TAIL_BYTES },
    apt: { kind: 'file', path: APT, tailBytes: TAIL_BYTES },
    dnf: { kind: 'file', path: DNF, tailBytes: TAIL_BYTES, as: 'root' },
    zypp: { kind: 'file', path: ZYPP, tailBytes: TAIL_BYTES, as: 'root' },
  },
  parse: ({ localtime, timezone, dpkgOld, dpkg, apt, dnf, zypp }) => {
    const zone = zoneOf([...(localtime?.values() ?? [])][0]) ?? timezone?.trim() ?? 'UTC';
    return {
      packages: [
        ...dpkgChanges(dpkgOld, `${DPKG}.1`, zone),
        ...dpkgChanges(dpkg, DPKG, zone),
        ...dnfChanges(dnf),
        ...zyppChanges(zypp, zone),
      ].slice(-MOST),
      runs: aptRuns(apt, zone),
    };
  },
  weightKiB: ({ packages }: { readonly packages: readonly PackageChange[] }) => packages.length * 0.2,
});

/** `/usr/share/zoneinfo/Europe/Berlin` → `Europe/Berlin`: localtime(5). */
const zoneOf = (target: string | undefined): string | undefined => /zoneinfo\/([\w+/-]+)\s*$/.exec(target ?? '')?.[1];

const DPKG_ACTIONS: Readonly<Record<string, PackageAction>> = {
  install: 'installed',
  upgrade: 'upgraded',
  remove: 'removed',
};

function dpkgChanges(text: string | undefined, log: string, zone: string): readonly PackageChange[] {
  return lines(text ?? '').flatMap((line): PackageChange[] => {
    const [, time = '', verb = '', name = '', from, to] =
      /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (install|upgrade|remove) (\S+) (\S+) (\S+)$/.exec(line) ?? [];
    const action = DPKG_ACTIONS[verb];
    const epochMs = action && zonedMs(time, zone);
    return action === undefined || epochMs === undefined
      ? []
      : [{ epochMs, action, name: name.replace(/:\w+$/, ''), from: version(from), to: version(to), log }];
  });
}

const version = (text: string | undefined): string | undefined => (text === '<none>' ? undefined : text);

const DNF_ACTIONS: Readonly<Record<string, PackageAction>> = {
  Installed: 'installed',
  Upgrade: 'upgraded',
  Upgraded: 'upgraded',
  Downgrade: 'downgraded',
  Downgraded: 'downgraded',
  Erase: 'removed',
};

/** A new version (`Upgrade:`) and the one that it replaces (`Upgraded:`) have a line each, in this order. */
function dnfChanges(text: string | undefined): readonly PackageChange[] {
  const found: PackageChange[] = [];
  for (const line of lines(text ?? '')) {
    const [, time = '', verb = '', name = '', full = ''] =
      /^(\S+) SUBDEBUG (\w+): (\S+?)-((?:\d+:)?[^-:\s]+-[^-\s]+)\.\w+$/.exec(line) ?? [];
    const action = DNF_ACTIONS[verb];
    const seconds = epochSeconds(time);
    if (action === undefined || seconds === undefined) continue;
    const epochMs = seconds * 1000;
    if (verb === 'Upgraded' || verb === 'Downgraded') {
      const index = found.findLastIndex((one) => one.name === name && one.from === undefined);
      const newer = found[index];
      if (newer) found[index] = { ...newer, from: full };
    } else {
      const removed = action === 'removed';
      found.push({ epochMs, action, name, from: removed ? full : undefined, to: removed ? undefined : full, log: DNF });
    }
  }
  return found;
}

function zyppChanges(text: string | undefined, zone: string): readonly PackageChange[] {
  return lines(text ?? '').flatMap((line): PackageChange[] => {
    const [time = '', verb = '', name = '', full] = line.split('|').map((field) => field.trim());
    const epochMs = verb === 'install' || verb === 'remove' ? zonedMs(time, zone) : undefined;
    if (epochMs === undefined || name === '') return [];
    return verb === 'install'
      ? [{ epochMs, action: 'installed', name, from: undefined, to: full, log: ZYPP }]
      : [{ epochMs, action: 'removed', name, from: full, to: undefined, log: ZYPP }];
  });
}

/** Blocks of apt's history: `Start-Date: 2026-11-29  18:08:59`, `Commandline: apt-get install …`, `End-Date: …`. */
function aptRuns(text: string | undefined, zone: string): readonly AptRun[] {
  return (text ?? '').split(/\n\n+/).flatMap((block): AptRun[] => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const timeOf = (name: string) => zonedMs((field(name) ?? '').replace(/ +/, ' '), zone);
    const [startMs, command] = [timeOf('Start-Date'), field('Commandline')];
    return startMs === undefined || command === undefined ? [] : [{ startMs, endMs: timeOf('End-Date'), command }];
  });
}
