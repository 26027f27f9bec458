import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, plural, span } from '../../lib/units.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { ovsDb } from '../../sources/ovs/db.ts';
import { overLast } from '../../timeline/window.ts';
import { check, defineChecks, type Check } from '../check.ts';

const INSTALLED = 'ovn-installed-ts';
const READINGS = 3;

/** Claims of logical ports: by the southbound database, else by the stamps of ovn-controller on this host. */
export const claimChecks = defineChecks({
  id: 'ovn-claims',
  needs: { ovnCentral, ovsDb },
  rules: ['ovn-port-claims'],
  of: (moment): readonly Check[] =>
    moment.ovnCentral.now?.southbound.read === true ? betweenChassis(moment) : onThisChassis(moment),
});

type ClaimMoment = Parameters<typeof claimChecks.of>[0];

const lineOf = (port: string) =>
  ({ entity: entityRef('logical-port', port), name: plain(port), family: 'logical ports', pane: 'ovn', aspect: 'errors', rules: ['ovn-port-claims'], what: 'claims' }) as const; // prettier-ignore

function betweenChassis({ ovnCentral: latest }: ClaimMoment): readonly Check[] {
  const { before, seconds } = overLast(latest, 30, 1.5);
  const then = before && new Map(before.bindings.map(({ port, chassisChanges }) => [port, chassisChanges]));
  return (latest.now?.bindings ?? [])
    .filter(({ type, chassisChanges }) => type === '' || chassisChanges !== undefined)
    .flatMap(({ port, chassisChanges = 0 }) => {
      // Changes are counted from the first one.
      const changes = then && Math.max(0, chassisChanges - (then.get(port) ?? 0));
      return check(
        { ...lineOf(port), limit: '4 changes of chassis in 30 s', load: changes ?? 0 },
        changes === undefined ? undefined : `${count(changes)} in ${span(seconds)}`,
        { ovnCentral: latest },
      );
    });
}

function onThisChassis({ ovsDb: db }: ClaimMoment): readonly Check[] {
  const stamps = db.history
    .slice(-READINGS)
    .map(
      ({ sample }) => new Map(sample?.interfaces.map(({ name, externalIds }) => [name, externalIds.get(INSTALLED)])),
    );
  return (db.now?.interfaces ?? []).flatMap(({ name, externalIds }) => {
    const port = externalIds.get('iface-id');
    const all = stamps.map((one) => one.get(name));
    // Other networks than OVN set iface-id too.
    if (port === undefined || all.every((stamp) => stamp === undefined)) return [];
    const claims = new Set(all).size - 1;
    return check(
      { ...lineOf(port), limit: 'a new one at 2 readings in turn', load: claims },
      all.length < READINGS ? undefined : `${plural(claims, 'new claim')} in ${READINGS} readings`,
      { ovsDb: db },
    );
  });
}
