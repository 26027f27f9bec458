import { epochSeconds } from '../../lib/iso-time.ts';
import { countOf, fields, flagOf, items, json, textOf } from '../../lib/json.ts';
import { lxdSockets, type LxdPlace } from './lxd-sockets.ts';
import { defineDetail } from '../source.ts';

export interface LxdTarget {
  readonly place: LxdPlace;
  readonly name: string;
  readonly project: string;
}

/**
 * One instance while its detail is open: addresses, disk use, snapshots. LXD enters the container for them.
 * https://documentation.ubuntu.com/lxd/latest/api/#/instances/instance_state_get
 */
export const lxdInstance = defineDetail({
  id: 'lxd-instance',
  title: 'One LXD instance',
  why: 'Shows addresses, disk use and snapshots of one instance while its detail is open.',
  everySeconds: 30,
  example: { place: 'deb', name: 'web', project: 'default' },
  reads: ({ place, name, project }: LxdTarget) => {
    const ask = (path: string, query: string) =>
      ({
        kind: 'talk',
        dialect: 'http',
        to: lxdSockets[place],
        request: `GET /1.0/instances/${encodeURIComponent(name)}/${path}?${query}project=${encodeURIComponent(project)}`,
        as: 'root',
      }) as const;
    return { state: ask('state', ''), snapshots: ask('snapshots', 'recursion=1&') };
  },
  parse: ({ state, snapshots }) => {
    const now = fields(fields(json(state))['metadata']);
    return {
      status: textOf(now['status']),
      disks: Object.entries(fields(now['disk'])).map(([name, disk]) => ({
        name,
        usedBytes: countOf(fields(disk)['usage']),
        totalBytes: countOf(fields(disk)['total']) || undefined,
      })),
      nics: Object.entries(fields(now['network'])).flatMap(([name, nic]) =>
        name === 'lo'
          ? []
          : [
              {
                name,
                hostName: textOf(fields(nic)['host_name']),
                state: textOf(fields(nic)['state']),
                addresses: items(fields(nic)['addresses']).flatMap((address) =>
                  fields(address)['scope'] === 'link' ? [] : (textOf(fields(address)['address']) ?? []),
                ),
              },
            ],
      ),
      snapshots: items(fields(json(snapshots))['metadata']).map((item) => ({
        name: textOf(fields(item)['name']),
        stateful: flagOf(fields(item)['stateful']),
        createdEpochSeconds: epochSeconds(textOf(fields(item)['created_at'])),
      })),
    };
  },
});

export type LxdInstanceState = ReturnType<typeof lxdInstance.parse>;
