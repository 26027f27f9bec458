import '../bench/lib/raw-text.ts';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Missing, Read, DaemonRead, DaemonGlobRead, ThreadsRead } from '../src/host/host.ts';
import { partMatcher } from '../src/lib/glob-pattern.ts';

const { keyOf } = await import('../src/host/host.ts');
const { localTransport } = await import('../src/host/local-transport.ts');
const { openUserLane } = await import('../src/host/open-lane.ts');
const { formatArchive, readArchive } = await import('../src/host/recorded/archive.ts');
const { textOf } = await import('../src/host/recorded/txtar.ts');
const { recordedCgroups } = await import('../src/host/recorded/cgroups.ts');
const { recordedThreads } = await import('../src/host/recorded/threads.ts');
const { DaemonClients } = await import('../src/host/daemon-clients.ts');
const { readPolicy, sources } = await import('../src/subsystems/index.ts');

/**
 * node scripts/record-fixture.ts NAME [--only SOURCE,…] [--seconds 2]
 *
 * Records this machine, as all sources (or some) read it, twice into test/hosts/NAME.txtar. What did not change in between
 * is kept once, the comment of an archive stays. Names that belong to this machine (host name, MAC addresses, UUIDs) are
 * replaced on the way in. Run it as root, or what only root may read is recorded as denied.
 */
const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, seconds: { type: 'string', default: '2' } },
});
const [name] = positionals;
if (!name || !/^[\w-]+$/.test(name)) throw new Error('usage: record-fixture NAME [--only SOURCE,…] [--seconds 2]');
const archive = join(import.meta.dirname, '../test/hosts', `${name}.txtar`);

interface Recording {
  /** By the name in the archive, without the moment. */
  readonly files: Map<string, string>;
  readonly links: Record<string, string>;
  readonly statfs: Record<string, string>;
  readonly missing: Record<string, string>;
}

const attempt = <Value>(take: () => Value): { value: Value } | { code: string } => {
  try {
    return { value: take() };
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code ?? 'EIO' };
  }
};

function keep(recording: Recording, path: string, taken: { value: string } | { code: string }): void {
  if ('value' in taken) recording.files.set(path.slice(1), scrubbed(taken.value));
  else if (taken.code === 'EACCES' || taken.code === 'EPERM') recording.missing[path] = 'denied';
}

const addresses = new Map(
  readdirSync('/sys/class/net').flatMap((nic, index) => {
    const taken = attempt(() => readFileSync(`/sys/class/net/${nic}/address`, 'utf8').trim());
    const mac = 'value' in taken ? taken.value : '';
    return /[1-9a-f]/.test(mac) ? [[mac, `02:00:00:00:00:${String(index).padStart(2, '0')}`] as const] : [];
  }),
);

/** Another one, but the same each time: rows of a database and guests name each other by them. */
function otherUuid(uuid: string): string {
  if (/^[0-]+$/.test(uuid)) return uuid;
  const hash = createHash('sha256').update(uuid.toLowerCase()).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

function scrubbed(text: string): string {
  // A short name is part of many words.
  const ownName = new RegExp(String.raw`(?<!\w)${hostname().replaceAll('.', String.raw`\.`)}(?!\w)`, 'g');
  let out = text.replaceAll(ownName, name ?? '').replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gi, otherUuid);
  for (const [real, made] of addresses) out = out.replaceAll(real, made);
  return out;
}

/** Paths that a pattern names; symbolic links on the way are followed, as a shell does. */
function expand(pattern: string): string[] {
  let paths = [''];
  for (const part of pattern.split('/').slice(1))
    paths = /[*?[]/.test(part)
      ? paths.flatMap((path) => {
          const names = attempt(() => readdirSync(path || '/'));
          return 'value' in names ? names.value.filter(partMatcher(part)).map((file) => `${path}/${file}`) : [];
        })
      : paths.map((path) => `${path}/${part}`);
  return paths;
}

async function record(what: Read, into: Recording): Promise<void> {
  const key = keyOf(what);
  switch (what.kind) {
    case 'file':
      return keep(
        into,
        key,
        attempt(() => readFileSync(what.path, 'utf8')),
      );
    case 'glob':
      for (const path of expand(what.pattern)) {
        const taken = attempt(() =>
          what.links ? readlinkSync(path) : statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined,
        );
        if (!('value' in taken) || taken.value === undefined) continue;
        if (what.links) into.links[path] = scrubbed(taken.value);
        else keep(into, path, { value: taken.value });
      }
      return undefined;
    case 'run': {
      const { promise, resolve } = Promise.withResolvers<void>();
      execFile(
        what.argv[0] ?? '',
        what.argv.slice(1),
        { env: { ...process.env, LC_ALL: 'C.UTF-8' }, timeout: 10_000 },
        (error, output) => {
          if (error?.code !== 'ENOENT') into.files.set(`run ${key}`, scrubbed(output));
          if (error && typeof error.code === 'number') into.files.set(`exit ${key}`, `${error.code}\n`);
          resolve();
        },
      );
      return promise;
    }
    case 'statfs': {
      const taken = attempt(() => statfsSync(what.path));
      if ('value' in taken) {
        const { bsize, blocks, bfree, bavail, files, ffree } = taken.value;
        into.statfs[what.path] = [bsize, blocks, bfree, bavail, files, ffree, 0].join(' ');
      }
      return undefined;
    }
    case 'processes':
      for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) recordProcess(pid, into);
      return undefined;
    case 'limits':
    case 'inventory':
      return undefined;
    case 'mounts': {
      const reading = await lane.read(what);
      if (reading.ok && what.usersOf === undefined) into.files.set('mounts.txt', scrubbed(reading.value));
      return undefined;
    }
    case 'talk':
      return recordTalk(what, into);
    case 'talks':
      return recordTalks(what, into);
    case 'cgroups':
      await recordedCgroups(thisMachine((path, text) => keep(into, path, { value: text })));
      return undefined;
    case 'threads':
      return recordThreads(what, into);
  }
}

const transport = localTransport();
const { lane } = await openUserLane(transport);
const talks = new DaemonClients(() => undefined, readPolicy.protocolOf);

function keepSilence(into: Recording, key: string, { why }: Missing): void {
  if (why !== 'absent') into.missing[key] = why;
}

async function recordTalk(what: DaemonRead, into: Recording): Promise<void> {
  const key = keyOf(what);
  const reading = await talks.request(lane, what);
  if (reading.ok) into.files.set(`talk/${what.dialect} ${key}`, scrubbed(reading.value));
  else keepSilence(into, key, reading);
}

async function recordTalks(what: DaemonGlobRead, into: Recording): Promise<void> {
  const { dialect, request } = what;
  const reading = await talks.requestAll(lane, what);
  if (!reading.ok) return keepSilence(into, keyOf(what), reading);
  for (const [to, reply] of reading.value) {
    const key = keyOf({ kind: 'talk', dialect, to, request });
    if (reply.ok) into.files.set(`talk/${dialect} ${key}`, scrubbed(reply.text));
    else keepSilence(into, key, reply);
  }
}

/** This machine as a recording of it is looked into: `see` gets each file that was wanted. */
const thisMachine = (see: (path: string, text: string) => void) => ({
  text: async (path: string) => {
    const taken = attempt(() => readFileSync(path, 'utf8'));
    if ('value' in taken) see(path, taken.value);
    return 'value' in taken ? taken.value : undefined;
  },
  names: async (path: string) => {
    const taken = attempt(() => readdirSync(path));
    return new Set('value' in taken ? taken.value : []);
  },
});

async function recordThreads(what: ThreadsRead, into: Recording): Promise<void> {
  const seen = new Map<string, string>();
  const table = await recordedThreads(
    what,
    thisMachine((path, text) => seen.set(path, text)),
  );
  for (const [path, text] of seen)
    if (table?.processes.has(Number(path.split('/')[2]))) keep(into, path, { value: text });
}

function recordProcess(pid: string, into: Recording): void {
  const own = `/proc/${pid}`;
  for (const file of ['stat', 'cmdline', 'cgroup', 'status', 'io', 'wchan'])
    keep(
      into,
      `${own}/${file}`,
      attempt(() => readFileSync(`${own}/${file}`, 'utf8')),
    );
  const threads = expand(`${own}/task/*/schedstat`)
    .slice(0, 64)
    .flatMap((path) => {
      const taken = attempt(() => readFileSync(path, 'utf8'));
      return 'value' in taken ? [taken.value.trim().split(' ').map(Number)] : [];
    });
  const sum = [0, 1, 2].map((field) => threads.reduce((total, each) => total + (each[field] ?? 0), 0));
  keep(into, `${own}/schedstat`, { value: `${sum.join(' ')}\n` });
}

const only = options.only?.split(',');
const chosen = sources.filter(({ id }) => only === undefined || only.includes(id));
if (chosen.length === 0) throw new Error(`no source is called ${options.only}`);

const clock = (): number => Number(process.hrtime.bigint() / 10_000_000n) / 100;
const moments: { readonly at: number; readonly recording: Recording }[] = [];
for (const moment of [0, 1]) {
  if (moment > 0) await sleep(Number(options.seconds) * 1000);
  const recording: Recording = { files: new Map(), links: {}, statfs: {}, missing: {} };
  const at = clock();
  for (const source of chosen) for (const what of Object.values<Read>(source.reads)) await record(what, recording);
  moments.push({ at, recording });
}
talks.drop(lane);
lane.close();
await transport.close();
const [first, second] = moments;
if (!first || !second) throw new Error('nothing was recorded');
const before = existsSync(archive) ? readArchive(archive) : { comment: '', files: new Map<string, never>() };
/** By name; with `--only` on top of what the archive has. */
const files = new Map<string, string>(
  options.only === undefined ? [] : [...before.files.values()].map((entry) => [entry.name, textOf(entry)]),
);
if (!files.has('at.json')) files.set('at.json', `${JSON.stringify({ t0: first.at, t1: second.at })}\n`);
/** One of a single moment stays so. */
const isPair = 't1' in (JSON.parse(files.get('at.json') ?? '{}') as object);
for (const path of new Set([...first.recording.files.keys(), ...second.recording.files.keys()])) {
  for (const stale of [path, `t0/${path}`, `t1/${path}`]) files.delete(stale);
  const [one, other] = [first.recording.files.get(path), second.recording.files.get(path)];
  if (one === other || !isPair) files.set(path, one ?? other ?? '');
  else {
    if (one !== undefined) files.set(`t0/${path}`, one);
    if (other !== undefined) files.set(`t1/${path}`, other);
  }
}
for (const [file, own] of [
  ['links.json', second.recording.links],
  ['statfs.json', second.recording.statfs],
  ['missing.json', second.recording.missing],
] as const) {
  const all = { ...(JSON.parse(files.get(file) ?? '{}') as object), ...own };
  if (Object.keys(all).length > 0) files.set(file, `${JSON.stringify(all, undefined, 2)}\n`);
}
writeFileSync(archive, formatArchive(before.comment, [...files].map(([file, text]) => ({ name: file, line: 0, content: text })))); // prettier-ignore
console.log(
  `${name}: ${second.recording.files.size} files, ${chosen.length} sources, ${(second.at - first.at).toFixed(2)} s apart`,
);
