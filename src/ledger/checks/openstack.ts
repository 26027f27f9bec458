import {
  CAPACITY_PCT,
  failedServers,
  isDown,
  isStuckBuild,
  isStuckVolume,
  unread,
  usedPct,
} from '../../entities/openstack/trouble.ts';
import { openstackCloudRef } from '../../findings/entity-ref.ts';
import { percent } from '../../lib/units.ts';
import { openstackCloud, type CloudPart } from '../../sources/openstack/cloud.ts';
import { stateOfMissing } from '../../timeline/reading-state.ts';
import { check, defineChecks, type Check } from '../check.ts';

/** The cloud by rule; each line covers all of its objects. */
export const openstackChecks = defineChecks({
  id: 'openstack',
  needs: { openstackCloud },
  rules: [
    'openstack-service-down',
    'openstack-builds-stuck',
    'openstack-servers-failed',
    'openstack-port-binding',
    'openstack-volumes-stuck',
    'openstack-capacity',
    'openstack-api',
  ],
  of: ({ openstackCloud: seen }): readonly Check[] => {
    const cloud = seen.now;
    const line = (rule: string, aspect: Check['aspect'], what: string, part: CloudPart | undefined, value: number | undefined, text = String(value)) => {
      const gap = part && cloud?.missing.get(part);
      return check(
        { entity: openstackCloudRef, nameVocabulary: 'fixed', name: 'OpenStack', aspect, rules: [rule], what, load: value ?? 0, pane: 'openstack', wide: true, because: gap && stateOfMissing(gap) },
        value === undefined || gap ? undefined : text,
        { openstackCloud: seen },
      );
    };
    const used = cloud?.capacities.reduce((most, one) => Math.max(most, usedPct(one) ?? 0), 0);
    return [
      ...line('openstack-service-down', 'errors', 'services down', 'services', cloud?.services.filter(isDown).length),
      ...line('openstack-builds-stuck', 'saturation', 'builds stuck', 'building', cloud?.servers.filter(isStuckBuild).length),
      ...line('openstack-servers-failed', 'errors', 'servers in ERROR', 'failed', cloud && failedServers(cloud).length),
      ...line('openstack-port-binding', 'errors', 'ports not bound', 'ports', cloud?.ports.filter(({ isBindingFailed }) => isBindingFailed).length),
      ...line('openstack-volumes-stuck', 'errors', 'volumes stuck', 'volumes', cloud?.volumes.filter(isStuckVolume).length),
      ...line('openstack-capacity', 'utilisation', `allocated, limit ${CAPACITY_PCT.warn} %`, 'placement', used, percent(used)),
      ...line('openstack-api', 'errors', 'requests without a reply', undefined, cloud && unread(cloud).length),
    ];
  },
}); // prettier-ignore
