import { expect, test } from 'vitest';
import type { DaemonReply } from '../../src/host/host.ts';
import { databaseRef, entityRef, entityText, processRef } from '../../src/findings/entity-ref.ts';
import { listenerDependencies } from '../../src/incidents/dependencies/databases.ts';
import { kubernetesDependencies } from '../../src/incidents/dependencies/kubernetes.ts';
import { EntityGraph } from '../../src/incidents/entity-graph.ts';
import { explain } from '../../src/incidents/explain.ts';
import { influenceTable } from '../../src/incidents/influence-table.ts';
import type { Observation } from '../../src/incidents/observation.ts';
import { roleOf } from '../../src/incidents/roles.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { momentOf } from '../helpers/moments.ts';
import { overlay } from '../helpers/overlay.ts';

const REPLY: DaemonReply = { ok: true, text: 'etcd_server_has_leader 1\n', tookMs: 1 };
const PROCESS = processRef({ pid: 812, startTicks: 5 });
const MEMBER = databaseRef('etcd:2379');

/** Dependencies of a node of Kubernetes on which etcd runs; those on its process as the table of processes has them. */
async function graphOfNode(): Promise<EntityGraph> {
  const moments = hostMoments('kube-modern').map(({ at, host }) => ({
    at,
    host: overlay(host, {
      'listening:etcd:* < GET /metrics': () => new Map([['listening:etcd:812:127.0.0.1:2379', REPLY]]),
    }),
  }));
  return new EntityGraph([
    ...kubernetesDependencies.of(await momentOf(kubernetesDependencies.needs, moments)),
    ...listenerDependencies.of(await momentOf(listenerDependencies.needs, moments)),
    { dependent: entityRef('daemon', 'etcd'), via: 'runs-as', on: PROCESS },
    { dependent: MEMBER, via: 'runs-as', on: PROCESS },
  ]);
}

const seen = (rule: string, entity: string, condition?: string): Observation => ({
  key: `${rule} ${entity}`,
  rule,
  entity,
  condition,
  members: [],
  severity: 'crit',
  role: roleOf(rule),
  past: false,
  onsetMs: undefined,
});

const api = seen('kube-api-unresponsive', 'daemon:kube-apiserver');
const stopped = seen('process-stopped', entityText(PROCESS));
const unresponsive = seen('etcd-unresponsive', entityText(MEMBER), 'unresponsive');

test('explain puts the stopped process before etcd and the API server', async () => {
  const incidents = explain([api, unresponsive, stopped], await graphOfNode(), influenceTable);
  expect(incidents.map(({ root, explained }) => [root.rule, explained.map(({ observation: { rule } }) => rule).toSorted()])).toEqual([
    ['process-stopped', ['etcd-unresponsive', 'kube-api-unresponsive']],
  ]);
}); // prettier-ignore

test.each([
  ['etcd-unresponsive', 'unresponsive'],
  ['etcd-leader', 'none'],
  ['etcd-leader', 'changes'],
  ['etcd-space', 'alarm-NOSPACE'],
  ['etcd-disk', 'disk'],
])('explain puts %s/%s before the API server', async (rule, condition) => {
  const [first, ...rest] = explain([api, seen(rule, entityText(MEMBER), condition)], await graphOfNode(), influenceTable); // prettier-ignore
  expect(rest).toEqual([]);
  expect(first).toMatchObject({ root: { rule }, explained: [{ observation: { rule: 'kube-api-unresponsive' } }] });
});

test('explain keeps the API server apart from a quota of etcd that is near', async () => {
  expect(explain([api, seen('etcd-space', entityText(MEMBER), 'quota')], await graphOfNode(), influenceTable)).toHaveLength(2); // prettier-ignore
});
