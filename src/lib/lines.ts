/** Lines of a text, without the empty one after the last newline. */
export function lines(text: string): string[] {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  return all;
}

/** Words of a line, split at blanks. */
export const words = (line: string): string[] => line.trim().split(/\s+/).filter(Boolean);

/** Finite number of a text, or undefined (also for ''). */
export function toNumber(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Part of a whole: undefined where it is negative or above the whole, which no reading can be. */
export const partOf = (part: number | undefined, whole: number | undefined): number | undefined =>
  part === undefined || part < 0 || part > (whole ?? Infinity) ? undefined : part;

/** Percentage from 0 to 100; undefined for other numbers and texts. */
export const toPercent = (text: string | undefined): number | undefined => partOf(toNumber(text), 100);

/** Map of `key: value` or `key value` lines; values keep inner blanks. */
export function keyValues(text: string, separator: RegExp = /[:\s]\s*/): Map<string, string> {
  const map = new Map<string, string>();
  for (const line of lines(text)) {
    const at = line.search(separator);
    if (at <= 0) continue;
    const gap = separator.exec(line.slice(at))?.[0].length ?? 1;
    map.set(line.slice(0, at), line.slice(at + gap).trim());
  }
  return map;
}

/** Numbers of a kernel list such as `0-3,8,10-11`, up to 65 536; undefined for other texts. */
export function cpuList(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  const all: number[] = [];
  for (const part of text.trim().split(',')) {
    if (part === '') continue;
    const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (first === undefined) return undefined;
    const end = Number(last ?? first);
    for (let cpu = Number(first); cpu <= end && all.length < 65_536; cpu++) all.push(cpu);
  }
  return all;
}

/** Kernel list of numbers: 0,1,2,5 → `0-2,5`. */
export function toCpuList(cpus: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < cpus.length;) {
    let j = i;
    while (cpus[j + 1] === (cpus[j] ?? 0) + 1) j++;
    parts.push(j === i ? `${cpus[i]}` : `${cpus[i]}-${cpus[j]}`);
    i = j + 1;
  }
  return parts.join(',');
}

/** Kernel counter of decimal digits; undefined for other texts. Above 2^53 it is not exact. */
export const toCount = (text: string | undefined): number | undefined =>
  text !== undefined && /^\s*\d{1,20}\s*$/.test(text) ? Number(text) : undefined;

/** Number after a word in a path: 3 for `node` in `/sys/devices/system/node/node3/meminfo`. */
export function pathNumber(path: string, word: string): number | undefined {
  for (const part of path.split('/')) {
    if (part.startsWith(word)) {
      const value = toCount(part.slice(word.length));
      if (value !== undefined) return value;
    }
  }
  return undefined;
}
