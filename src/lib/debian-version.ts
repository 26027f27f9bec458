/**
 * Order of two versions of Debian packages, as dpkg --compare-versions: deb-version(7). Negative where `a` is the older one.
 *
 *     1:2.4.0~rc1-1 < 1:2.4.0-1 < 1:2.4.0-1ubuntu0.1 < 2:1.0
 */
export function compareDebianVersions(a: string, b: string): number {
  const [x, y] = [partsOf(a), partsOf(b)];
  return x.epoch - y.epoch || compareParts(x.upstream, y.upstream) || compareParts(x.revision, y.revision);
}

function partsOf(version: string): { epoch: number; upstream: string; revision: string } {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(version.trim()) ?? [];
  const dash = rest.lastIndexOf('-');
  return {
    epoch: Number(epoch),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

/** `~` before the end, the end before letters, letters before anything else. */
const rank = (character: string | undefined): number => {
  if (character === '~') return -1;
  if (character === undefined || /\d/.test(character)) return 0;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
};

/** Alternating runs of other characters and of digits: the former by `rank`, the latter as numbers. */
function compareParts(a: string, b: string): number {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    while (isOther(a[i]) || isOther(b[j])) {
      const order = rank(a[i]) - rank(b[j]);
      if (order !== 0) return order;
      i++;
      j++;
    }
    const [x, y] = [digitsAt(a, i), digitsAt(b, j)];
    i += x.length;
    j += y.length;
    const order = compareDigits(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

const isOther = (character: string | undefined): boolean => character !== undefined && !/\d/.test(character);

const digitsAt = (text: string, from: number): string => /^\d*/.exec(text.slice(from))?.[0] ?? '';

/** By length first: numbers of any size. */
function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (x.length !== y.length) return x.length - y.length;
  return x < y ? -1 : x > y ? 1 : 0;
}
