import { entityOf, entityText, type EntityRef } from './entity-ref.ts';
import type { Found } from './finding.ts';
import { currentRule } from './renamed-rules.ts';

type Keyed = Pick<Found, 'entity' | 'condition'> & { readonly rule: string };

/** Key of a standing finding: `<rule> <kind>:<id>`, with `/<condition>` after the rule where it has one. */
export const findingKey = ({ rule, entity, condition }: Keyed): string =>
  `${rule}${condition === undefined ? '' : `/${condition}`} ${entityText(entity)}`;

/** Whether a key is of a finding; keys in older recordings have its subject in the place of the entity. */
export const isKeyOf = (key: string, finding: Keyed & Pick<Found, 'subject'>): boolean =>
  key === findingKey(finding) || key === `${finding.rule} ${finding.subject}`;

/** Current id of the rule in a key, without the condition. */
export const ruleOfKey = (key: string): string => currentRule(key.split(/[ /]/, 1)[0] ?? '');

/** Object in a key, after the rule: rules have no spaces in their ids. */
const objectIn = (key: string): string => key.slice(key.indexOf(' ') + 1);

/** Entity in a key; undefined for a key of an older recording. */
export const entityOfKey = (key: string): EntityRef | undefined => entityOf(objectIn(key));

/** Subject in a key: that of an older recording, else the id of the entity. */
export const subjectOfKey = (key: string): string => entityOfKey(key)?.id ?? objectIn(key);
