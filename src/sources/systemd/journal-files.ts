import { lines, toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/** Files of the journal by time, blocks and path; nothing of their content is read. */
export const FIND_JOURNALS = [
  'find',
  '/var/log/journal',
  '/run/log/journal',
  '-mindepth',
  '2',
  '-maxdepth',
  '2',
  '-name',
  '*.journal*',
  '-printf',
  String.raw`%T@ %b %p\n`,
];
export const JOURNALD_CONF = '/etc/systemd/journald.conf';
/** Drop-ins, the last of a name counts: those of /etc over /run over /usr. systemd(1), drop-ins. */
export const JOURNALD_DROP_INS = [
  '/usr/lib/systemd/journald.conf.d/*.conf',
  '/run/systemd/journald.conf.d/*.conf',
  '/etc/systemd/journald.conf.d/*.conf',
] as const;

export interface JournalFiles {
  /** `/var/log/journal` is kept over a boot, `/run/log/journal` is not. */
  readonly isPersistent: boolean;
  readonly files: number;
  readonly bytes: number;
  /** Start of the oldest archived file, seconds since 1970; undefined while none was archived. */
  readonly oldestEpochSeconds: number | undefined;
  /** Times at which files were replaced, since they were corrupted or not closed: `*.journal~`. */
  readonly replacedEpochSeconds: readonly number[];
  /** SystemMaxUse= or RuntimeMaxUse=, or the default: 10 % of the filesystem, up to 4 GiB. */
  readonly mostBytes: number | undefined;
  readonly isMostSet: boolean;
  /** SystemKeepFree= or RuntimeKeepFree=, or the default: 15 %, up to 4 GiB. */
  readonly keepFreeBytes: number | undefined;
  /** Free on its filesystem for users without privileges. */
  readonly freeBytes: number | undefined;
  /** RateLimitBurst= messages of a unit in RateLimitIntervalSec=; as they are written. */
  readonly rateLimit: { readonly burst: string | undefined; readonly interval: string | undefined };
}

interface File {
  readonly epochSeconds: number;
  readonly bytes: number;
  readonly folder: string;
  readonly name: string;
}

const GIB = 2 ** 30;

/**
 * Disk use of journald against its limits. journald.conf(5); names of archived files have their first time in hexadecimal microseconds
 * (systemd-journald.service(8)).
 *
 *     1764485126.12 16392 /var/log/journal/4f0c…/system@5c1a…-0000000000000001-0006449d2a01c31a.journal
 *     1764485126.12 16392 /var/log/journal/4f0c…/system@0006449d2a01c31a-7b1f….journal~
 */
export const journalFiles = defineSource({
  id: 'journal-files',
  title: 'Files of the journal',
  why: 'Shows the disk use of the journal against its limits, how far it reaches back, and files that were corrupted.',
  everySeconds: 60,
  value: 'low',
  reads: {
    // Exit 1: one of the two folders is not there.
    found: { kind: 'run', argv: FIND_JOURNALS, as: 'root', okExits: [0, 1] },
    conf: { kind: 'file', path: JOURNALD_CONF },
    vendor: { kind: 'glob', pattern: JOURNALD_DROP_INS[0] },
    runtime: { kind: 'glob', pattern: JOURNALD_DROP_INS[1] },
    admin: { kind: 'glob', pattern: JOURNALD_DROP_INS[2] },
    disk: { kind: 'statfs', path: '/var/log/journal' },
    memory: { kind: 'statfs', path: '/run/log/journal' },
  },
  parse: ({ found, conf, vendor, runtime, admin, disk, memory }): JournalFiles | undefined => {
    const all = lines(found ?? '').flatMap(fileOf);
    // The journal of this host is written to all the time; the others are of containers.
    const newest = all
      .filter(({ name }) => name === 'system.journal')
      .reduce<File | undefined>((best, one) => (one.epochSeconds > (best?.epochSeconds ?? 0) ? one : best), undefined);
    if (newest === undefined) return undefined;
    const files = all.filter(({ folder }) => folder === newest.folder);
    const isPersistent = newest.folder.startsWith('/var/');
    const byName = new Map([vendor, runtime, admin].flatMap((drops) => [...(drops ?? [])].map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text] as const))); // prettier-ignore
    const dropIns = [...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
    const settings = settingsOf([conf ?? '', ...dropIns]);
    const space = spaceOf(isPersistent ? disk : memory);
    const kind = isPersistent ? 'System' : 'Runtime';
    const set = bytesOf(settings.get(`${kind}MaxUse`));
    const share = (part: number) => space && Math.min(4 * GIB, part * space.bytes);
    return {
      isPersistent,
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      oldestEpochSeconds: least(files.flatMap(({ name }) => startOf(name) ?? [])),
      replacedEpochSeconds: files.filter(({ name }) => name.endsWith('.journal~')).map(({ epochSeconds }) => epochSeconds), // prettier-ignore
      mostBytes: set ?? share(0.1),
      isMostSet: set !== undefined,
      keepFreeBytes: bytesOf(settings.get(`${kind}KeepFree`)) ?? share(0.15),
      freeBytes: space?.freeBytes,
      rateLimit: { burst: settings.get('RateLimitBurst'), interval: settings.get('RateLimitIntervalSec') },
    };
  },
});

function fileOf(line: string): readonly File[] {
  const [, time, blocks, path] = /^(\d{1,12}\.\d+) (\d{1,15}) (\/\S.*)$/.exec(line) ?? [];
  if (time === undefined || blocks === undefined || path === undefined) return [];
  const at = path.lastIndexOf('/');
  return [{ epochSeconds: Number(time), bytes: Number(blocks) * 512, folder: path.slice(0, at), name: path.slice(at + 1) }]; // prettier-ignore
}

/** First time in the name of an archived file of the system. */
function startOf(name: string): number | undefined {
  const hex = /^system@[0-9a-f]{32}-[0-9a-f]{16}-([0-9a-f]{16})\.journal$/.exec(name)?.[1];
  const seconds = hex === undefined ? Number.NaN : Number.parseInt(hex, 16) / 1e6;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

const least = (values: readonly number[]): number | undefined =>
  values.reduce<number | undefined>((best, one) => (best === undefined || one < best ? one : best), undefined);

/** `Name=value` of all files, the last of a name; an empty value is the default again. */
function settingsOf(texts: readonly string[]): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const line of texts.flatMap(lines)) {
    const [, name, value] = /^\s*([A-Za-z]{1,40})\s*=\s*(.{0,100}?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    if (value === '') settings.delete(name);
    else settings.set(name, value);
  }
  return settings;
}

const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** Size by journald.conf(5): `512M`, to the base of 1024. */
function bytesOf(text: string | undefined): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15})([KMGTPE]?)$/.exec(text ?? '') ?? [];
  return digits === undefined ? undefined : Number(digits) * 1024 ** UNITS.indexOf(unit);
}

function spaceOf(text: string | undefined): { readonly bytes: number; readonly freeBytes: number } | undefined {
  const [size, blocks, , available] = (text ?? '').split(' ').map(toCount);
  return size === undefined || blocks === undefined || available === undefined
    ? undefined
    : { bytes: size * blocks, freeBytes: size * available };
}
