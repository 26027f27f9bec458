import type { EntityRef } from '../findings/entity-ref.ts';
import type { Needs, Seen } from '../timeline/moment.ts';
import type { Provider } from '../timeline/provider.ts';
import { missingText, NOT_PRESENT, NOT_READ_YET } from '../ui/kit/missing-reason.ts';

/** Aspects of a resource by the USE method. */
export type Aspect = 'utilisation' | 'saturation' | 'errors';

/** Rule, or one condition of a rule: `ceph-health/OSD_DOWN`. */
export type JudgedBy = string;

/** Check is one aspect of one entity: the value that some rules judge, or why it could not be read. */
export interface Check {
  readonly entity: EntityRef;
  readonly aspect: Aspect;
  /** Rules that judge this value of this entity. */
  readonly rules: readonly JudgedBy[];
  /** Displayed name of the entity, sanitised. */
  readonly name: string;
  /** Present where the name is a fixed word (`run queue`, `node0`): redaction leaves it as it is. */
  readonly nameVocabulary?: 'fixed';
  /** Plural noun under which equal objects are summed: `disks`. */
  readonly family?: string;
  /** Figure that is judged: `await`. */
  readonly what: string;
  readonly value?: string;
  readonly limit?: string;
  /** Nearness of the value to its limit, higher is worse: it selects the worst of a family. */
  readonly load?: number;
  /** Reason of a value that could not be read. */
  readonly missing?: string;
  /** Its sources by their names in the needs of the provider. */
  readonly sources: readonly string[];
  readonly pane: string;
  /** Present where the value covers every object of its rules, whatever entity a finding names. */
  readonly wide?: true;
}

/** CheckProvider is a part of the ledger: samples in, checks out. Pure; a part that is not present on the host gives none. */
export interface CheckProvider<N extends Needs> extends Provider<N, Check> {
  /** Every rule that its checks name, without conditions. */
  readonly rules: readonly string[];
}

export const defineChecks = <const N extends Needs>(provider: CheckProvider<N>): CheckProvider<N> => provider;

// oxlint-disable-next-line typescript/no-explicit-any -- a list of providers of different needs
export type AnyCheckProvider = CheckProvider<any>;

/** Reason of a rate or a window that one reading does not have. */
export const ONE_READING = 'one reading, no rate';

/** Why a source has no value: undefined where it was read, `not present` where the host does not have it. */
export function whyUnread(...sources: readonly Seen<unknown>[]): string | undefined {
  let absent = false;
  for (const { ageMs, missing, now } of sources) {
    if (ageMs === undefined) return NOT_READ_YET;
    const reasons = Object.values(missing);
    const other = reasons.find(({ why }) => why !== 'absent');
    if (other !== undefined) return missingText(other);
    absent ||= reasons.length > 0 || now === undefined;
  }
  return absent ? NOT_PRESENT : undefined;
}

interface Line extends Omit<Check, 'value' | 'missing' | 'sources'> {
  /** Present for what every host has (CPU, memory, processes): absent, it could not be read. Other parts are then not on the host. */
  readonly essential?: true;
  /** Reason of no value that is nearer than those of the sources: the reply of this one daemon. */
  readonly because?: string | undefined;
}

/**
 * Check of a value; without one of the reason that its sources have, else of `otherwise`. None where nothing of it is present on
 * the host.
 */
export function check(
  { essential, because, ...line }: Line,
  value: string | undefined,
  sources: Readonly<Record<string, Seen<unknown>>>,
  otherwise: string = ONE_READING,
): readonly Check[] {
  const ids = Object.keys(sources);
  if (value !== undefined) return [{ ...line, value, sources: ids }];
  const missing = because ?? whyUnread(...Object.values(sources)) ?? otherwise;
  return missing === NOT_PRESENT && essential !== true ? [] : [{ ...line, missing, sources: ids }];
}

/** Check of a whole part of the host that could not be read; none where it was. */
export function unreadCheck(line: Line, sources: Readonly<Record<string, Seen<unknown>>>): readonly Check[] {
  return whyUnread(...Object.values(sources)) === undefined ? [] : check(line, undefined, sources);
}
