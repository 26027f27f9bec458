import {
  openstackApi,
  openstackBuildsStuck,
  openstackCapacity,
  openstackPortBinding,
  openstackServersFailed,
  openstackServiceDown,
  openstackVolumesStuck,
} from '../findings/openstack/cloud.ts';
import { openstackSteps } from '../findings/openstack/steps.ts';
import { openstack } from '../host/protocols/openstack/openstack.ts';
import { openstackDependencies } from '../incidents/dependencies/openstack.ts';
import { openstackChecks } from '../ledger/checks/openstack.ts';
import { openstackPane } from '../panes/openstack/pane.ts';
import { openstackCloud } from '../sources/openstack/cloud.ts';
import { openstackConsent, openstackCredentials } from '../sources/openstack/credentials.ts';
import { openstackErrors, openstackStory } from '../sources/openstack/logs.ts';
import { withExample } from './details.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of OpenStack: its services and instances on this host, their logs, and the cloud by its APIs after consent. */
export const openstackSubsystem: Subsystem = {
  id: 'openstack',
  sources: [openstackCloud],
  details: [
    withExample(openstackStory),
    withExample(openstackErrors),
    withExample(openstackCredentials),
    withExample(openstackConsent),
  ],
  findings: [
    openstackApi,
    openstackServiceDown,
    openstackBuildsStuck,
    openstackPortBinding,
    openstackServersFailed,
    openstackVolumesStuck,
    openstackCapacity,
  ],
  steps: openstackSteps,
  dependencies: [openstackDependencies],
  checks: [openstackChecks],
  pane: openstackPane,
  protocols: [openstack],
};
