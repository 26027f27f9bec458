import { defineSource } from '../sources/source.ts';
import { named } from '../redact/identifier.ts';
import { foldNames } from '../lib/fold-names.ts';
import type { FleetSample } from './host-row.ts';
import { judgementOf } from './judgement.ts';

/** Hosts of a fleet. The session of the fleet puts its samples together from those of the hosts; nothing is read for it. */
export const fleet = defineSource({
  id: 'fleet',
  title: 'Hosts',
  why: 'Compares the hosts of a fleet.',
  everySeconds: 1,
  reads: {},
  parse: (): FleetSample | undefined => undefined,
  identifiers: (sample) => [
    ...named('host', sample?.hosts.map(({ name }) => name) ?? []),
    ...named('host', sample ? foldedSets(sample) : []),
    ...named(
      'host',
      sample?.hosts.flatMap(({ ties }) => ties?.names ?? []),
    ),
    ...named(
      'uuid',
      sample?.hosts.flatMap(({ clusters }) => clusters?.map(({ id }) => id) ?? []),
    ),
    ...named('uuid', sample?.hosts.flatMap(({ bootId, machineId }) => [bootId, machineId]) ?? []),
  ],
});

/** Node sets of findings: folded when they are judged, redacted when they are drawn. */
function foldedSets(sample: FleetSample): readonly string[] {
  const { problems, unreachable, same } = judgementOf(sample);
  return [...problems, ...unreachable, ...same].filter(({ hosts }) => hosts.length > 1).map(({ hosts }) => foldNames(hosts)); // prettier-ignore
}
