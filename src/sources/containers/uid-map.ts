import { lines, toCount, words } from '../../lib/lines.ts';

/** A run of users inside a user namespace, and where it begins outside. */
export interface UidRange {
  readonly inside: number;
  readonly outside: number;
  readonly length: number;
}

/** /proc/PID/uid_map, `0     100000   65536`: user_namespaces(7). */
export function uidRanges(text: string | undefined): readonly UidRange[] {
  return lines(text ?? '').flatMap((line) => {
    const [inside, outside, length] = words(line).map(toCount);
    return inside === undefined || outside === undefined || length === undefined ? [] : [{ inside, outside, length }];
  });
}

/** A user of the host as the namespace sees it; undefined for one that it cannot see. */
export function uidInside(uid: number | undefined, ranges: readonly UidRange[]): number | undefined {
  if (uid === undefined) return undefined;
  const range = ranges.find(({ outside, length }) => uid >= outside && uid < outside + length);
  return range && uid - range.outside + range.inside;
}
