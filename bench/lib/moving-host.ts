import { Asker, type ReadResult } from '../../src/collect/ask.ts';
import type { ProcessTable, ProcessTexts, Reading } from '../../src/host/host.ts';
import { recordedMoments } from '../../src/host/recorded/host.ts';
import type { AnySource } from '../../src/sources/source.ts';

/** What a host would say at each second of a long day: a recorded one, whose counters go on as they went between its moments. */
export interface MovingHost {
  readonly sources: readonly AnySource[];
  /** What a source reads at that second. */
  readonly ask: (source: AnySource, second: number) => ReadResult;
}

type Said = (second: number) => Reading<unknown>;

/** Of `processes` made ones a share moves in each second, as on a host that works. */
export async function movingHost(path: string, all: readonly AnySource[], processes: number): Promise<MovingHost> {
  const moments = recordedMoments(path);
  const [first, last] = [moments[0], moments.at(-1)];
  if (!first || !last) throw new Error(`${path}: no moment`);
  const seconds = Math.max(1, last.at - first.at);
  const told = new Map<string, readonly { readonly name: string; readonly read: ReadResult['readings'][number]['read']; readonly said: Said }[]>(); // prettier-ignore
  for (const source of all) {
    const before = await new Asker(first.host).ask(source);
    const after = await new Asker(last.host).ask(source);
    told.set(
      source.id,
      after.readings.map(({ name, read, reading }, place) => ({
        name,
        read,
        said:
          read.kind === 'processes'
            ? madeProcesses(processes)
            : moving(before.readings[place]?.reading, reading, seconds),
      })),
    );
  }
  const sources = all.filter(({ id }) => told.get(id)?.some(({ said }) => said(0).ok) === true);
  return {
    sources,
    ask: (source, second) => {
      const readings = (told.get(source.id) ?? []).map(({ name, read, said }) => ({
        name,
        read,
        reading: said(second),
      }));
      const values = Object.fromEntries(
        readings.flatMap(({ name, reading }) => (reading.ok ? [[name, reading.value]] : [])),
      );
      return { readings, missing: {}, at: second, sample: source.parse(values) };
    },
  };
}

/** Numbers that differ between two texts of one shape go on as they went. */
function moving(before: Reading<unknown> | undefined, after: Reading<unknown>, seconds: number): Said {
  if (!after.ok) return () => after;
  const value = movingValue(before?.ok ? before.value : undefined, after.value, seconds);
  return (second) => ({ ok: true, value: value(second), at: second, tookMs: 1 });
}

function movingValue(before: unknown, after: unknown, seconds: number): (second: number) => unknown {
  if (typeof after === 'string') return movingText(typeof before === 'string' ? before : after, after, seconds);
  if (after instanceof Map) {
    const old: ReadonlyMap<unknown, unknown> = before instanceof Map ? before : new Map();
    const entries = [...(after as ReadonlyMap<unknown, unknown>)].map(
      ([key, value]) => [key, movingValue(old.get(key), value, seconds)] as const,
    );
    return (second) => new Map(entries.map(([key, at]) => [key, at(second)]));
  }
  return () => after;
}

function movingText(before: string, after: string, seconds: number): (second: number) => string {
  const [old, now] = [before.split(/(\d+)/), after.split(/(\d+)/)];
  const moves = now.map((part, at) => (at % 2 === 1 && old.length === now.length ? (Number(part) - Number(old[at])) / seconds : 0)); // prettier-ignore
  if (moves.every((move) => move === 0)) return () => after;
  return (second) =>
    now
      .map((part, at) => {
        const move = moves[at] ?? 0;
        // Not as a ruler: no host goes on so evenly that it compresses to nothing.
        const jitter = 1 + 0.3 * Math.sin(second * (1 + (at % 7)) + at);
        return move === 0 ? part : String(Math.max(0, Math.round(Number(part) + move * (second + jitter))));
      })
      .join('');
}

/** One in twenty runs in a second; who does not is the same object as before, as the collector tells it. */
function madeProcesses(count: number): Said {
  let table: ProcessTable = new Map();
  let madeFor = -1;
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
    if (second !== madeFor) {
      madeFor = second;
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
