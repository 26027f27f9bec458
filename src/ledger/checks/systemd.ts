import { troubledUnits, type TroubledUnit } from '../../entities/systemd/unit-trouble.ts';
import { thisHost } from '../../findings/entity-ref.ts';
import { unitInvocations, units } from '../../sources/systemd/units.ts';
import { check, defineChecks, type Check } from '../check.ts';

const RULES: readonly (readonly [rule: string, what: string, troubles: readonly TroubledUnit['trouble'][]])[] = [
  ['unit-failed', 'failed', ['failed', 'start limit']],
  ['unit-restart-loop', 'in a restart loop', ['restart loop']],
  ['unit-stuck', 'starting or stopping for 90 s', ['stuck']],
  ['unit-not-loaded', 'not valid', ['not loaded']],
];

/** Units of systemd by rule: it covers every unit. */
export const systemdChecks = defineChecks({
  id: 'systemd',
  needs: { units, unitInvocations },
  rules: RULES.map(([rule]) => rule),
  of: ({ units: seen, unitInvocations: starts }): readonly Check[] => {
    const troubled = seen.now && troubledUnits(seen.now, seen.history.at(-1)?.at, starts.history);
    return RULES.flatMap(([rule, what, troubles]) => {
      const found = troubled?.filter(({ trouble }) => troubles.includes(trouble)).length;
      return check(
        { entity: thisHost, nameVocabulary: 'fixed', name: 'units', aspect: 'errors', rules: [rule], what, limit: '0', load: found ?? 0, pane: 'systemd', wide: true }, // prettier-ignore
        found === undefined ? undefined : `${found} of ${seen.now?.units.size ?? 0}`,
        { units: seen },
      );
    });
  },
});
