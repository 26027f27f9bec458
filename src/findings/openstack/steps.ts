import type { StepTable } from '../next-step.ts';

/** Next steps of the rules of OpenStack. */
export const openstackSteps: StepTable = {
  'openstack-service-down': { section: 'agents' },
  'openstack-builds-stuck': { section: 'servers' },
  'openstack-servers-failed': { section: 'servers' },
  'openstack-port-binding': { section: 'hosts' },
  'openstack-volumes-stuck': { section: 'volumes' },
  'openstack-capacity': { section: 'hosts' },
  'openstack-api': { section: 'access' },
};
