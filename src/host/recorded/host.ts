import { statSync } from 'node:fs';
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
import { readArchive, recordedName, storeOf } from './archive.ts';
import { recordedCgroups, type RecordedFiles } from './cgroups.ts';
import { recordedGlob } from './glob.ts';
import { recordSlug, socketOfSlug } from './key-names.ts';
import { recordedProcesses } from './processes.ts';
import { folderStore, type RecordedStore } from './store.ts';
import { recordedThreads } from './threads.ts';

/**
 * Recorded readings that answer like a host, so that tests, bug reports and replays take the same path as a live one.
 * They stand in a text archive (`NAME.txtar`, see txtar.ts) or a folder. Names in the archive, and in a folder where
 * they differ:
 *
 *     proc/loadavg                    text of a file, under the path that was read
 *     run uname -m                    output of a command                        run/<slug>
 *     exit ip -j a                    its exit code where it was not 0           run/<slug>.exit
 *     talk/asok /run/a.asok < status  reply of a daemon: socket < request        talk/asok/<slug>
 *     links.json                      {"/sys/class/net/eth0/device": "../../../0000:00:04.0"}, for reads of links
 *     statfs.json                     {"/": "4096 15728640 …"}
 *     limits.txt                      lines of a `limits` read
 *     missing.json                    {"/proc/pressure/cpu": "denied", "/sys/*": "timeout"}: reads that fail; `*` at the end is any rest
 *     at.json                         {"t0": 812.4, "t1": 814.4}: moments, in the host's monotonic seconds
 *     t0/proc/stat                    a reading of one moment; it hides the one without a moment
 *     keys.json, comment.txt          in a folder only: keys that a slug does not give; the comment of the archive
 */
export interface RecordedMoment {
  /** The host's monotonic clock, seconds. */
  readonly at: number;
  readonly host: Host;
}

/** Reason for a read without a recorded reading. */
export type Unrecorded = (what: Read) => Missing;

/** Reason for a host that was recorded whole. */
const notPresent: Unrecorded = (what) => missing('absent', `${keyOf(what)}: not present`);

interface HostOptions {
  readonly name: string;
  /** The last one by default. */
  readonly moment?: string | undefined;
  readonly unrecorded?: Unrecorded | undefined;
}

/** A recorded host at one moment; `path` is an archive or a folder. */
export function recordedHost(path: string, name: string = recordedName(path), moment?: string): Host {
  return hostOf(openStore(path), { name, moment });
}

/** A recorded host at each moment, oldest first. */
export function recordedMoments(path: string, name: string = recordedName(path)): readonly RecordedMoment[] {
  return momentsOf(openStore(path), { name });
}

const openStore = (path: string): RecordedStore =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ? storeOf(readArchive(path)) : folderStore(path);

export function momentsOf(store: RecordedStore, options: Omit<HostOptions, 'moment'>): readonly RecordedMoment[] {
  const at = Object.entries(timesIn(store)).toSorted(([, a], [, b]) => a - b);
  if (at.length === 0) return [{ at: 0, host: hostOf(store, options) }];
  return at.map(([moment, seconds]) => ({ at: seconds, host: hostOf(store, { ...options, moment }) }));
}

function hostOf(store: RecordedStore, { name, moment, unrecorded = notPresent }: HostOptions): Host {
  const at = timesIn(store);
  const chosen =
    moment ??
    Object.entries(at)
      .toSorted(([, a], [, b]) => a - b)
      .at(-1)?.[0];
  const answers = new RecordedAnswers(store, chosen === undefined ? [''] : [chosen, ''], unrecorded);
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

type Answer<R extends Read> = { readonly value: AnswerOf<R> } | Missing;

class RecordedAnswers {
  readonly #store: RecordedStore;
  /** Folders of the store, the first that has a file gives it. */
  readonly #layers: readonly string[];
  readonly #unrecorded: Unrecorded;
  readonly #files: RecordedFiles = { text: (path) => this.#text(path), names: (path) => this.#names(path) };
  readonly #links: Readonly<Record<string, string>>;
  readonly #statfs: Readonly<Record<string, string>>;
  readonly #missing: readonly (readonly [string, Why])[];

  constructor(store: RecordedStore, layers: readonly string[], unrecorded: Unrecorded) {
    this.#store = store;
    this.#layers = layers;
    this.#unrecorded = unrecorded;
    this.#links = this.#table('links.json');
    this.#statfs = this.#table('statfs.json');
    this.#missing = Object.entries(this.#table<Why>('missing.json'));
  }

  async answer<R extends Read>(what: R): Promise<Answer<R>> {
    return (await this.#recorded(what)) ?? this.#unrecorded(what);
  }

  /** Undefined for a read without a recorded answer. */
  async #recorded<R extends Read>(what: R): Promise<Answer<R> | undefined> {
    const key = keyOf(what);
    const why = this.#missing.find(([name]) => (name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : key === name));
    if (why) return missing(why[1], `${key}: ${why[1]} when it was recorded`);
    const value = await this.#value(what);
    if (value === undefined || (typeof value === 'object' && 'why' in value)) return value;
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
      case 'limits':
        return this.#text('/limits.txt');
      case 'cgroups':
        return recordedCgroups(this.#files);
      case 'threads':
        return recordedThreads(what, this.#files);
      case 'statfs':
        return this.#statfs[what.path];
      case 'mounts':
        return this.#text(what.usersOf === undefined ? '/mounts.txt' : `/mount-users/${recordSlug(what.usersOf)}`);
      case 'inventory':
        return this.#text('/inventory.json');
    }
  }

  /** Sockets are known by their replies, and by the reasons for none. */
  async #talks({ dialect, pattern, request }: DaemonGlobRead): Promise<ReadonlyMap<string, DaemonReply> | undefined> {
    const answering = [...(await this.#names(`/talk/${dialect}`))].map(socketOfSlug);
    const silent = this.#missing.map(([key]) => key.split(' < ', 1)[0] ?? '');
    const paths = new Set([...answering, ...silent].filter((path) => matchesPattern(pattern, path)));
    const replies = new Map<string, DaemonReply>();
    for (const to of [...paths].toSorted()) {
      const answer = await this.#recorded({ kind: 'talk', dialect, to, request });
      if (answer && 'value' in answer) replies.set(to, { ok: true, text: answer.value, tookMs: 0 });
      else if (answer && answer.why !== 'absent') replies.set(to, answer);
    }
    return replies.size > 0 ? replies : undefined;
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
    for (const layer of this.#layers) for (const name of await this.#store.names(`/${layer}/${path}`)) names.add(name);
    const prefix = path.endsWith('/') ? path : `${path}/`;
    for (const link of Object.keys(this.#links))
      if (link.startsWith(prefix)) names.add(link.slice(prefix.length).split('/', 1)[0] ?? '');
    return names;
  }

  async #text(path: string): Promise<string | undefined> {
    for (const layer of this.#layers) {
      const text = await this.#store.text(`/${layer}/${path}`);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  async #link(path: string): Promise<string | undefined> {
    if (this.#links[path] !== undefined) return this.#links[path];
    for (const layer of this.#layers) {
      const target = await this.#store.link(`/${layer}/${path}`);
      if (target !== undefined) return target;
    }
    return undefined;
  }

  #table<Value extends string = string>(file: string): Readonly<Record<string, Value>> {
    const layers = this.#layers.toReversed().map((layer) => (layer === '' ? file : `${layer}/${file}`));
    return Object.assign({}, ...layers.map((path) => json(this.#store, path))) as Record<string, Value>;
  }
}

/** A file of the recording itself: a missing one is empty; a broken one throws, so that the mistake is seen. */
function json(store: RecordedStore, path: string): unknown {
  const text = store.sideFile(path);
  return text === undefined ? {} : JSON.parse(text);
}

const timesIn = (store: RecordedStore): Readonly<Record<string, number>> =>
  json(store, 'at.json') as Record<string, number>;
