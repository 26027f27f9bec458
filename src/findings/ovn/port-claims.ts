import { plain } from '../../lib/plain.ts';
import { count, span } from '../../lib/units.ts';
import { ovnCentral, type OvnCentralSample } from '../../sources/ovn/central.ts';
import { ovsDb, type OvsDbSample } from '../../sources/ovs/db.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A live migration changes the chassis once or twice. */
const LEAST_CHANGES = 4;
/** Readings of the local database, each with a new claim. */
const LEAST_CLAIMS = 2;
const MAX_PORTS = 20;

/**
 * Logical ports that two chassis claim in turn: an interface with the same iface-id is left on both. The southbound database
 * has both chassis; without it, ovn-controller of this host sets `ovn-installed-ts` at each claim.
 */
export const ovnPortClaims = defineFinding({
  id: 'ovn-port-claims',
  title: 'OVN logical port: claimed by two chassis in turn',
  needs: { ovnCentral, ovsDb },
  authority: `[own]: ${LEAST_CHANGES} changes of its chassis in 30 s, or a new ovn-installed-ts in ${LEAST_CLAIMS} readings of 5 s in turn`,
  judge: ({ ovnCentral: central, ovsDb: db }) => {
    const found = central.now?.southbound.read === true ? betweenChassis(central) : onThisChassis(db);
    return found.slice(0, MAX_PORTS);
  },
});

const changesOf = (sample: OvnCentralSample | undefined, port: string): number | undefined =>
  sample && (sample.bindings.find((one) => one.port === port)?.chassisChanges ?? 0);

function betweenChassis(latest: Seen<OvnCentralSample>): readonly Found[] {
  const seen = overLast(latest, 30, 1.5);
  return (latest.now?.bindings ?? []).flatMap(({ port, chassis, chassisChanges, chassisBefore }): Found[] => {
    if (chassisChanges === undefined || chassisBefore === undefined || chassis === chassisBefore) return [];
    const then = changesOf(seen.before, port);
    const perSec = delta(chassisChanges, changesOf(latest.before, port), latest.seconds);
    if (then === undefined || chassisChanges - then < LEAST_CHANGES || !perSec) return [];
    const both = [chassis, chassisBefore].flatMap((one) => one ?? []).toSorted();
    return [
      {
        severity: 'crit',
        subject: plain(port),
        entity: entityRef('logical-port', port),
        sentence: `claimed by 2 chassis, ${perSec.toFixed(1)} changes/s: ${plain(both.join(', '))}`,
        evidence: [
          {
            what: 'changes of chassis',
            value: `${perSec.toFixed(1)}/s, ${count(chassisChanges - then)} in ${span(seen.seconds)}`,
            source: 'southbound Port_Binding',
          },
        ],
        next: `on both chassis: \`ovs-vsctl find Interface external_ids:iface-id=${plain(port)}\`; remove the interface that is left over`,
        pane: 'ovn',
      },
    ];
  });
}

const INSTALLED = 'ovn-installed-ts';

function onThisChassis({ now, history }: Seen<OvsDbSample>): readonly Found[] {
  const readings = history.slice(-1 - LEAST_CLAIMS);
  if (readings.length <= LEAST_CLAIMS) return [];
  return (now?.interfaces ?? []).flatMap(({ name, externalIds }): Found[] => {
    const port = externalIds.get('iface-id');
    const stamps = readings.map(({ sample }) =>
      sample.interfaces.find((one) => one.name === name)?.externalIds.get(INSTALLED),
    );
    // While the other chassis holds the port the stamp is not there.
    const claims = new Set(stamps);
    if (port === undefined || claims.size <= LEAST_CLAIMS) return [];
    return [
      {
        severity: 'crit',
        subject: plain(port),
        entity: entityRef('logical-port', port),
        sentence: `claimed again at each reading: another chassis claims it too, here ${plain(name)}`,
        evidence: [{ what: INSTALLED, value: plain(stamps.at(-1) ?? 'not set'), source: 'Open_vSwitch, Interface' }],
        next: `\`ovn-sbctl find Port_Binding logical_port=${plain(port)}\`, a few times: its other chassis; remove the interface left there`,
        pane: 'ovn',
      },
    ];
  });
}
