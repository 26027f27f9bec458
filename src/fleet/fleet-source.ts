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
    ...named('host', sample?.notes?.flatMap(({ host }) => host ?? []) ?? []),
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
  const { problems, unreachable, same, incidents, clusters } = judgementOf(sample);
  const values = clusters.flatMap(({ contradictions }) => contradictions.map((one) => one.values));
  const sets = [
    ...[...problems, ...unreachable, ...same, ...values.flat()].map(({ hosts }) => hosts),
    ...incidents.map(({ victims }) => victims.map(({ host }) => host)),
    ...values.map(([, ...others]) => others.flatMap(({ hosts }) => hosts)),
  ];
  return sets.flatMap((hosts) => (new Set(hosts).size > 1 ? namesOf(foldNames(hosts)) : []));
}

/** Part of a folded name up to a dot or comma; within brackets both belong to it. */
const LABEL = /(?:\[[^\]]*\]|[^.,[])+/g;

/** A set, and its folded labels: the domain of `web[3-9].dc1.example.org` is found by its form, which leaves `web[3-9]` of the set. */
const namesOf = (set: string): readonly string[] => [set, ...(set.match(LABEL) ?? []).filter((label) => label.includes('['))]; // prettier-ignore
