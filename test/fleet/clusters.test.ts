import { expect, it } from 'vitest';
import { clusterViews } from '../../src/fleet/cluster/cluster-views.ts';
import { clusterNeeds, clustersAt } from '../../src/fleet/cluster/clusters.ts';
import { kubeLocal } from '../../src/sources/kubernetes/local.ts';
import { mysqlServers } from '../../src/sources/databases/mysql.ts';
import { ovsDb } from '../../src/sources/ovs/db.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { hostRow } from './host-rows.ts';

/** Clusters of a host with these samples by source. */
function clustersOf(samples: Readonly<Record<string, unknown>>) {
  const timeline = new Timeline();
  for (const [id, sample] of Object.entries(samples))
    timeline.append(id, { sample, at: 1, wallMs: 1000, missing: {}, tookMs: 1 });
  return clustersAt(timeline.latestMoment(clusterNeeds, 1000));
}

function galera(status: Readonly<Record<string, string>>) {
  const rows = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([variable_name, value]) => ({ variable_name, value }));
  const text = JSON.stringify({
    variables: rows({ wsrep_on: 'ON', wsrep_cluster_name: 'shop' }),
    status: rows(status),
  });
  const replies = new Map([['/run/mysqld/mysqld.sock', { ok: true, text, tookMs: 1, at: 1 } as const]]);
  return clustersOf({
    [mysqlServers.id]: mysqlServers.parse({ run: replies, lib: undefined, mariadbd: undefined, mysqld: undefined }),
  });
}

it('a Galera cluster that was split by a bootstrap is one cluster with two UUIDs', () => {
  const whole = { wsrep_cluster_status: 'Primary', wsrep_cluster_size: '2', wsrep_cluster_state_uuid: 'aaaa' };
  const views = clusterViews([
    hostRow('db1', { clusters: galera(whole) }),
    hostRow('db2', { clusters: galera(whole) }),
    hostRow('db3', { clusters: galera({ ...whole, wsrep_cluster_size: '1', wsrep_cluster_state_uuid: 'bbbb' }) }),
  ]);
  expect(views).toMatchObject([{ kind: 'Galera', id: 'shop', state: 'Primary', hosts: ['db1', 'db2', 'db3'] }]);
  expect(views[0]?.contradictions.map(({ what, values }) => `${what} ${values.map(({ value, hosts }) => `${value}: ${hosts.join(' ')}`).join(', ')}`)).toEqual([
    'size 2: db1 db2, 1: db3',
    'uuid aaaa: db1 db2, bbbb: db3',
  ]); // prettier-ignore
});

it('nodes of one Kubernetes cluster are one cluster by the CA that they trust', () => {
  const node = (name: string, cluster: string) => clustersOf({ [kubeLocal.id]: kubeLocal.parse({ local: JSON.stringify({ node: name, cluster }) }) }); // prettier-ignore
  const views = clusterViews([
    hostRow('k1', { clusters: node('k1', '7338854b') }),
    hostRow('k2', { clusters: node('k2', '7338854b') }),
    hostRow('edge', { clusters: node('edge', '00000001') }),
  ]);
  expect(views.map(({ id, hosts }) => [id, hosts])).toEqual([
    ['7338854b', ['k1', 'k2']],
    ['00000001', ['edge']],
  ]);
});

it('a chassis belongs to the OVN of its remote, and one with a local socket names none', () => {
  const chassis = (remote: string) => clustersOf({ [ovsDb.id]: { ...ovsDb.parse({ tables: undefined, snapTables: undefined }), externalIds: new Map([['ovn-remote', remote]]) } }); // prettier-ignore
  expect(chassis('ssl:[fd00::2]:6642,ssl:[fd00::1]:6642')).toMatchObject([{ kind: 'OVN', id: 'fd00::1,fd00::2', state: undefined }]); // prettier-ignore
  expect(chassis('unix:/run/ovn/ovnsb_db.sock')).toEqual([]);
});
