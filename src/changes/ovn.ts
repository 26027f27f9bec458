import { entityRef } from '../findings/entity-ref.ts';
import { ovnCentral, type OvnCentralSample } from '../sources/ovn/central.ts';
import { defineChanges } from './change.ts';
import { defineDiffer, mapDifferences, type Difference } from './differences.ts';

/** Chassis that came and went, and logical ports that moved, while the southbound database was watched. */
export const ovnChanges = defineChanges({
  id: 'ovn',
  needs: { ovnCentral },
  of: (moment) => southboundChanges(moment.ovnCentral),
});

const SOURCE = 'OVSDB OVN_Southbound';

const southboundChanges = defineDiffer<OvnCentralSample>(
  ({ southbound }) => southbound.read,
  (before, now) => {
    const chassis = mapDifferences(
      new Map(before.chassis.map((one) => [one.name, one])),
      new Map(now.chassis.map((one) => [one.name, one])),
      () => true,
    );
    const ofChassis =
      (sentence: string) =>
      ([name, { hostname }]: readonly [string, OvnCentralSample['chassis'][number]]): Difference => ({
        what: 'chassis',
        subject: hostname ?? name,
        entity: entityRef('chassis', name),
        sentence,
        source: SOURCE,
      });
    const bindings = mapDifferences(
      new Map(before.bindings.map((one) => [one.port, one])),
      new Map(now.bindings.map((one) => [one.port, one])),
      (a, b) => a.chassis === b.chassis,
    );
    const ofPort = (port: string, sentence: string): Difference => ({
      what: 'logical-port',
      subject: port,
      entity: entityRef('logical-port', port),
      sentence,
      source: SOURCE,
    });
    return [
      ...chassis.added.map(ofChassis('registered')),
      ...chassis.removed.map(ofChassis('removed')),
      ...bindings.added.map(([port]) => ofPort(port, 'added')),
      ...bindings.removed.map(([port]) => ofPort(port, 'removed')),
      ...bindings.changed.map(({ key, before: old, now: next }) =>
        ofPort(key, `chassis ${old.chassis ?? 'none'} → ${next.chassis ?? 'none'}`),
      ),
    ];
  },
);
