import { expect, test } from 'vitest';
import { ovnCentral } from '../../../src/sources/ovn/central.ts';
import { ovnDaemons } from '../../../src/sources/ovn/daemons.ts';
import { sampleOf } from '../../helpers/sample.ts';

/** Replies of OVN in test/hosts, with the figures that stand in them. */

test('ovnDaemons reads connection, status, engine nodes and stopwatches, no cluster of standalone databases', async () => {
  const sample = await sampleOf(ovnDaemons, 'ovs-calm');
  expect(sample).toMatchObject({ connection: 'connected', northd: 'active', clusters: [] });
  expect(sample.controllerEngine.get('northd_options')).toEqual({ recomputes: 2, computes: 1 });
  expect(sample.northdEngine.get('NB_nb_global')).toEqual({ recomputes: 52, computes: 0 });
  expect(sample.watches.get('ovn-northd-loop')).toEqual({
    samples: 52,
    mostMs: 14,
    p95Ms: 8.680029,
    averageMs: 3.219933,
  });
});

test('ovnDaemons reads leader, term and members of a clustered database', async () => {
  const { clusters } = await sampleOf(ovnDaemons, 'ovn-raft-lost', 1);
  expect(clusters[0]).toMatchObject({ database: 'northbound' });
  expect(clusters[0]?.members).toHaveLength(3);
  expect(clusters[0]?.members.map(({ address }) => address)).toContain('tcp:127.0.0.1:16643');
});

test('ovnCentral joins chassis, bindings and logical ports of both databases', async () => {
  const sample = await sampleOf(ovnCentral, 'ovs-calm');
  expect(sample.global).toMatchObject({ nbCfg: 1, sbCfg: 1, hvCfg: 1, nbCfgMs: 1_795_473_897_924 });
  expect(sample.chassis).toMatchObject([
    { name: 'lab-chassis-1', hostname: 'lab1', encap: 'geneve 127.0.0.1', nbCfg: 1, ports: 2 },
  ]);
  expect(sample.bindings.find(({ port }) => port === 'db1')).toMatchObject({
    datapath: 'db',
    chassis: 'lab-chassis-1',
    up: true,
  });
  expect(sample.datapaths).toMatchObject([
    { name: 'web', kind: 'switch', ports: ['web1', 'web-r0'] },
    { name: 'db', kind: 'switch', ports: ['db1', 'db-r0', 'db2'], acls: 1 },
    { name: 'r0', kind: 'router', ports: ['r0-web', 'r0-db'] },
  ]);
  expect(sample.logicalPorts.get('db1')).toMatchObject({ type: '', addresses: ['02:00:00:00:02:02 10.66.2.12'] });
});
