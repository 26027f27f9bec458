import type { JudgedCells } from './judged-cell.ts';

export const openstackJudged: JudgedCells = {
  'openstack/servers/status': { rules: ['openstack-builds-stuck', 'openstack-servers-failed'], anyRow: true },
  'openstack/host-services/state': { rules: ['unit-failed'] },
  'openstack/agents/state': { rules: ['openstack-service-down'] },
  'openstack/hosts/vcpu': { rules: ['openstack-capacity'] },
  'openstack/hosts/memory': { rules: ['openstack-capacity'] },
  'openstack/hosts/bindings': { rules: ['openstack-port-binding'] },
  'openstack/volumes/status': { rules: ['openstack-volumes-stuck'], anyRow: true },
  'openstack/access/state': { rules: ['openstack-api'], anyRow: true },
};
