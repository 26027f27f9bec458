import type { JudgedCells } from './judged-cell.ts';

const TEMPORARY = 'rule missing: a rule of Open vSwitch is to judge it';

export const ovsJudged: JudgedCells = {
  'ovn/chassis/behind': { rules: ['ovn-chassis-behind', 'ovn-northd-behind'] },
  'ovn/chassis/since': { rules: ['ovn-chassis-behind', 'ovn-northd-behind'] },
  'ovn/daemons/nb_cfg': { rules: ['ovn-chassis-behind', 'ovn-northd-behind'] },
  'ovn/daemons/north RAFT': { rules: ['ovn-raft', 'ovn-disconnected'] },
  'ovn/logical/name': { rules: ['ovn-port-unbound'] },
  'ovn/logical/state': { rules: ['ovn-port-unbound'] },
  'ovn/raft/lastMessage': { rules: ['ovn-raft', 'ovn-disconnected'] },
  'ovn/raft/role': { rules: ['ovn-raft', 'ovn-disconnected'] },
  'ovn/tile/chassis': { rules: ['ovn-chassis-behind', 'ovn-northd-behind'] },
  'ovn/tile/ports': { rules: ['ovn-port-unbound'] },
  'ovs/bridges/controller': { rules: ['ovs-controller-lost'] },
  'ovs/bridges/moved': { rules: ['ovs-fdb'] },
  'ovs/flows/does': { why: TEMPORARY },
  'ovs/forwarding/kept': { rules: ['ovs-pmd'] },
  'ovs/forwarding/lost': { rules: ['ovs-upcalls-lost'], anyRow: true },
  'ovs/forwarding/miss': { rules: ['ovs-misses', 'ovs-upcalls-lost'], anyRow: true },
  'ovs/ports/drops': { why: TEMPORARY },
  'ovs/ports/ofport': { rules: ['ovs-port-broken'] },
  'ovs/ports/trouble': { rules: ['ovs-port-broken'] },
  'ovs/tables/now': { rules: ['ovs-bond-degraded'] },
  'ovs/tables/what': { rules: ['ovs-bond-degraded'] },
  'ovs/tile/flows': { rules: ['ovs-flow-limit', 'ovs-unresponsive'] },
  'ovs/tile/lookups': { rules: ['ovs-upcalls-lost'] },
  'ovs/tile/problems': { rules: ['ovs-port-broken'] },
  'ovs/upcalls/events': { rules: ['ovs-flow-limit', 'ovs-upcalls-lost'] },
  'ovs/upcalls/flows': { rules: ['ovs-flow-limit', 'ovs-slow-dump'] },
  'ovs/upcalls/lookups': { rules: ['ovs-upcalls-lost', 'ovs-misses'] },
  'ovs/upcalls/◆ovs-vswitchd': { rules: ['ovs-unresponsive'] },
};
