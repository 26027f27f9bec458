import { keyOf, type Host, type Missing, type Read } from '../../src/host/host.ts';
import type { AnySource } from '../../src/sources/source.ts';
import { procMount } from '../../src/sources/processes/proc-mount.ts';
import { processes } from '../../src/sources/processes/processes.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { isUnchanging } from './hosts.ts';
import type { Moment, Needs } from '../../src/timeline/moment.ts';

/** The engineer's clock at the first moment of a recorded host. */
export const START_MS = Date.UTC(2026, 0, 1, 12, 0, 0);

/** Values of all reads of one source, in the form that its parser takes, and the missing ones with their reasons. */
export async function readSource(source: AnySource, host: Host) {
  const values: Record<string, unknown> = {};
  const missing: Record<string, Missing> = {};
  let at: number | undefined;
  for (const [name, what] of Object.entries<Read>(source.reads)) {
    const reading = await host.read(what);
    if (reading.ok) {
      values[name] = reading.value;
      at ??= reading.at;
    } else missing[name] = reading;
  }
  return { values, missing, at };
}

interface Sampled {
  readonly sample: unknown;
  readonly missing: Readonly<Record<string, Missing>>;
}
const samples = new WeakMap<Host, Map<AnySource, Promise<Sampled>>>();

/** What a source makes of a host. Parsers are pure: of a recorded host each is run once, whatever panes and rules need it. */
function sampleOf(source: AnySource, host: Host): Promise<Sampled> {
  if (!isUnchanging(host)) return parsed(source, host);
  const bySource = samples.get(host) ?? new Map<AnySource, Promise<Sampled>>();
  samples.set(host, bySource);
  const sampled = bySource.get(source) ?? parsed(source, host);
  bySource.set(source, sampled);
  return sampled;
}

async function parsed(source: AnySource, host: Host): Promise<Sampled> {
  const { values, missing } = await readSource(source, host);
  return { sample: source.parse(values), missing };
}

/** A timeline that has seen each host of a list, one after the other; what was asked of them is in `asked`. */
export async function watched(
  sources: readonly AnySource[],
  moments: readonly { readonly at: number; readonly host: Host }[],
) {
  const timeline = new Timeline();
  const asked = new Set<string>();
  const first = moments[0]?.at ?? 0;
  let nowMs = START_MS;
  // What shows that a table of processes lacks some.
  const all = new Set(sources.some(({ partial }) => partial) ? [...sources, processes, procMount] : sources);
  for (const { at, host } of moments) {
    nowMs = START_MS + (at - first) * 1000;
    for (const source of all) {
      if (source.everySeconds === 'once' && timeline.latest(source.id)) continue;
      const { sample, missing } = await sampleOf(source, host);
      for (const what of Object.values<Read>(source.reads)) asked.add(keyOf(what));
      timeline.append(source.id, { sample, at, wallMs: nowMs, missing, tookMs: 0 });
    }
  }
  return { timeline, nowMs, asked };
}

/** Moment of a recorded host at its last round, in the form that a pane or a finding with these needs takes. */
export async function momentOf<N extends Needs>(
  needs: N,
  moments: readonly { readonly at: number; readonly host: Host }[],
): Promise<Moment<N>> {
  const { timeline, nowMs } = await watched(Object.values(needs), moments);
  return timeline.moment(needs, nowMs);
}
