import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename, join, normalize, sep } from 'node:path';
import { crc32 } from 'node:zlib';
import { matchesPattern } from '../../lib/glob-pattern.ts';
import {
  keyOf,
  missing,
  type AnswerOf,
  type Answers,
  type Host,
  type Missing,
  type Read,
  type DaemonGlobRead,
  type DaemonReply,
  type Why,
} from '../host.ts';
import { recordedCgroups, type RecordedFiles } from './cgroups.ts';
import { recordedGlob } from './glob.ts';
import { recordedProcesses } from './processes.ts';
import { recordedThreads } from './threads.ts';

/**
 * A folder of files that answers like a host, so that a test, a bug report and a replay take the same path as a live one:
 *
 *     proc/loadavg …            what the host said, under the path that was asked for
 *     run/<slug of argv>        output of a command; its exit code in `<slug>.exit` where it was not 0
 *     talk/<dialect>/<slug>     answer of a daemon, slug of `path < request`
 *     links.json                {"/sys/class/net/eth0/device": "../../../0000:00:04.0"}: links, for reads that ask for links
 *     statfs.json               {"/": "4096 15728640 …"}
 *     missing.json              {"/proc/pressure/cpu": "denied", "/sys/*": "timeout"}: reads that fail; `*` at the end is any rest
 *     t0/ t1/ at.json           what differed at each moment; {"t0": 812.4, "t1": 814.4}, the host's monotonic seconds
 *
 * A file of a moment hides the one of the same name beside it. Everything that is not there is `absent`.
 */
export function recordedHost(folder: string, name: string = basename(folder), moment?: string): Host {
  const at = readAt(folder);
  const chosen = moment ?? Object.keys(at).toSorted().at(-1);
  const layers = chosen === undefined ? [folder] : [join(folder, chosen), folder];
  const answers = new Folder(layers);
  return {
    name,
    kind: 'recorded',
    read: async (what) => {
      const answer = await answers.answer(what);
      return 'why' in answer ? answer : { ok: true, value: answer.value, at: at[chosen ?? ''] ?? 0, tookMs: 0 };
    },
    close: async () => {},
  };
}

/** The host as it was at each recorded moment, oldest first; `at` is its own monotonic clock in seconds. */
export function recordedMoments(
  folder: string,
  name?: string,
): readonly { readonly at: number; readonly host: Host }[] {
  const at = Object.entries(readAt(folder)).toSorted(([, a], [, b]) => a - b);
  if (at.length === 0) return [{ at: 0, host: recordedHost(folder, name) }];
  return at.map(([moment, seconds]) => ({ at: seconds, host: recordedHost(folder, name, moment) }));
}

/** A command or a socket request as a file name: readable, and never with a slash in it. */
export function recordSlug(key: string): string {
  const slug = key.replaceAll(/[^\w.=:,@+-]/gu, (character) =>
    character === ' '
      ? '_'
      : [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  // Two that begin alike stay two.
  return slug.length > 200 ? `${slug.slice(0, 200)}~${crc32(key).toString(16)}` : slug;
}

/** The path of a socket in a slug: all but its blanks, which no such path has. */
function decoded(slug: string): string {
  try {
    return decodeURIComponent(slug);
  } catch {
    return slug;
  }
}

type Answer<R extends Read> = { readonly value: AnswerOf<R> } | Missing;

class Folder {
  readonly #layers: readonly string[];
  readonly #files: RecordedFiles = { text: (path) => this.#text(path), names: (path) => this.#names(path) };
  readonly #links: Readonly<Record<string, string>>;
  readonly #statfs: Readonly<Record<string, string>>;
  readonly #missing: readonly (readonly [string, Why])[];

  constructor(layers: readonly string[]) {
    this.#layers = layers;
    this.#links = this.#table('links.json');
    this.#statfs = this.#table('statfs.json');
    this.#missing = Object.entries(this.#table<Why>('missing.json'));
  }

  async answer<R extends Read>(what: R): Promise<Answer<R>> {
    const key = keyOf(what);
    const why = this.#missing.find(([name]) => (name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : key === name));
    if (why) return missing(why[1], `${key}: ${why[1]} when it was recorded`);
    const value = await this.#value(what);
    if (value === undefined) return missing('absent', `${key}: not on this host`);
    if (typeof value === 'object' && 'why' in value) return value;
    // #value gives the answer of the read's own kind: its switch is over `kind`.
    return { value: value as AnswerOf<R> };
  }

  async #value(what: Read): Promise<Answers[keyof Answers] | Missing | undefined> {
    switch (what.kind) {
      case 'file':
        return this.#text(what.path);
      case 'glob':
        return recordedGlob(what.pattern, {
          names: (path) => this.#names(path),
          text: (path) => (what.links ? this.#link(path) : this.#text(path)),
        });
      case 'run':
        return this.#run(what.argv.join(' '), what.okExits ?? [0]);
      case 'talk':
        return this.#text(`/talk/${what.dialect}/${recordSlug(keyOf(what))}`);
      case 'talks':
        return this.#talks(what);
      case 'processes':
        return recordedProcesses((path) => this.#text(path), await this.#names('/proc'));
      case 'cgroups':
        return recordedCgroups(this.#files);
      case 'threads':
        return recordedThreads(what, this.#files);
      case 'statfs':
        return this.#statfs[what.path];
      case 'inventory':
        return this.#text('/inventory.json');
    }
  }

  /** Sockets are known by their answers, and by the reasons why they gave none. */
  async #talks({ dialect, pattern, request }: DaemonGlobRead): Promise<ReadonlyMap<string, DaemonReply> | undefined> {
    const slugs = [...(await this.#names(`/talk/${dialect}`))].map((slug) => slug.split('_%3c_', 1)[0] ?? '');
    const silent = this.#missing.map(([key]) => key.split(' < ', 1)[0] ?? '');
    const paths = new Set([...slugs.map(decoded), ...silent].filter((path) => matchesPattern(pattern, path)));
    const told = new Map<string, DaemonReply>();
    for (const to of [...paths].toSorted()) {
      const answer = await this.answer({ kind: 'talk', dialect, to, request });
      if ('value' in answer) told.set(to, { ok: true, text: answer.value, tookMs: 0 });
      else if (answer.why !== 'absent') told.set(to, answer);
    }
    return told.size > 0 ? told : undefined;
  }

  async #run(command: string, okExits: readonly number[]): Promise<string | Missing | undefined> {
    const path = `/run/${recordSlug(command)}`;
    const output = await this.#text(path);
    const exit = Number((await this.#text(`${path}.exit`)) ?? 0);
    if (output !== undefined && !okExits.includes(exit)) return missing('failed', `${command}: exit ${exit}`);
    return output;
  }

  /** Names in a folder, over all layers, and of links that are only listed. */
  async #names(path: string): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    for (const place of this.#places(path)) for (const name of await readdir(place).catch(() => [])) names.add(name);
    const prefix = path.endsWith('/') ? path : `${path}/`;
    for (const link of Object.keys(this.#links))
      if (link.startsWith(prefix)) names.add(link.slice(prefix.length).split('/', 1)[0] ?? '');
    return names;
  }

  async #text(path: string): Promise<string | undefined> {
    for (const place of this.#places(path)) {
      const isFile = await stat(place).then(
        (seen) => seen.isFile(),
        () => false,
      );
      if (isFile) return readFile(place, 'utf8');
    }
    return undefined;
  }

  async #link(path: string): Promise<string | undefined> {
    if (this.#links[path] !== undefined) return this.#links[path];
    for (const place of this.#places(path)) {
      const target = await readlink(place).catch(() => {});
      if (target !== undefined) return target;
    }
    return undefined;
  }

  /** Where a path of the host may lie in our folders; a path that climbs out of them lies nowhere. */
  #places(path: string): readonly string[] {
    return this.#layers.flatMap((layer) => {
      const root = normalize(layer);
      const place = normalize(join(root, path));
      return place === root || place.startsWith(root.endsWith(sep) ? root : root + sep) ? [place] : [];
    });
  }

  #table<Value extends string = string>(file: string): Readonly<Record<string, Value>> {
    return Object.assign({}, ...this.#layers.toReversed().map((layer) => readJson(join(layer, file)))) as Record<
      string,
      Value
    >;
  }
}

/** Our own side files: a broken one is a mistake to be seen, a missing one is empty. */
function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  return JSON.parse(text);
}

const readAt = (folder: string): Readonly<Record<string, number>> =>
  readJson(join(folder, 'at.json')) as Record<string, number>;
