import { defineSource } from '../sources/source.ts';
import { named } from '../redact/identifier.ts';
import type { FleetSample } from './host-row.ts';

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
    ...named('uuid', sample?.hosts.flatMap(({ bootId, machineId }) => [bootId, machineId]) ?? []),
  ],
});
