import { randomBytes } from 'node:crypto';
import { shellCommand, shellQuote } from '../lib/shell-quote.ts';
import {
  keyOf,
  missing,
  type AnswerOf,
  type Answers,
  type CgroupsRead,
  type Missing,
  type ProcessesRead,
  type ProcessTexts,
  type Reading,
  type LimitsRead,
  type ThreadsRead,
} from './host.ts';
import type { HostRead, Lane } from './lane.ts';
import type { Pipe } from './transport.ts';

/** Limit of one reply; above it the lane ends. */
const MAX_BYTES = 16 << 20;
/** Exit codes of the scripts below; commands use codes up to 64. */
const ABSENT = 101;
const DENIED = 102;
/** 128 + SIGALRM, which ends a command with a timeout option. */
const SIGALRM = 142;

/** Reads that one small script can do. */
type PlainRead = Exclude<HostRead, ProcessesRead | LimitsRead | CgroupsRead | ThreadsRead>;

interface Job {
  readonly script: string;
  readonly nonce: string;
  readonly timeoutMs: number;
  readonly resolve: (answer: { body: Buffer; exit: number; at: number; tookMs: number } | Missing) => void;
}

/**
 * ShLane is the fallback on a host without python3: one shell that runs small scripts, one at a time. Every reply ends in a
 * random nonce, so no file or process name can forge its end; `grep -aHZ ''` prefixes every line with the file. It costs the
 * host about five times as much as the collector, supports no tools, and does not measure its CPU time.
 */
export class ShLane implements Lane {
  readonly kind = 'sh';
  readonly pid: number | undefined;
  readonly uid: number | undefined;
  readonly open = undefined;
  readonly dial = undefined;
  readonly ended: Promise<string>;
  readonly #pipe: Pipe;
  readonly #queue: Job[] = [];
  readonly #known = new Map<number, ProcessTexts>();
  #end: (why: string) => void = () => undefined;
  #over = false;
  #job: (Job & { readonly timer: NodeJS.Timeout; readonly sinceMs: number }) | undefined;
  #buffer = Buffer.alloc(0);
  #fromHost = 0;
  #toHost = 0;

  /** `first`: output after the ready mark: ` <pid> <uid>`. */
  constructor(pipe: Pipe, first: Buffer) {
    this.#pipe = pipe;
    const [, pid, uid] = /^ (\d+) (\d+)/.exec(first.toString('latin1')) ?? [];
    this.pid = pid === undefined ? undefined : Number(pid);
    this.uid = uid === undefined ? undefined : Number(uid);
    this.ended = new Promise((resolve) => {
      this.#end = (why) => {
        this.#over = true;
        const jobs = this.#job ? [this.#job, ...this.#queue.splice(0)] : this.#queue.splice(0);
        if (this.#job) clearTimeout(this.#job.timer);
        this.#job = undefined;
        for (const job of jobs) job.resolve(missing('failed', why));
        pipe.kill();
        resolve(why);
      };
    });
    pipe.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    pipe.stdout.resume();
    pipe.stderr.on('data', () => undefined);
    pipe.stdin.on('error', () => undefined);
    void pipe.exited.then((code) =>
      this.#end(code === undefined ? 'shell killed or session ended' : `shell ended with exit code ${code}`),
    );
  }

  async read<R extends HostRead>(what: R): Promise<Reading<AnswerOf<R>>> {
    const value =
      what.kind === 'processes'
        ? await this.#processes()
        : what.kind === 'cgroups' ||
            what.kind === 'threads' ||
            what.kind === 'limits' ||
            (what.kind === 'glob' && what.keeping !== undefined) ||
            (what.kind === 'mounts' && what.usersOf !== undefined)
          ? missing('denied', `${keyOf(what)}: needs python3 on the host`)
          : await this.#one(what);
    // The answer has the kind of the read.
    return value as Reading<AnswerOf<R>>;
  }

  /** Sockets that match a pattern; `denied` for a folder without permission, `absent` for one without sockets. */
  async names(pattern: string, timeoutMs: number): Promise<readonly string[] | Missing> {
    const folder = pattern.slice(0, pattern.search(/[*?[]|$/)).replace(/\/[^/]*$/, '') || '/';
    const unreadable = `[ -d ${shellQuote(folder)} ] && [ ! -r ${shellQuote(folder)} ] && (exit ${DENIED})`;
    const each = `for f in ${bareWildcards(pattern)}; do [ -S "$f" ] && printf '%s\\0' "$f"; done`;
    const answer = await this.#ask(`${each}; ${unreadable} || [ $? -ne ${DENIED} ]`, timeoutMs + 3000);
    if ('ok' in answer) return answer;
    if (answer.exit !== 0) return missing('denied', `${folder}: permission denied`);
    const names = answer.body
      .toString('utf8')
      .split('\0')
      .filter((name) => name !== '');
    return names.length > 0 ? names : missing('absent', `${pattern}: no such socket`);
  }

  clock(): undefined {
    return undefined;
  }

  cpuSeconds(): undefined {
    return undefined;
  }

  hung(): readonly [] {
    return [];
  }

  bytes(): { fromHost: number; toHost: number } {
    return { fromHost: this.#fromHost, toHost: this.#toHost };
  }

  close(): void {
    this.#pipe.stdin.end();
    this.#end('closed');
  }

  async #one(what: PlainRead): Promise<Reading<Answers[keyof Answers]>> {
    const seconds = (what.timeoutMs ?? (what.kind === 'run' ? 10_000 : 5000)) / 1000;
    const answer = await this.#ask(scriptOf(what, seconds), seconds * 1000 + 3000);
    if ('ok' in answer) return answer;
    const { body, exit, at, tookMs } = answer;
    const name =
      what.kind === 'run'
        ? (what.argv[0] ?? '')
        : what.kind === 'glob'
          ? what.pattern
          : 'path' in what
            ? what.path
            : keyOf(what);
    const failure = failureOf(name, exit, what.kind === 'run' ? (what.okExits ?? [0]) : [0], seconds);
    if (failure) return failure;
    if (what.kind !== 'glob') return { ok: true, value: body.toString('utf8'), at, tookMs };
    const files = prefixed(body);
    return files.size === 0 ? missing('absent', `${name}: no such file`) : { ok: true, value: files, at, tookMs };
  }

  async #processes(): Promise<Reading<ReadonlyMap<number, ProcessTexts>>> {
    const answer = await this.#ask(`grep -aHZ '' /proc/[0-9]*/stat 2>/dev/null; true`, 20_000);
    if ('ok' in answer) return answer;
    const table = new Map<number, ProcessTexts>();
    const fresh: number[] = [];
    for (const [path, text] of prefixed(answer.body)) {
      const pid = Number(path.split('/')[2]);
      const old = this.#known.get(pid);
      const same = old !== undefined && startOf(old.stat) === startOf(text) && nameOf(old.stat) === nameOf(text);
      if (!same && fresh.length < 1000) fresh.push(pid);
      table.set(pid, same && old ? (old.stat === text ? old : { ...old, stat: text }) : { pid, stat: text });
    }
    if (fresh.length > 0) await this.#details(table, fresh);
    this.#known.clear();
    for (const [pid, texts] of table) this.#known.set(pid, texts);
    return { ok: true, value: table, at: answer.at, tookMs: answer.tookMs };
  }

  /** Texts that do not change during the life of a process, read once. */
  async #details(table: Map<number, ProcessTexts>, pids: readonly number[]): Promise<void> {
    const paths = pids.flatMap((pid) => ['cmdline', 'cgroup', 'status'].map((file) => `/proc/${pid}/${file}`));
    const answer = await this.#ask(`grep -aHZ '' ${paths.join(' ')} 2>/dev/null; true`, 20_000);
    if ('ok' in answer) return;
    const texts = prefixed(answer.body);
    for (const pid of pids) {
      const process = table.get(pid);
      if (!process) continue;
      const text = (file: string) => texts.get(`/proc/${pid}/${file}`);
      table.set(pid, { ...process, cmdline: text('cmdline') ?? '', cgroup: text('cgroup'), status: text('status') });
    }
  }

  #ask(
    script: string,
    timeoutMs: number,
  ): Promise<{ body: Buffer; exit: number; at: number; tookMs: number } | Missing> {
    return new Promise((resolve) => {
      if (this.#over) return resolve(missing('failed', 'shell has ended'));
      this.#queue.push({ script, nonce: `cc${randomBytes(16).toString('hex')}`, timeoutMs, resolve });
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#job || this.#over) return;
    const job = this.#queue.shift();
    if (!job) return;
    const timer = setTimeout(
      () => this.#end(`shell unresponsive: read hung for ${job.timeoutMs / 1000} s`),
      job.timeoutMs,
    );
    this.#job = { ...job, timer, sinceMs: performance.now() };
    // Commands must not read the next script from stdin.
    const text = `{ ${job.script}; } </dev/null; r=$?; read -r up _ </proc/uptime; printf '\\n%s %s %s\\n' ${job.nonce} "$r" "$up"\n`;
    this.#toHost += text.length;
    this.#pipe.stdin.write(text);
  }

  #take(chunk: Buffer): void {
    this.#fromHost += chunk.length;
    const job = this.#job;
    if (!job) return;
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    const mark = this.#buffer.lastIndexOf(`\n${job.nonce} `);
    const end = mark < 0 ? -1 : this.#buffer.indexOf(10, mark + 1);
    if (end < 0) {
      if (this.#buffer.length > MAX_BYTES) this.#end(`reply exceeds ${MAX_BYTES >> 20} MiB`);
      return;
    }
    const [, exit, up] = this.#buffer.toString('latin1', mark + 1, end).split(' ');
    const body = this.#buffer.subarray(0, mark);
    this.#buffer = this.#buffer.subarray(end + 1);
    clearTimeout(job.timer);
    this.#job = undefined;
    job.resolve({ body, exit: Number(exit), at: Number(up), tookMs: performance.now() - job.sinceMs });
    this.#pump();
  }
}

/** Pattern for a shell, quoted except for its wildcards. */
const bareWildcards = (pattern: string): string =>
  pattern.replaceAll(/[^*?[\]]+/g, (part) => (/^[\w./:-]+$/.test(part) ? part : shellQuote(part)));

/** Line of a mount behind its space. Only filesystems on local disks are asked: nothing would bound a stat that hangs. */
const MOUNT_LINE = `case " $f" in *' - ext'[234]' '*|*' - xfs '*|*' - btrfs '*|*' - vfat '*|*' - f2fs '*|*' - tmpfs '*) s=$(stat -f -c '%S,%b,%f,%a,%c,%d,0' -- "$(printf '%b' "$e")" 2>/dev/null) || s=-;; *) s=-;; esac; printf '%s\\t%s\\n' "$s" "$a $b $c $d $e $f"`;

/** End of a log of which lines are selected: the collector reads what was added, a shell reads all of it each time. */
const MATCHED_BYTES = 256 << 10;

function scriptOf(what: PlainRead, seconds: number): string {
  const limit = `timeout -k 2 ${seconds}`;
  switch (what.kind) {
    case 'file': {
      const path = shellQuote(what.path);
      const show = what.tailBytes === undefined ? 'cat' : `tail -c ${what.tailBytes}`;
      return `if [ ! -e ${path} ]; then (exit ${ABSENT}); elif [ ! -r ${path} ]; then (exit ${DENIED}); else ${limit} ${show} ${path} 2>/dev/null; fi`;
    }
    case 'glob': {
      const pattern = bareWildcards(what.pattern);
      return what.links
        ? `for f in ${pattern}; do [ -L "$f" ] && printf '%s\\0%s\\n' "$f" "$(readlink "$f")"; done; true`
        : what.tailBytes !== undefined
          ? `for f in ${pattern}; do [ -f "$f" ] && [ -r "$f" ] && ${limit} tail -c ${Math.min(what.tailBytes, what.matching === undefined ? Infinity : MATCHED_BYTES)} "$f" | grep -aHZ -s --label="$f" ${what.matching === undefined ? "''" : `-F ${what.matching.map((text) => `-e ${shellQuote(text)}`).join(' ')}`}; done; true`
          : `${limit} grep -aHZ -s '' ${pattern}; [ $? -lt 124 ]`;
    }
    case 'statfs':
      return `${limit} stat -f -c '%S %b %f %a %c %d 0' -- ${shellQuote(what.path)} 2>/dev/null || (exit ${ABSENT})`;
    case 'mounts':
      return `while read -r a b c d e f; do ${MOUNT_LINE}; done </proc/self/mountinfo`;
    case 'run':
      return `PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin LC_ALL=C ${limit} ${shellCommand(what.argv)} 2>/dev/null`;
  }
}

function failureOf(name: string, exit: number, okExits: readonly number[], seconds: number): Missing | undefined {
  if (okExits.includes(exit)) return undefined;
  if (exit === ABSENT) return missing('absent', `${name}: not present`);
  if (exit === 127) return missing('absent', `${name}: command not found`);
  if (exit === DENIED || exit === 126) return missing('denied', `${name}: permission denied`);
  if (exit === SIGALRM) return missing('timeout', `${name}: timeout (SIGALRM)`);
  if (exit === 124 || exit === 137) return missing('timeout', `${name}: timeout after ${seconds} s`);
  return missing('failed', `${name}: exit ${exit}`);
}

/** Joins `name NUL line` lines to files. */
function prefixed(body: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  for (const line of body.toString('utf8').split('\n')) {
    const end = line.indexOf('\0');
    if (end <= 0) continue;
    const path = line.slice(0, end);
    const before = files.get(path);
    files.set(path, `${before ?? ''}${line.slice(end + 1)}\n`);
  }
  return files;
}

const nameOf = (stat: string): string => stat.slice(0, stat.lastIndexOf(')'));
const startOf = (stat: string): string | undefined => stat.slice(stat.lastIndexOf(')') + 2).split(' ', 20)[19];
