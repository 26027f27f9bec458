import { compareDebianVersions } from '../../lib/debian-version.ts';
import { fields, items, textOf } from '../../lib/json.ts';
import type { TroubleCondition, VersionRange } from './trouble-condition.ts';

/** Conclusion of a scenario of hotsos. https://hotsos.readthedocs.io/en/latest/contrib/language_ref/ */
export interface Scenario {
  /** Its name: `lp1839592`. */
  readonly id: string;
  /** File below the folder of scenarios, for evidence. */
  readonly path: string;
  /** `LaunchpadBug`, `KernelWarning`. */
  readonly type: string;
  readonly bug: string | undefined;
  readonly message: string;
  readonly condition: TroubleCondition;
}

/** Deepest nesting of conditions. */
const MAX_DEPTH = 12;
const unknown = (why: string): TroubleCondition => ({ kind: 'unknown', why });

/**
 * Conclusions of one file. All scalars are texts, so that `15.10` stays a version. `required` are conditions of the folders above.
 *
 *     checks:
 *       has_1839592:
 *         apt:
 *           libc-bin:
 *             - min: 2.23-0ubuntu3
 *               max: 2.27-3ubuntu1.2
 *     conclusions:
 *       lp1839592:
 *         decision: has_1839592
 *         raises: {type: LaunchpadBug, bug-id: 1839592, message: known bug}
 */
export function scenariosOf(yaml: unknown, path: string, required: readonly TroubleCondition[]): readonly Scenario[] {
  const file = fields(yaml);
  const checks = fields(file['checks']);
  return Object.entries(fields(file['conclusions'])).map(([id, value]): Scenario => {
    const raises = fields(fields(value)['raises']);
    return {
      id,
      path,
      type: textOf(raises['type']) ?? '',
      bug: textOf(raises['bug-id']),
      message: messageOf(raises['message']),
      condition: { kind: 'all', of: [...required, decisionOf(fields(value)['decision'], checks, file['input'], 0)] },
    };
  });
}

/** Condition that a file with the name of its folder sets for all files below it. */
export const requiredOf = (yaml: unknown): readonly TroubleCondition[] => {
  const requires = fields(yaml)['requires'];
  return requires === undefined ? [] : [checkOf(requires, undefined, 0)];
};

/** Fields in braces stay: their values are made by Python. */
const messageOf = (value: unknown): string => (textOf(value) ?? '').replaceAll(/\s+/g, ' ').trim();

const GROUPS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'nand', 'nor']);

/** Names of checks, their lists and groups; other keys are checks in place. */
function decisionOf(
  value: unknown,
  checks: Readonly<Record<string, unknown>>,
  input: unknown,
  depth: number,
): TroubleCondition {
  if (depth > MAX_DEPTH) return unknown('nested too deeply');
  const deeper = (one: unknown) => decisionOf(one, checks, input, depth + 1);
  const name = textOf(value);
  if (name !== undefined) return Object.hasOwn(checks, name) ? checkOf(checks[name], input, depth + 1) : unknown(`no check ${name}`); // prettier-ignore
  if (Array.isArray(value)) return { kind: 'all', of: items(value).map(deeper) };
  return groupsOf(fields(value), deeper, (key, own) => checkOf({ [key]: own }, input, depth + 1));
}

/** Items of a group: a list, or one. */
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? items(value) : [value]);

function groupsOf(
  map: Readonly<Record<string, unknown>>,
  deeper: (one: unknown) => TroubleCondition,
  other: (key: string, value: unknown) => TroubleCondition,
): TroubleCondition {
  const of = Object.entries(map).map(([key, value]): TroubleCondition => {
    if (!GROUPS.has(key)) return other(key, value);
    const inner = listOf(value).map(deeper);
    switch (key) {
      case 'and':
        return { kind: 'all', of: inner };
      case 'or':
        return { kind: 'any', of: inner };
      case 'nand':
        return { kind: 'not', of: { kind: 'all', of: inner } };
      default:
        // hotsos' `not` is none of them, as `nor`.
        return { kind: 'not', of: { kind: 'any', of: inner } };
    }
  });
  return of.length === 0 ? unknown('empty condition') : { kind: 'all', of };
}

function checkOf(value: unknown, input: unknown, depth: number): TroubleCondition {
  if (depth > MAX_DEPTH) return unknown('nested too deeply');
  const deeper = (one: unknown) => checkOf(one, input, depth + 1);
  if (Array.isArray(value)) return { kind: 'all', of: items(value).map(deeper) };
  const check = fields(value);
  const search = { ...check, ...fields(check['search']) };
  if (textOf(search['expr']) !== undefined || search['start'] !== undefined)
    return searchOf(search, check['input'] ?? input);
  return groupsOf(check, deeper, (key, own) => {
    switch (key) {
      case 'apt':
        return aptOf(own);
      case 'property':
        return propertyOf(own);
      case 'requires':
        return deeper(own);
      default:
        return unknown(`${key} needs Python`);
    }
  }); // prettier-ignore
}

/** All packages must be there: a name, a list, or names with ranges. */
function aptOf(value: unknown): TroubleCondition {
  const names = listOf(value).flatMap((one) => textOf(one) ?? []);
  const wanted = names.length > 0 ? names.map((name) => [name, undefined] as const) : Object.entries(fields(value));
  const of = wanted.map(([name, ranges]): TroubleCondition => {
    const isAny = ranges === undefined || ranges === null || ranges === '';
    const parsed = isAny ? [] : listOf(ranges).map((range) => rangeOf(fields(range)));
    if (parsed.includes(undefined)) return unknown('bound of versions');
    return { kind: 'package', name, ranges: bounded(parsed.filter((range) => range !== undefined)) };
  });
  return of.length === 0 ? unknown('apt without packages') : { kind: 'all', of };
}

const BOUNDS: Readonly<Record<string, keyof VersionRange>> = {
  min: 'atLeast',
  ge: 'atLeast',
  gt: 'above',
  max: 'atMost',
  le: 'atMost',
  lt: 'below',
  eq: 'exactly',
};

const boundOf = (operator: string | undefined): keyof VersionRange | undefined =>
  operator !== undefined && Object.hasOwn(BOUNDS, operator) ? BOUNDS[operator] : undefined;

/** Undefined for a bound that is not known, and for a range without any. */
function rangeOf(range: Readonly<Record<string, unknown>>): VersionRange | undefined {
  const found: { -readonly [Bound in keyof VersionRange]: string } = {};
  for (const [key, value] of Object.entries(range)) {
    const [bound, version] = [boundOf(key), textOf(value)];
    if (bound === undefined || version === undefined) return undefined;
    found[bound] = version;
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

/** A range without an end reaches up to the next one, one without a start down to the one before: as in hotsos. */
function bounded(ranges: readonly VersionRange[]): readonly VersionRange[] {
  const low = ({ atLeast, above, exactly }: VersionRange) => atLeast ?? above ?? exactly;
  const high = ({ atMost, below, exactly }: VersionRange) => atMost ?? below ?? exactly;
  return ranges.map((range) => {
    const [first, last] = [low(range), high(range)];
    const nearest = (values: readonly (string | undefined)[], isBeyond: (value: string) => boolean, sign: 1 | -1) =>
      values.filter((value) => value !== undefined).filter(isBeyond).toSorted((a, b) => sign * compareDebianVersions(a, b))[0]; // prettier-ignore
    const below = last === undefined && first !== undefined ? nearest(ranges.map(low), (value) => compareDebianVersions(value, first) > 0, 1) : undefined; // prettier-ignore
    const above = first === undefined && last !== undefined ? nearest(ranges.map(high), (value) => compareDebianVersions(value, last) < 0, -1) : undefined; // prettier-ignore
    return { ...range, ...(below !== undefined && { below }), ...(above !== undefined && { above }) };
  });
}

const KERNEL = 'hotsos.core.plugins.kernel.KernelBase.version';

/** Attribute of a Python class; that of the kernel's release is known. */
function propertyOf(value: unknown): TroubleCondition {
  const path = textOf(fields(value)['path']) ?? textOf(value);
  const [operation, ...more] = items(fields(value)['ops']);
  const [operator, operand] = items(operation).map(textOf);
  const bound = operator === 'ne' ? 'exactly' : boundOf(operator);
  if (path !== KERNEL || bound === undefined || operand === undefined || more.length > 0)
    return unknown('property needs Python');
  return { kind: 'kernel', range: { [bound]: operand }, isNot: operator === 'ne' };
}

/** Longest expression that is compiled. */
const MAX_EXPRESSION = 1000;

/** Expression of one line of the kernel log; other logs are not read for it. */
function searchOf(search: Readonly<Record<string, unknown>>, input: unknown): TroubleCondition {
  const inputs = listOf(textOf(fields(input)['path']) === undefined ? input : fields(input)['path']).map(textOf);
  const [log] = inputs;
  if (log !== 'var/log/kern.log' || inputs.length > 1)
    return unknown(log === undefined ? 'output of a command' : `log ${log}`);
  const text = textOf(search['expr']);
  if (text === undefined || search['constraints'] !== undefined || text.length > MAX_EXPRESSION)
    return unknown('search with constraints');
  try {
    return { kind: 'kernel-log', expression: new RegExp(text.replaceAll('(?P<', '(?<')) };
  } catch {
    return unknown('expression of Python');
  }
}
