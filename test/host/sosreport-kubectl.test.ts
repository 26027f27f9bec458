import { describe, expect, test } from 'vitest';
import { kubeEvents } from '../../src/sources/kubernetes/events.ts';
import { kubeNode } from '../../src/sources/kubernetes/node.ts';
import { kubeOwners } from '../../src/sources/kubernetes/owners.ts';
import { kubePods } from '../../src/sources/kubernetes/pods.ts';
import { ageSeconds, tableRows } from '../../src/host/sosreport/kubectl-table.ts';
import { replayed, shownOf } from '../helpers/replayed-report.ts';

const CONFIG = 'kubectl_--kubeconfig_.etc.kubernetes.admin.conf';
const ALL = `${CONFIG}_get_--all-namespaces_true`;

/** Boot at ten, two hours before the report. */
const BTIME = Date.parse('2026-03-05T10:00:00Z') / 1000;

const report = (files: Readonly<Record<string, string>>, hostname = 'worker-1'): Record<string, string> => ({
  'proc/stat': `cpu  1 0 1 9 0 0 0 0 0 0\nbtime ${BTIME}\nprocs_running 2\n`,
  'sos_commands/host/hostname': `${hostname}\n`,
  ...Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`sos_commands/kubernetes/cluster-info/${name}`, text]),
  ),
});

/** Columns of printPod of Kubernetes 1.29, and rows of its tests' shapes. */
const PODS = `NAMESPACE     NAME                              READY   STATUS                       RESTARTS         AGE
default       web-0                             0/1     CrashLoopBackOff             41 (2m7s ago)    3h12m
default       batch-28914220-zz9pt              0/1     Completed                    0                14h
default       fetch-7d9f8b6c5-x2kqp             0/2     Init:ImagePullBackOff        0                12m
default       cfg-1                             0/1     CreateContainerConfigError   0                9m59s
default       big-0                             0/1     Pending                      0                26h
default       old-1                             0/1     Evicted                      0                4m
default       api-6b8-h5wpq                     1/2     Running                      3 (5h ago)       2d4h
default       fresh-0                           1/1     Running                      1 (3m40s ago)    8m
default       going-0                           1/1     Terminating                  0                2d
kube-system   coredns-5d78c9869d-4lkjx          1/1     Running                      0                3y85d
`;

async function momentOf(files: Readonly<Record<string, string>>) {
  const session = await replayed(files);
  try {
    return session.timeline.moment({ kubePods, kubeNode, kubeEvents, kubeOwners }, session.player.positionMs());
  } finally {
    await session.stop();
  }
}

describe('tables of kubectl', () => {
  test('give the state of each pod, without what they do not have', async () => {
    const { kubePods: seen } = await momentOf(report({ [`${ALL}_pods`]: PODS }));
    const rows = seen.now?.table?.rows ?? [];
    expect(rows).toHaveLength(10);
    expect(rows[0]).toMatchObject({
      namespace: 'default',
      name: 'web-0',
      node: undefined,
      qos: undefined,
      containers: [],
      printed: { status: 'CrashLoopBackOff', ready: 0, containers: 1, restarts: 41, isWide: false },
    });
    // 12:00 less 3 h 12 min.
    expect(rows[0]?.createdEpochSeconds).toBe(Date.parse('2026-03-05T08:48:00Z') / 1000);
    expect(rows[0]?.printed?.restartedEpochSeconds).toBe(Date.parse('2026-03-05T11:57:53Z') / 1000);
  });

  test('make the findings of pods', async () => {
    const { found, text } = await shownOf(report({ [`${ALL}_pods`]: PODS }));
    expect(found.toSorted()).toEqual([
      'crit default/api-6b8-h5wpq: Running, not Ready, 1 of 2 containers, 3 restarts, last 5h00m ago',
      'crit default/cfg-1: CreateContainerConfigError',
      'crit default/fetch-7d9f8b6c5-x2kqp: Init:ImagePullBackOff',
      'crit default/web-0: CrashLoopBackOff, 41 restarts, last 2m07s ago',
      'warn default/big-0: Pending for 1d02h',
      'warn default/fresh-0: Running, 1 restart, last 3m40s ago',
      'warn default/old-1: Evicted',
    ]);
    expect(text).toMatch(/default +web-0 +▲0\/1 CrashLoopBackOff +41▲\(2m07\)/);
    expect(text).not.toMatch(/\bNaN\b|\bundefined\b|Invalid Date|denied:/);
  });

  test('with -o wide give node and address, and name a Pending pod without a node Unschedulable', async () => {
    const wide = `NAME    READY   STATUS    RESTARTS   AGE   IP            NODE       NOMINATED NODE   READINESS GATES
web-0   1/1     Running   0          14h   10.244.1.17   worker-2   <none>           <none>
big-0   0/1     Pending   0          26h   <none>        <none>     <none>           <none>
`;
    const files = report({ 'shop/kubectl_--namespace_shop_get_pods_-o_wide': wide });
    const { kubePods: seen } = await momentOf(files);
    expect(seen.now?.table?.rows).toMatchObject([
      { namespace: 'shop', node: 'worker-2', ip: '10.244.1.17', phase: 'Running' },
      { node: undefined, phase: 'Pending' },
    ]);
    const { found } = await shownOf(files);
    expect(found).toEqual(['warn shop/big-0: Unschedulable, no node for 1d02h']);
  });

  test('give the node of this host, whose other conditions, taints and resources are not in them', async () => {
    const nodes = `NAME       STATUS                        ROLES           AGE    VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE             KERNEL-VERSION     CONTAINER-RUNTIME
master-1   Ready                         control-plane   120d   v1.29.6   10.0.0.1      <none>        Ubuntu 22.04.4 LTS   5.15.0-generic     containerd://1.7.12
worker-1   NotReady,SchedulingDisabled   <none>          120d   v1.29.6   10.0.0.2      <none>        Ubuntu 22.04.4 LTS   5.15.0-generic     containerd://1.7.12
`;
    const files = report({ [`${CONFIG}_get_nodes_-o_wide`]: nodes });
    const { kubeNode: seen } = await momentOf(files);
    expect(seen.now?.node).toMatchObject({
      name: 'worker-1',
      unschedulable: true,
      taints: undefined,
      podsMax: undefined,
      kubelet: 'v1.29.6',
      runtime: 'containerd://1.7.12',
      conditions: [{ type: 'Ready', status: 'NotReady' }],
    });
    const { found, text } = await shownOf(files);
    expect(found).toEqual(['crit Ready: NotReady on node worker-1']);
    expect(text).not.toMatch(/requests 0|taints +none|0 of —|readyz ok/);
    expect(text).toMatch(/api +reachable/);
  });

  test.each([
    ['of this host is Ready', 'master-1'],
    ['is not known', 'elsewhere'],
  ])('name other nodes that are not Ready where the node %s', async (_, hostname) => {
    const nodes =
      'NAME       STATUS     ROLES           AGE    VERSION\nmaster-1   Ready      control-plane   120d   v1.29.6\nworker-1   NotReady   <none>          120d   v1.29.6\nworker-2   Ready      <none>          120d   v1.29.6\n';
    const files = { ...report({ [`${CONFIG}_get_nodes`]: nodes }), 'sos_commands/host/hostname': `${hostname}\n` };
    const { kubeNode: seen } = await momentOf(files);
    expect(seen.now?.node?.name).toBe(hostname === 'master-1' ? 'master-1' : undefined);
    expect((await shownOf(files)).found).toEqual(['warn Ready: NotReady on node worker-1']);
  });

  test('give warnings of events of three ages of kubectl', async () => {
    const today = `NAMESPACE   LAST SEEN              TYPE      REASON             OBJECT                    MESSAGE
shop        2m12s                  Warning   FailedScheduling   pod/big-0                 0/3 nodes are available:  3 Insufficient memory.
shop        4m59s (x12 over 58m)   Warning   BackOff            pod/web-0                 Back-off restarting failed container
shop        14m                    Normal    Pulled             pod/web-0                 Container image "x" already present
default     31s                    Warning   NodeNotReady       node/worker-2             Node is not ready
`;
    const wide = `LAST SEEN   TYPE      REASON    OBJECT      SUBOBJECT                   SOURCE             MESSAGE              FIRST SEEN   COUNT   NAME
5m          Warning   BackOff   pod/web-0   spec.containers{c}          kubelet, worker-1  Back-off restarting  58m          12      web-0.17f2
`;
    const old = `LAST SEEN   FIRST SEEN   COUNT     NAME                     KIND      SUBOBJECT   TYPE      REASON             SOURCE              MESSAGE
1m          2h           31        big-0.15a27f3b4c5d6e7f   Pod                   Warning   FailedScheduling   default-scheduler   no nodes
`;
    const rowsOf = async (text: string) =>
      (await momentOf(report({ [`${ALL}_events`]: text }))).kubeEvents.now?.table?.rows;
    expect(await rowsOf(today)).toMatchObject([
      { reason: 'FailedScheduling', count: 1, message: '0/3 nodes are available:  3 Insufficient memory.', object: { kind: 'Pod', namespace: 'shop', name: 'big-0' } }, // prettier-ignore
      { reason: 'BackOff', count: 12, lastEpochSeconds: Date.parse('2026-03-05T11:55:01Z') / 1000, firstEpochSeconds: Date.parse('2026-03-05T11:02:00Z') / 1000 }, // prettier-ignore
      { reason: 'NodeNotReady', object: { kind: 'Node', name: 'worker-2' } },
    ]);
    expect(await rowsOf(wide)).toMatchObject([
      { reason: 'BackOff', count: 12, component: 'kubelet', host: 'worker-1' },
    ]);
    expect(await rowsOf(old)).toMatchObject([{ reason: 'FailedScheduling', count: 31, object: { kind: 'Pod', name: 'big-0' } }]); // prettier-ignore
    const { found } = await shownOf(report({ [`${ALL}_events`]: today }));
    expect(found).toEqual(['warn shop/big-0: Unschedulable, 0/3 nodes are available:  3 Insufficient memory.']);
  });

  test('give rollouts of all kinds of workloads', async () => {
    const { kubeOwners: seen } = await momentOf(
      report({
        [`${ALL}_deployments`]: 'NAMESPACE   NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nshop        web    1/3     3            1           14h\n', // prettier-ignore
        [`${ALL}_statefulsets`]: 'NAMESPACE   NAME   READY   AGE\nshop        db     2/3     14h\n',
        [`${ALL}_daemonsets`]: 'NAMESPACE   NAME   DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE\nshop        log    3         3         2       3            2           <none>          14h\n', // prettier-ignore
        [`${ALL}_jobs`]: 'NAMESPACE   NAME   STATUS   COMPLETIONS   DURATION   AGE\nshop        load   Failed   0/1           14h        14h\n', // prettier-ignore
        'shop/kubectl_get_deploy_-n_lab': 'NAME   DESIRED   CURRENT   UP-TO-DATE   AVAILABLE   AGE\nold    2         2         2            2           1h\n', // prettier-ignore
      }),
    );
    expect(seen.now?.workloads).toMatchObject([
      { kind: 'Deployment', namespace: 'shop', name: 'web', ready: 1, wanted: 3, updated: 3 },
      { kind: 'Deployment', namespace: 'lab', name: 'old', ready: 2, wanted: 2 },
      { kind: 'StatefulSet', ready: 2, wanted: 3 },
      { kind: 'DaemonSet', ready: 2, wanted: 3 },
      { kind: 'Job', wanted: 1, conditions: [{ type: 'Failed', status: 'True' }] },
    ]);
  });

  test('leave a server that did not respond unread, and "No resources found" read', async () => {
    const refused =
      'The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?\n';
    const failed = await momentOf(report({ [`${ALL}_pods`]: refused }));
    expect(failed.kubePods.now?.table).toBeUndefined();
    expect(failed.kubePods.missing['pods']?.detail).toContain('not in this sosreport');
    const empty = await momentOf(report({ [`${ALL}_pods`]: 'No resources found\n' }));
    expect(empty.kubePods.now?.table?.rows).toEqual([]);
  });

  test('give way to JSON and to descriptions of the same pod', async () => {
    const pod = { metadata: { name: 'web-0', namespace: 'default', uid: 'u1' }, spec: { containers: [{ name: 'c' }] }, status: { phase: 'Running' } }; // prettier-ignore
    const { kubePods: seen } = await momentOf(
      report({
        [`${ALL}_pods`]: PODS,
        [`default/${CONFIG}_get_-o_json_--namespace_default_pods`]: JSON.stringify({ items: [pod] }),
      }),
    );
    expect(seen.now?.table?.rows).toHaveLength(10);
    expect(seen.now?.table?.rows.find(({ name }) => name === 'web-0')).toMatchObject({ uid: 'u1', printed: undefined });
  });

  test('are read where a later part of a long list is wider than its headings', () => {
    const rows = tableRows('NAME    READY   STATUS    RESTARTS   AGE\nweb-0   1/1     Running   0          14h\nweb-a-long-name-of-a-later-part   0/1     Error     2 (3m ago)   15h\n'); // prettier-ignore
    expect(rows?.map((cells) => Object.fromEntries(cells))).toEqual([
      { NAME: 'web-0', READY: '1/1', STATUS: 'Running', RESTARTS: '0', AGE: '14h' },
      { NAME: 'web-a-long-name-of-a-later-part', READY: '0/1', STATUS: 'Error', RESTARTS: '2 (3m ago)', AGE: '15h' },
    ]);
  });

  test('have no age where kubectl printed none', () => {
    expect(['45s', '3m20s', '2d4h', '<unknown>', '<invalid>', ''].map(ageSeconds)).toEqual([
      45,
      200,
      187_200,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('kubectl describe', () => {
  const POD = `Name:                 web-0
Namespace:            shop
Priority:             2000
Priority Class Name:  business
Service Account:      web
Node:                 worker-1/10.0.0.2
Start Time:           Thu, 05 Mar 2026 09:00:00 +0000
Labels:               app=web
                      token=abc
Status:               Running
IP:                   10.244.1.17
IPs:
  IP:           10.244.1.17
Controlled By:  StatefulSet/web
Containers:
  c:
    Container ID:   containerd://6e1f
    Image:          registry.k8s.io/web:1
    Image ID:       registry.k8s.io/web@sha256:aa
    Port:           8080/TCP
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Started:      Thu, 05 Mar 2026 11:50:00 +0000
      Finished:     Thu, 05 Mar 2026 11:58:00 +0000
    Ready:          False
    Restart Count:  41
    Limits:
      memory:  128Mi
    Requests:
      cpu:     100m
      memory:  64Mi
    Environment:
      PASSWORD:  hunter2secret
    Mounts:
      /data from data (rw)
Conditions:
  Type              Status
  Initialized       True
  Ready             False
  PodScheduled      True
QoS Class:                   Burstable
Events:
  Type     Reason   Age                   From     Message
  ----     ------   ----                  ----     -------
  Warning  BackOff  4m12s (x41 over 58m)  kubelet  Back-off restarting failed container c in pod web-0
`;
  const NODE = `Name:               worker-1
Roles:              <none>
CreationTimestamp:  Wed, 05 Nov 2025 10:00:00 +0000
Taints:             node.kubernetes.io/unreachable:NoExecute
                    dedicated=gpu:NoSchedule
Unschedulable:      false
Lease:
  HolderIdentity:  worker-1
Conditions:
  Type             Status    LastHeartbeatTime                 LastTransitionTime                Reason              Message
  ----             ------    -----------------                 ------------------                ------              -------
  MemoryPressure   True      Thu, 05 Mar 2026 11:58:00 +0000   Thu, 05 Mar 2026 11:30:00 +0000   KubeletHasInsufficientMemory   kubelet has insufficient memory available
  Ready            Unknown   Thu, 05 Mar 2026 11:50:00 +0000   Thu, 05 Mar 2026 11:51:00 +0000   NodeStatusUnknown   Kubelet stopped posting node status.
Capacity:
  cpu:     4
  memory:  8145396Ki
  pods:    110
Allocatable:
  cpu:     3500m
  memory:  8042996Ki
  pods:    110
System Info:
  Machine ID:                 6792f2ff
  System UUID:                6792F2FF-E73C-48F6-8A54-608F9853C565
  Container Runtime Version:  containerd://1.7.12
  Kubelet Version:            v1.29.6
`;

  test('gives containers, conditions and events of a pod, and neither environment nor labels', async () => {
    const files = report({
      [`shop/pods/${CONFIG}_--namespace_shop_describe_pods_web-0`]: POD,
      [`${ALL}_pods`]: 'NAMESPACE   NAME    READY   STATUS             RESTARTS      AGE\nshop        web-0   0/1     CrashLoopBackOff   41 (2m ago)   3h\n', // prettier-ignore
    });
    const { kubePods: pods, kubeEvents: events } = await momentOf(files);
    expect(pods.now?.table?.rows).toMatchObject([
      {
        namespace: 'shop',
        node: 'worker-1',
        owner: { kind: 'StatefulSet', name: 'web' },
        qos: 'Burstable',
        printed: undefined,
        createdEpochSeconds: Date.parse('2026-03-05T09:00:00Z') / 1000,
        containers: [{ name: 'c', limits: { memoryBytes: 134_217_728 }, requests: { cpus: 0.1 } }],
        statuses: [
          { restarts: 41, waiting: { reason: 'CrashLoopBackOff' }, last: { exitCode: 137, reason: 'OOMKilled' } },
        ],
      },
    ]);
    expect(events.now?.table?.rows).toMatchObject([{ reason: 'BackOff', count: 41, component: 'kubelet' }]);
    const { found, text } = await shownOf(files);
    expect(found).toEqual(['crit shop/web-0: CrashLoopBackOff, OOMKilled (137) 2m00s ago']);
    expect(text).not.toMatch(/hunter2secret|token=abc/);
  });

  test('gives conditions, taints and resources of the node of this host', async () => {
    const files = report({ [`${CONFIG}_describe_node_worker-1`]: NODE });
    const { kubeNode: seen } = await momentOf(files);
    expect(seen.now?.node).toMatchObject({
      systemUuid: '6792f2ff-e73c-48f6-8a54-608f9853c565',
      taints: [
        { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
        { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' },
      ],
      allocatable: { cpus: 3.5 },
      podsMax: 110,
      kubelet: 'v1.29.6',
    });
    const { found } = await shownOf(files);
    expect(found.toSorted()).toEqual([
      'crit Ready: Unknown on node worker-1 for 9m00s, Kubelet stopped posting node status.',
      'warn MemoryPressure: True on node worker-1 for 30m00s, kubelet has insufficient memory available',
    ]);
  });
});
