import { command, operand, unitLog, type CommandStep, type Standing, type StepTable } from '../next-step.ts';
import type { EntityRef } from '../entity-ref.ts';

/** Namespace and name of the first pod or workload that the finding is about. */
function namespaced({
  members: [first] = [],
}: Standing): { readonly namespace: string; readonly name: string } | undefined {
  const [name, namespace] = first?.id.split('/').toReversed() ?? [];
  const known = { namespace: operand(namespace), name: operand(name) };
  return known.namespace === undefined || known.name === undefined
    ? undefined
    : { namespace: known.namespace, name: known.name };
}

const kubectl = (
  found: Standing,
  [verb = '', ...rest]: readonly string[],
  after: readonly string[],
  shows: string,
): CommandStep | undefined => {
  const one = namespaced(found);
  return one && command(['kubectl', '-n', one.namespace, verb, ...rest, one.name, ...after], shows);
};

const describePod = (found: Standing) => kubectl(found, ['describe', 'pod'], [], 'conditions, containers and events');
const events = (found: Standing): CommandStep | undefined => {
  const one = namespaced(found);
  return (
    one &&
    command(
      ['kubectl', '-n', one.namespace, 'get', 'events', '--field-selector', `involvedObject.name=${one.name}`],
      'events of the object',
    )
  );
};

/** Node by its name; the host that is watched has none until the API server replied. */
const node = ({ entity: { id } }: Standing): string | undefined => (id === 'localhost' ? undefined : operand(id));
const describeNode = (found: Standing) =>
  command(['kubectl', 'describe', 'node', node(found)], 'conditions, requests and taints');

const kubeletLog = (found: Standing) =>
  unitLog(found, ['kubelet', 'k3s', 'snap.microk8s.daemon-kubelite'], 'log of the kubelet');
const RUNTIME_UNITS = ['containerd', 'crio', 'k3s', 'snap.microk8s.daemon-containerd'];
const components = command(['crictl', 'ps', '-a', '--name', 'kube-apiserver|etcd'], 'containers of the control plane');
const images = command(['crictl', 'imagefsinfo'], 'use of the image file system');

/** Kind of a workload as kubectl takes it: `Deployment/shop/web`. */
const workloadKind = (ref: EntityRef | undefined): string | undefined =>
  operand(ref?.id.split('/', 1)[0]?.toLowerCase());

/** Kinds of trouble after which the output before the last restart has the cause. */
const LOGS: ReadonlySet<string> = new Set(['crash', 'oom']);

/** Next steps of the rules of Kubernetes. */
export const kubernetesSteps: StepTable = {
  'kube-api-unresponsive': {
    commands: (found) => [
      components,
      command(['kubectl', 'get', '--raw', '/readyz?verbose'], 'checks of the API server'),
      kubeletLog(found),
    ],
    tools: ['kernel-stacks', 'gdb-stacks'],
  },
  'kubelet-unhealthy': {
    commands: (found) => [
      kubeletLog(found),
      command(['systemctl', 'status', 'kubelet', '--no-pager'], 'state of its unit'),
    ],
    tools: ['kernel-stacks', 'gdb-stacks'],
  },
  'kube-runtime-unresponsive': {
    commands: (found) => [
      unitLog(found, RUNTIME_UNITS, 'log of the container runtime'),
      command(['systemctl', 'status', 'containerd', 'crio', '--no-pager'], 'state of its unit'),
    ],
    tools: ['kernel-stacks', 'gdb-stacks'],
  },
  'kube-static-pod-down': {
    commands: (found) => [
      command(['crictl', 'ps', '-a', '--name', operand(found.subject)], 'its containers, ended ones too'),
      kubeletLog(found),
    ],
    tools: [],
  },
  'kube-node-condition': { commands: (found) => [describeNode(found), kubeletLog(found)] },
  'kube-pod-unhealthy': {
    commands: (found) => [
      LOGS.has(found.condition?.replace(/-past$/, '') ?? '')
        ? kubectl(found, ['logs'], ['--all-containers', '--previous', '--tail=50'], 'output before the last restart')
        : undefined,
      describePod(found),
      events(found),
    ],
  },
  'kube-unscheduled': {
    commands: (found) => [
      describePod(found),
      command(['kubectl', 'describe', 'nodes'], 'allocatable, requests and taints of each node'),
    ],
  },
  'kube-rollout-stalled': {
    commands: (found) => {
      const kind = workloadKind(found.members?.[0]);
      return kind === undefined
        ? []
        : [
            kubectl(found, ['describe', kind], [], 'conditions, quotas and admission errors'),
            kubectl(found, ['rollout', 'status', kind], ['--watch=false'], 'progress of the rollout'),
          ];
    },
  },
  'kube-eviction-near': {
    commands: (found) => [
      found.subject.startsWith('memory')
        ? undefined
        : command(['df', '-h', '/var/lib/kubelet', '/var/lib/containerd'], 'space of nodefs and imagefs'),
      found.subject.startsWith('memory') ? undefined : images,
      describeNode(found),
    ],
  },
  'kube-certificate': {
    commands: ({ members = [] }) => [
      ...members
        .slice(0, 1)
        .map(({ id }) =>
          command(
            ['openssl', 'x509', '-noout', '-subject', '-enddate', '-in', operand(id)],
            'subject and end of the certificate',
          ),
        ),
      command(['kubeadm', 'certs', 'check-expiration'], 'all certificates of kubeadm'),
    ],
  },
};
