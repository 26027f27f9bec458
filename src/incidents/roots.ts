import type { Edge } from './causes.ts';
import type { Observation } from './observation.ts';
import { byOnset, rootWeight } from './weight.ts';

/** Findings that nothing explains; of a circle that nothing outside explains, its heaviest. */
export function rootsOf(observations: readonly Observation[], edges: readonly Edge[]): readonly Observation[] {
  const out = Map.groupBy(edges, ({ from }) => from.key);
  const component = components(observations, out);
  const explained = new Set<number>();
  for (const { from, to } of edges) {
    const [a, b] = [component.get(from.key), component.get(to.key)];
    if (a !== b && b !== undefined) explained.add(b);
  }
  const heaviest = new Map<number, Observation>();
  for (const each of observations) {
    const id = component.get(each.key) as number;
    if (explained.has(id)) continue;
    const held = heaviest.get(id);
    if (!held || compareRoots(each, held) < 0) heaviest.set(id, each);
  }
  return [...heaviest.values()];
}

const compareRoots = (a: Observation, b: Observation): number => rootWeight(b) - rootWeight(a) || byOnset(a, b);

/** Strongly connected components (Tarjan, without recursion: chains may be long), by finding. */
function components(
  observations: readonly Observation[],
  out: ReadonlyMap<string, readonly Edge[]>,
): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const component = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  let count = 0;
  for (const { key: start } of observations) {
    if (index.has(start)) continue;
    const work: { readonly key: string; next: number }[] = [];
    const enter = (key: string) => {
      index.set(key, index.size);
      low.set(key, index.get(key) as number);
      open.push(key);
      isOpen.add(key);
      work.push({ key, next: 0 });
    };
    enter(start);
    for (let top = work.at(-1); top; top = work.at(-1)) {
      const edge = (out.get(top.key) ?? [])[top.next++];
      if (edge) {
        const to = edge.to.key;
        if (!index.has(to)) enter(to);
        else if (isOpen.has(to)) low.set(top.key, Math.min(low.get(top.key) as number, index.get(to) as number));
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent) low.set(parent.key, Math.min(low.get(parent.key) as number, low.get(top.key) as number));
      if (low.get(top.key) !== index.get(top.key)) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        isOpen.delete(member);
        component.set(member, count);
        if (member === top.key) break;
      }
      count++;
    }
  }
  return component;
}
