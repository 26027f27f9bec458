import type { EntityRef } from '../findings/entity-ref.ts';
import type { Needs, Seen } from '../timeline/moment.ts';
import type { Provider } from '../timeline/provider.ts';
import { stateOf, stateOfAll, stateWords, type ReadingState } from '../timeline/reading-state.ts';

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
  /** Reason of no value. */
  readonly missing?: string;
  /** `absent`: looked for, and not present on the host. `pending`: a first or second reading has yet to come. */
  readonly gap?: 'absent' | 'pending';
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

/** State of the sources of a value; `not present` also where one of them lacks a part that this host does not have. */
function stateOfSources(sources: readonly Seen<unknown>[]): ReadingState {
  const state = stateOfAll(...sources.map((seen) => stateOf(seen)));
  const lacks = sources.some(({ now, missing }) => now === undefined || Object.keys(missing).length > 0);
  return state.state === 'read' && lacks ? { state: 'not present' } : state;
}

interface Line extends Omit<Check, 'value' | 'missing' | 'gap' | 'sources'> {
  /** Present for what every host has (CPU, memory, processes): its line stays where it is not present. */
  readonly essential?: true;
  /** State that is nearer than that of the sources: the reply of this one daemon. */
  readonly because?: ReadingState | undefined;
}

/**
 * Check of a value; without one of the state of its sources, else of `otherwise`. None where nothing of it is present on
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
  const state = because ?? stateOfSources(Object.values(sources));
  if (state.state === 'not present')
    return essential === true ? [{ ...line, missing: stateWords(state), gap: 'absent', sources: ids }] : [];
  const pending = state.state === 'not read yet' || (state.state === 'read' && otherwise === ONE_READING);
  return [
    {
      ...line,
      missing: state.state === 'read' ? otherwise : stateWords(state),
      ...(pending && { gap: 'pending' }),
      sources: ids,
    },
  ];
}

/** Check of a whole part of the host that could not be read; none where it was. */
export function unreadCheck(line: Line, sources: Readonly<Record<string, Seen<unknown>>>): readonly Check[] {
  return stateOfSources(Object.values(sources)).state === 'read' ? [] : check(line, undefined, sources);
}
