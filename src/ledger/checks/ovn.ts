import { bindingProblem } from '../../entities/ovn/binding.ts';
import { chassisLags, northdLag } from '../../entities/ovn/chassis.ts';
import { isLeaderless, isUnreachable } from '../../entities/ovn/raft.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, span } from '../../lib/units.ts';
import { ovnCentral } from '../../sources/ovn/central.ts';
import { ovnDaemons } from '../../sources/ovn/daemons.ts';
import { limits } from '../../thresholds.ts';
import { stateOfMissing } from '../../timeline/reading-state.ts';
import { check, defineChecks, type Check } from '../check.ts';
import { daemonCheck } from './ovs.ts';

const BEHIND = `${limits.ovnBehindSeconds.warn} s`;
const NEVER_COUNTED = 'nb_cfg was never used';
const controller = { entity: entityRef('daemon', 'ovn-controller'), name: 'ovn-controller', nameVocabulary: 'fixed', pane: 'ovn' } as const; // prettier-ignore
const translator = { ...controller, entity: entityRef('daemon', 'ovn-northd'), name: 'ovn-northd' } as const;

/** OVN: daemons, chassis, logical ports, database clusters. */
export const ovnChecks = defineChecks({
  id: 'ovn',
  needs: { ovnDaemons, ovnCentral },
  rules: [
    'ovn-disconnected',
    'ovn-raft',
    'ovn-chassis-behind',
    'ovn-northd-behind',
    'ovn-port-unbound',
    'ovs-unresponsive',
  ],
  of: (moment): readonly Check[] => [...ofDaemons(moment), ...ofDatabases(moment)],
});

type OvnMoment = Parameters<typeof ovnChecks.of>[0];

function ofDaemons({ ovnDaemons: daemons }: OvnMoment): readonly Check[] {
  const source = { ovnDaemons: daemons };
  const { connection, northd, controllerSilent, northdSilent, clusters = [] } = daemons.now ?? {};
  return [
    ...daemonCheck('ovn-controller', connection !== undefined, controllerSilent, source),
    ...daemonCheck('ovn-northd', northd !== undefined, northdSilent, source),
    ...(connection === undefined
      ? []
      : check({ ...controller, aspect: 'errors', rules: ['ovn-disconnected'], what: 'southbound connection', limit: 'connected' }, plain(connection), source)), // prettier-ignore
    ...(northd === undefined
      ? []
      : check({ ...translator, aspect: 'errors', rules: ['ovn-disconnected'], what: 'status', limit: 'not paused' }, plain(northd), source)), // prettier-ignore
    ...clusters.flatMap((view) => {
      const here = view.members.filter((member) => !isUnreachable(member, view)).length;
      return check(
        { entity: entityRef('ovsdb', view.database), name: `${view.database} database`, nameVocabulary: 'fixed', pane: 'ovn', aspect: 'errors', rules: ['ovn-raft', 'ovn-disconnected'], what: 'RAFT members', limit: 'all reachable, a leader', load: view.members.length - here }, // prettier-ignore
        `${here} of ${view.members.length} reachable, ${isLeaderless(view) ? 'no leader' : 'leader known'}`,
        source,
      );
    }),
  ];
}

function ofDatabases({ ovnCentral: central }: OvnMoment): readonly Check[] {
  const source = { ovnCentral: central };
  const lag = central.now && northdLag(central.now);
  const silent = central.now?.northbound.silent ?? central.now?.southbound.silent;
  return [
    ...(central.now?.northbound.read === true
      ? check(
          { ...translator, aspect: 'saturation', rules: ['ovn-northd-behind'], what: 'transactions behind', limit: BEHIND },
          lag === undefined ? undefined : `${count(lag.behind)}${lag.seconds === undefined ? '' : ` for ${span(lag.seconds)}`}`, // prettier-ignore
          source,
          NEVER_COUNTED,
        )
      : silent === undefined || silent.why === 'absent'
        ? []
        : check({ ...translator, aspect: 'saturation', rules: ['ovn-northd-behind', 'ovn-chassis-behind', 'ovn-port-unbound'], what: 'databases', because: stateOfMissing(silent) }, undefined, source)), // prettier-ignore
    ...(central.now === undefined ? [] : chassisLags(central.now)).flatMap(({ chassis, behind, behindSeconds }) =>
      check(
        { entity: entityRef('chassis', chassis.name), name: plain(chassis.name), family: 'chassis', pane: 'ovn', aspect: 'saturation', rules: ['ovn-chassis-behind'], what: 'transactions behind', limit: BEHIND, load: behindSeconds ?? 0 }, // prettier-ignore
        behind === undefined ? undefined : count(behind),
        source,
        NEVER_COUNTED,
      ),
    ),
    ...(central.now?.bindings ?? [])
      .filter(({ type }) => type === '')
      .flatMap((binding) => {
        const problem = bindingProblem(binding);
        return check(
          { entity: entityRef('logical-port', binding.port), name: plain(binding.port), family: 'logical ports', pane: 'ovn', aspect: 'errors', rules: ['ovn-port-unbound'], what: 'binding', limit: 'bound where requested, up', load: problem === undefined ? 0 : 1 }, // prettier-ignore
          plain(problem ?? (binding.chassis === undefined ? 'not requested' : 'bound')),
          source,
        );
      }),
  ];
}
