import type { EntityRef } from '../findings/entity-ref.ts';
import { plural } from '../lib/units.ts';
import type { LogSample } from '../sources/log-hits.ts';
import type { Seen } from '../timeline/moment.ts';
import { check, type Check } from './check.ts';

/** Check of a log by its patterns: lines that are signs of a fault, of any object. */
export function logCheck(
  about: { readonly entity: EntityRef; readonly name: string; readonly rule: string; readonly pane: string },
  source: Readonly<Record<string, Seen<LogSample | undefined>>>,
): readonly Check[] {
  const { rule, ...line } = about;
  const [now] = Object.values(source).map((seen) => seen.now);
  const faults = [...(now?.hits.values() ?? [])].reduce((sum, { count }) => sum + count, 0);
  return check(
    { ...line, nameVocabulary: 'fixed', aspect: 'errors', rules: [rule], what: 'lines of faults', limit: 'none', load: faults, wide: true }, // prettier-ignore
    now && `${plural(faults, 'line')} of faults in ${plural(now.paths.length, 'log')}`,
    source,
    'not reported',
  );
}
