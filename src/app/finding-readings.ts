import type { Session, StandingFinding } from '../collect/session.ts';
import type { AnyFinding } from '../findings/finding.ts';
import type { EntityKind, EntityRef } from '../findings/entity-ref.ts';
import type { Read } from '../host/host.ts';
import { matchesPattern } from '../lib/glob-pattern.ts';
import { plain } from '../lib/plain.ts';
import type { AnySource } from '../sources/source.ts';
import { requestText } from '../collect/raw-request.ts';

type Evidence = StandingFinding['evidence'];

/** What of the readings a finding rests on. */
export interface FindingReadings {
  /** Sources of its rule. */
  readonly sources: readonly string[];
  /** Rank of a read by its request and its text: lower for one that the evidence names, or that names the object. */
  readonly rank: (request: string, read: Read, text: string) => number;
  /** Whether a line of a read is about the object, or has a value of the evidence. */
  readonly marks: (read: Read, line: string) => boolean;
}

/** Readings behind a finding, by the needs of its rule and the sources of its evidence; undefined for an unknown rule. */
export function readingsBehind(
  finding: StandingFinding,
  rules: readonly AnyFinding[],
  evidence: Evidence = finding.evidence,
): FindingReadings | undefined {
  const rule = rules.find(({ id }) => id === finding.rule);
  if (!rule) return undefined;
  const names = namesOf(finding).map(expressionOf);
  const quoted = evidence.map(({ value }) => value).filter((value) => value.length >= QUOTED);
  const files = evidence.map(({ source }) => fileOf(source)).filter((file) => file !== undefined);
  const keysOf = (read: Read) =>
    files.filter(({ path }) => isPathOf(read, path)).flatMap(({ keys }) => keys.map(expressionOf));
  const marks = (read: Read, line: string): boolean =>
    quoted.some((value) => line.startsWith(value)) ||
    [...names, ...keysOf(read)].some((expression) => expression.test(line));
  return {
    sources: Object.values<AnySource>(rule.needs).map(({ id }) => id),
    marks,
    rank: (request, read, text) => {
      const isNamed = names.some((expression) => expression.test(text));
      if (files.some(({ path }) => isPathOf(read, path))) return 0;
      const asked = evidence.some(({ source }) => isRequest(source, request, read));
      return (asked ? 1 : 3) + (isNamed ? 0 : 1) + (text.startsWith('(absent: ') ? 2 : 0);
    },
  };
}

/** Sources of a rule, those with the readings behind the finding first. */
export function rawBehind(session: Session, { sources, rank }: FindingReadings): readonly string[] {
  const ranks = new Map(
    sources.map((id) => [
      id,
      Math.min(LAST, ...session.raw(id).map(({ read, text }) => rank(requestText(read), read, text))),
    ]),
  );
  return sources.toSorted((a, b) => (ranks.get(a) ?? LAST) - (ranks.get(b) ?? LAST));
}

/** Rank of a source without a reading. */
const LAST = 9;

/** Files of a control group: `memory.events oom_kill`. */
const CGROUP_FILE = /^(?:memory|cpu|cpuset|io|pids|cgroup|freezer)\.\w/;

/** Words of a source that stand in requests of many kinds. */
const COMMON: ReadonlySet<string> = new Set(['database', 'socket', 'admin', 'status', 'this', 'node', 'conditions']);

/** Whether a source of evidence in words is the request: `perf dump (admin socket)`, `upcall/show`, `dockerd /events`. */
function isRequest(source: string, request: string, read: Read): boolean {
  if (CGROUP_FILE.test(source)) return read.kind === 'cgroups';
  if (source.startsWith('/proc/') && /^\/proc\/(?:\d+|PID|QEMU)\b/.test(source))
    return read.kind === 'processes' || read.kind === 'threads' || read.kind === 'limits';
  const asked = request.toLowerCase();
  return source
    .toLowerCase()
    .split(/[ ,()]+/)
    .some((word) => word.length >= 4 && !COMMON.has(word) && asked.includes(word));
}

/** Length from which a value of the evidence is a quoted line and no figure. */
const QUOTED = 20;

/** `/proc/meminfo MemAvailable`: a file and the names in it. */
function fileOf(source: string): { readonly path: string; readonly keys: readonly string[] } | undefined {
  const [path = '', ...rest] = source.split(/[ ,]+/);
  if (!path.startsWith('/')) return undefined;
  return { path: path.replace(/\*$/, ''), keys: rest.filter((word) => KEY.test(word)) };
}

/** Names of counters, not words of a sentence: `oom_kill`, `MemAvailable`. */
const KEY = /^[a-z]+[_A-Z]\w*$|^[A-Z]\w{3,}$|^pg\w+$|^psw\w+$|^procs\w*$/;

/** Whether a read has the file, or files below the folder. */
function isPathOf(read: Read, path: string): boolean {
  const own = 'path' in read ? read.path : read.kind === 'glob' ? read.pattern : undefined;
  if (own === undefined) return false;
  return own === path || own.startsWith(`${path}/`) || (read.kind === 'glob' && matchesPattern(own, path));
}

/** Kinds whose id does not stand in readings. */
const NAMELESS: ReadonlySet<EntityKind> = new Set([
  'host',
  'resource',
  'process',
  'node',
  'kube-cluster',
  'ceph-cluster',
  'mgr',
  'ovsdb',
]);

/** Objects of a finding about many, whose names are marked. */
const MOST_MEMBERS = 5;

/** Names of the objects of a finding as they stand in readings. */
function namesOf({ entity, members = [], subject, subjectVocabulary, condition }: StandingFinding): readonly string[] {
  const names = [entity, ...members.slice(0, MOST_MEMBERS)].flatMap(nameIn);
  // `docker lab-leak`, `lab-db vda`: the last word is the most particular.
  if (subjectVocabulary === undefined) names.push(subject.split(/[ /]/).at(-1) ?? '');
  if (condition !== undefined && /^[A-Z_]{4,}$/.test(condition)) names.push(condition);
  return [...new Set(names)].filter((name) => name.length >= 3 && !/^\d+$/.test(name));
}

function nameIn({ kind, id }: EntityRef): readonly string[] {
  if (NAMELESS.has(kind)) return [];
  if (kind === 'container') return [id.slice(id.indexOf(':') + 1)];
  if (kind === 'cgroup') return [id];
  return [id.slice(id.lastIndexOf('/') + 1)];
}

/** A whole word, as it is or redacted. */
export function expressionOf(name: string): RegExp {
  const words = [...new Set([name, plain(name)])].map((word) =>
    word.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`),
  );
  return new RegExp(String.raw`(?<!\w)(?:${words.join('|')})(?![\w-])`);
}
