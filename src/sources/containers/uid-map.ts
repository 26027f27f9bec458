import { lines, toCount, words } from '../../lib/lines.ts';

/** A range of user ids inside a user namespace, and its start outside. */
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

/** A user id of the host inside the namespace; undefined where it is not mapped. */
export function uidInside(uid: number | undefined, ranges: readonly UidRange[]): number | undefined {
  if (uid === undefined) return undefined;
  const range = ranges.find(({ outside, length }) => uid >= outside && uid < outside + length);
  return range && uid - range.outside + range.inside;
}
