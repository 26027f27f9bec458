import { findingKey } from '../../src/findings/finding-key.ts';
import type { Found } from '../../src/findings/finding.ts';

/** Problems of the keys of a rule's findings: each names one object and condition, and is the same when the moment is judged again. */
export function keyProblems(rule: string, found: readonly Found[], again: readonly Found[]): readonly string[] {
  const keysOf = (all: readonly Found[]) => all.map((one) => findingKey({ rule, ...one }));
  const keys = keysOf(found);
  const repeated = keysOf(again);
  return [
    ...keys.filter((key, i) => keys.indexOf(key) !== i).map((key) => `${key}: not unique`),
    ...keys.filter((key, i) => key !== repeated[i]).map((key) => `${key}: not the same when judged again`),
    ...found.flatMap(({ entity, members = [], condition = 'none' }, i) => [
      ...([entity, ...members].every(({ id }) => /\S/.test(id)) ? [] : [`${keys[i]}: empty id`]),
      ...(/^\S+$/.test(condition) ? [] : [`${keys[i]}: condition with a space`]),
    ]),
  ];
}
