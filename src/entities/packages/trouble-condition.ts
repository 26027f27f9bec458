import { compareDebianVersions } from '../../lib/debian-version.ts';
import type { PackagesSample } from '../../sources/packages/packages.ts';
import { isInstalled } from './package-trouble.ts';

/** What conditions of known trouble are judged by; undefined where it was not read. */
export interface TroubleFacts {
  readonly packages: PackagesSample | undefined;
  /** Release of the kernel that runs. */
  readonly kernel: string | undefined;
  /** Lines of the kernel log, as syslog writes them. */
  readonly kernelLines: readonly string[] | undefined;
}

/** Range of versions: all bounds hold. */
export interface VersionRange {
  readonly atLeast?: string;
  readonly above?: string;
  readonly atMost?: string;
  readonly below?: string;
  readonly exactly?: string;
}

export type TroubleCondition =
  /** Installed, with a version in one of the ranges; in any without ranges. */
  | { readonly kind: 'package'; readonly name: string; readonly ranges: readonly VersionRange[] }
  | { readonly kind: 'kernel'; readonly range: VersionRange; readonly isNot: boolean }
  | { readonly kind: 'kernel-log'; readonly expression: RegExp }
  | { readonly kind: 'all' | 'any'; readonly of: readonly TroubleCondition[] }
  | { readonly kind: 'not'; readonly of: TroubleCondition }
  /** Cannot be evaluated: needs Python, a file that is not read. */
  | { readonly kind: 'unknown'; readonly why: string };

/** Result of a condition; unknown where it depends on what was not evaluated. */
export type Truth = { readonly is: boolean } | { readonly is: undefined; readonly why: readonly string[] };

const TRUE: Truth = { is: true };
const FALSE: Truth = { is: false };
const unknown = (...why: readonly string[]): Truth => ({ is: undefined, why });

/** Versions of reports are those of Ubuntu and its Cloud Archive: of another distribution the same version may have the fix. */
const OF_REPORTS = /ubuntu|~cloud/;

export function truthOf(condition: TroubleCondition, facts: TroubleFacts): Truth {
  switch (condition.kind) {
    case 'package':
      return packageTruth(condition.name, condition.ranges, facts.packages);
    case 'kernel':
      if (facts.kernel === undefined) return unknown('kernel release not read');
      return { is: inRange(facts.kernel, condition.range) !== condition.isNot };
    case 'kernel-log':
      if (facts.kernelLines === undefined) return unknown('kernel log not read');
      return { is: facts.kernelLines.some((line) => condition.expression.test(line)) };
    case 'all':
      return joined(condition.of, facts, false);
    case 'any':
      return joined(condition.of, facts, true);
    case 'not': {
      const inner = truthOf(condition.of, facts);
      return inner.is === undefined ? inner : { is: !inner.is };
    }
    case 'unknown':
      return unknown(condition.why);
  }
}

/** `decisive` is the result that one of them gives for all. */
function joined(of: readonly TroubleCondition[], facts: TroubleFacts, decisive: boolean): Truth {
  const why: string[] = [];
  for (const one of of) {
    const truth = truthOf(one, facts);
    if (truth.is === decisive) return truth;
    if (truth.is === undefined) why.push(...truth.why);
  }
  return why.length > 0 ? unknown(...new Set(why)) : { is: !decisive };
}

function packageTruth(name: string, ranges: readonly VersionRange[], sample: PackagesSample | undefined): Truth {
  if (sample === undefined) return unknown('packages not read');
  if (sample.manager !== 'dpkg') return unknown('no packages of dpkg');
  const found = [...sample.packages.values()].find((one) => one.name === name && isInstalled(one));
  if (found === undefined) return sample.left > 0 ? unknown('more packages than are read') : FALSE;
  const { version } = found;
  if (ranges.length === 0) return TRUE;
  if (version === undefined) return unknown(`version of ${name} not read`);
  if (!OF_REPORTS.test(version)) return unknown(`${name} is not of Ubuntu`);
  return { is: ranges.some((range) => inRange(version, range)) };
}

export function inRange(version: string, { atLeast, above, atMost, below, exactly }: VersionRange): boolean {
  const to = (other: string) => compareDebianVersions(version, other);
  return (
    (atLeast === undefined || to(atLeast) >= 0) &&
    (above === undefined || to(above) > 0) &&
    (atMost === undefined || to(atMost) <= 0) &&
    (below === undefined || to(below) < 0) &&
    (exactly === undefined || to(exactly) === 0)
  );
}
