import { fields, items, json, textOf } from '../../lib/json.ts';
import { openstackRead } from './logs.ts';
import { parseCloud, type Cloud } from './cloud.ts';
import { defineDetail } from '../source.ts';

export interface Credentials {
  /** Path; of clouds.yaml with the name of the cloud: `/etc/openstack/clouds.yaml#admin`. */
  readonly name: string;
  readonly kind: 'openrc' | 'clouds.yaml' | 'service';
  readonly problem: string | undefined;
}

const KINDS = ['openrc', 'clouds.yaml', 'service'] as const;

/** Credentials of OpenStack on the host, by name. */
export const openstackCredentials = defineDetail({
  id: 'openstack-credentials',
  title: 'OpenStack credentials',
  why: 'Lists files with credentials of OpenStack by path, of which one may be agreed to; what they hold stays on the host.',
  everySeconds: 60,
  example: {},
  reads: () => ({ found: openstackRead('credentials', 5000) }),
  parse: ({ found }): readonly Credentials[] | undefined => {
    const reply = fields(json(found));
    if (!Array.isArray(reply['found'])) return undefined;
    return items(reply['found']).flatMap((one): readonly Credentials[] => {
      const { name, kind, problem } = fields(one);
      const known = KINDS.find((each) => each === kind);
      const path = textOf(name);
      return path === undefined || known === undefined ? [] : [{ name: path, kind: known, problem: textOf(problem) }];
    });
  },
});

/** Consent to credentials, and the first reply of the APIs with them. */
export const openstackConsent = defineDetail({
  id: 'openstack-consent',
  title: 'OpenStack APIs, first reply',
  why: 'Requests the state of the cloud with credentials that the engineer agreed to on this page.',
  example: { name: '/root/admin-openrc' },
  reads: ({ name }: { readonly name: string }) => ({ cloud: openstackRead(`agree ${name}`, 30_000) }),
  parse: ({ cloud }): Cloud | undefined => parseCloud(cloud),
});
