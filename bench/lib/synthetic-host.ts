import { SourceReader, type ReadResult } from '../../src/collect/source-reader.ts';
import type { ProcessTable, ProcessTexts, Reading } from '../../src/host/host.ts';
import { recordedMoments } from '../../src/host/recorded/host.ts';
import type { AnySource } from '../../src/sources/source.ts';

/** Synthetic host with readings for any second: a recorded one with counters extrapolated from its moments. */
export interface SyntheticHost {
  readonly sources: readonly AnySource[];
  /** Readings and sample of a source at a second. */
  readonly ask: (source: AnySource, second: number) => ReadResult;
}

type ReadingAt = (second: number) => Reading<unknown>;
interface SyntheticRead {
  readonly name: string;
  readonly read: ReadResult['readings'][number]['read'];
  readonly readingAt: ReadingAt;
}

/** Synthetic host of a recording, with `processes` processes of which a share changes each second. */
export async function syntheticHost(
  path: string,
  all: readonly AnySource[],
  processes: number,
): Promise<SyntheticHost> {
  const moments = recordedMoments(path);
  const [first, last] = [moments[0], moments.at(-1)];
  if (!first || !last) throw new Error(`${path}: no moment`);
  const seconds = Math.max(1, last.at - first.at);
  const readsBySource = new Map<string, readonly SyntheticRead[]>();
  for (const source of all) {
    const before = await new SourceReader(first.host).read(source);
    const after = await new SourceReader(last.host).read(source);
    readsBySource.set(
      source.id,
      after.readings.map(({ name, read, reading }, index) => ({
        name,
        read,
        readingAt:
          read.kind === 'processes'
            ? processTables(processes)
            : extrapolated(before.readings[index]?.reading, reading, seconds),
      })),
    );
  }
  const sources = all.filter(({ id }) => readsBySource.get(id)?.some(({ readingAt }) => readingAt(0).ok) === true);
  return {
    sources,
    ask: (source, second) => {
      const readings = (readsBySource.get(source.id) ?? []).map(({ name, read, readingAt }) => ({
        name,
        read,
        reading: readingAt(second),
      }));
      const values = Object.fromEntries(
        readings.flatMap(({ name, reading }) => (reading.ok ? [[name, reading.value]] : [])),
      );
      return { readings, missing: {}, at: second, sample: source.parse(values) };
    },
  };
}

/** Extrapolates the numbers that differ between two readings of the same shape. */
function extrapolated(before: Reading<unknown> | undefined, after: Reading<unknown>, seconds: number): ReadingAt {
  if (!after.ok) return () => after;
  const value = extrapolatedValue(before?.ok ? before.value : undefined, after.value, seconds);
  return (second) => ({ ok: true, value: value(second), at: second, tookMs: 1 });
}

function extrapolatedValue(before: unknown, after: unknown, seconds: number): (second: number) => unknown {
  if (typeof after === 'string') return extrapolatedText(typeof before === 'string' ? before : after, after, seconds);
  if (after instanceof Map) {
    const old: ReadonlyMap<unknown, unknown> = before instanceof Map ? before : new Map();
    const entries = [...(after as ReadonlyMap<unknown, unknown>)].map(
      ([key, value]) => [key, extrapolatedValue(old.get(key), value, seconds)] as const,
    );
    return (second) => new Map(entries.map(([key, at]) => [key, at(second)]));
  }
  return () => after;
}

function extrapolatedText(before: string, after: string, seconds: number): (second: number) => string {
  const [old, now] = [before.split(/(\d+)/), after.split(/(\d+)/)];
  const moves = now.map((part, at) => (at % 2 === 1 && old.length === now.length ? (Number(part) - Number(old[at])) / seconds : 0)); // prettier-ignore
  if (moves.every((move) => move === 0)) return () => after;
  return (second) =>
    now
      .map((part, at) => {
        const move = moves[at] ?? 0;
        // Jitter, because an exact slope compresses better than the counters of a real host.
        const jitter = 1 + 0.3 * Math.sin(second * (1 + (at % 7)) + at);
        return move === 0 ? part : String(Math.max(0, Math.round(Number(part) + move * (second + jitter))));
      })
      .join('');
}

/** Process tables in which one process in twenty runs per second; the others keep their identity, like the collector's. */
function processTables(count: number): ReadingAt {
  let table: ProcessTable = new Map();
  let tableSecond = -1;
  const ticks = new Map<number, number>();
  const texts = (pid: number): ProcessTexts => {
    const used = ticks.get(pid) ?? 0;
    return {
      pid,
      stat: `${pid} (worker-${pid % 40}) S 1 ${pid} ${pid} 0 -1 4194560 ${900 + used * 3} 0 ${used % 5} 0 ${used} ${used >> 2} 0 0 20 0 ${1 + (pid % 9)} 0 ${4000 + pid} 230000000 ${2000 + ((pid * 7 + used) % 5000)} 18446744073709551615 0 0 0 0 0 0 0 4096 0 0 0 0 17 ${(pid + used) % 8} 0 0 0 0 0\n`,
      cmdline: `/usr/bin/worker-${pid % 40}\0--shard=${pid}\0--queue=/var/lib/queue/${pid}\0`,
      cgroup: `0::/system.slice/worker-${pid % 40}.service\n`,
      status: `Uid:\t${1000 + (pid % 5)}\nNSpid:\t${pid}\nCpus_allowed_list:\t0-7\nMems_allowed_list:\t0\n`,
      schedstat: `${used * 9_812_345 + pid} ${used * 412_345} ${used * 3}\n`,
    };
  };
  return (second) => {
    if (second !== tableSecond) {
      tableSecond = second;
      const next = new Map(table);
      for (let pid = 1000; pid < 1000 + count; pid++) {
        if (table.size > 0 && (pid * 2_654_435_761 + second * 40_503) % 20 >= 1) continue;
        ticks.set(pid, (ticks.get(pid) ?? 0) + 1 + (pid % 3));
        next.set(pid, texts(pid));
      }
      table = next;
    }
    return { ok: true, value: table, at: second, tookMs: 2 };
  };
}
