/** KubernetesPlace is the path of a distribution's kubeconfig on a node, and of kubectl where that is not on PATH. */
export interface KubernetesPlace {
  readonly name: string;
  readonly config: string;
  readonly kubectl?: readonly string[];
  /** Path that marks this distribution, where two use the same kubeconfig path. */
  readonly beside?: string;
}

const SNAP_K8S = ['/snap/k8s/current/bin/kubectl'];
const MICROK8S = ['/snap/microk8s/current/kubectl'];
const RKE2 = ['/var/lib/rancher/rke2/bin/kubectl'];
const K3S = ['/var/lib/rancher/k3s/data/current/bin/kubectl'];
/** Program of the snap: its wrapper in /snap/bin makes folders in HOME first. */
const SNAP_KUBECTL = ['/snap/kubectl/current/kubectl'];

/**
 * Kubeconfigs in the order in which they are tried: administrators first, the node identity last. The same files as in the
 * kubernetes plugin of sos-report, and those of k3s and RKE2. The kubeconfig flag of the kubelet comes after them.
 */
export const kubernetesPlaces: readonly KubernetesPlace[] = [
  {
    name: 'Canonical Kubernetes',
    config: '/etc/kubernetes/admin.conf',
    kubectl: SNAP_K8S,
    beside: '/snap/k8s/current',
  },
  { name: 'kubeadm', config: '/etc/kubernetes/admin.conf', kubectl: SNAP_KUBECTL },
  { name: 'kubeadm', config: '/etc/kubernetes/super-admin.conf', kubectl: SNAP_KUBECTL },
  { name: 'MicroK8s', config: '/var/snap/microk8s/current/credentials/client.config', kubectl: MICROK8S },
  { name: 'k3s', config: '/etc/rancher/k3s/k3s.yaml', kubectl: K3S },
  { name: 'RKE2', config: '/etc/rancher/rke2/rke2.yaml', kubectl: RKE2 },
  { name: 'Charmed Kubernetes', config: '/root/cdk/cdk_addons_kubectl_config', kubectl: SNAP_KUBECTL },
  { name: 'Charmed Kubernetes', config: '/root/.kube/config', kubectl: SNAP_KUBECTL, beside: '/root/cdk' },
  { name: 'node identity', config: '/etc/kubernetes/kubelet.conf', kubectl: [...SNAP_K8S, ...SNAP_KUBECTL] },
  { name: 'node identity', config: '/var/snap/microk8s/current/credentials/kubelet.config', kubectl: MICROK8S },
  { name: 'node identity', config: '/var/lib/rancher/k3s/agent/kubelet.kubeconfig', kubectl: K3S },
  { name: 'node identity', config: '/var/lib/rancher/rke2/agent/kubelet.kubeconfig', kubectl: RKE2 },
];
