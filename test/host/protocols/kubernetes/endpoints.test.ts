import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fields } from '../../../../src/lib/json.ts';
import { kubeLocal } from '../../../../src/sources/kubernetes/local.ts';
import { kubeHost, process, type Tree } from '../../../helpers/kube-host.ts';

const { grow, asked, root } = kubeHost();

/** Answers with its own name, so that a test sees which one was started. */
const KUBECTL = `#!/bin/sh
case "$*" in *watch=1*) exec /bin/sleep 5;; esac
echo "{\\"metadata\\":{\\"resourceVersion\\":\\"1\\"},\\"items\\":[{\\"metadata\\":{\\"name\\":\\"$0\\"}}]}"
`;
const CONFIG = 'apiVersion: v1\nkind: Config\n';

interface Found {
  readonly tree: Tree;
  readonly place: string;
  readonly config: string;
  readonly kubectl: string;
  readonly node?: string;
}

const distributions: Readonly<Record<string, Found>> = {
  'kubeadm, control plane': {
    tree: {
      'etc/kubernetes/admin.conf': CONFIG,
      'etc/kubernetes/kubelet.conf': CONFIG,
      'usr/bin/kubectl': KUBECTL,
      ...process(700, 'kubelet', '--kubeconfig=/etc/kubernetes/kubelet.conf', '--hostname-override=CP-1'),
    },
    place: 'kubeadm',
    config: '/etc/kubernetes/admin.conf',
    kubectl: '/usr/bin/kubectl',
    node: 'cp-1',
  },
  'kubeadm, worker': {
    tree: {
      'etc/kubernetes/kubelet.conf': CONFIG,
      'usr/bin/kubectl': KUBECTL,
      ...process(700, 'kubelet', '--kubeconfig=/etc/kubernetes/kubelet.conf', '--hostname-override', 'w-1'),
    },
    place: 'node identity',
    config: '/etc/kubernetes/kubelet.conf',
    kubectl: '/usr/bin/kubectl',
    node: 'w-1',
  },
  'kubelet with a separate kubeconfig': {
    tree: {
      'srv/kubelet/kubeconfig': CONFIG,
      'usr/local/bin/kubectl': KUBECTL,
      ...process(700, 'kubelet', '--kubeconfig=/srv/kubelet/kubeconfig', '--hostname-override=own'),
    },
    place: 'node identity',
    config: '/srv/kubelet/kubeconfig',
    kubectl: '/usr/local/bin/kubectl',
    node: 'own',
  },
  MicroK8s: {
    tree: {
      'var/snap/microk8s/current/credentials/client.config': CONFIG,
      'var/snap/microk8s/current/credentials/kubelet.config': CONFIG,
      'var/snap/microk8s/current/args/kubelet': '--hostname-override=micro\n--eviction-hard="memory.available<100Mi"\n',
      'snap/microk8s/current/kubectl': KUBECTL,
      ...process(900, 'kubelite', '--kubelet-args-file=x'),
    },
    place: 'MicroK8s',
    config: '/var/snap/microk8s/current/credentials/client.config',
    kubectl: '/snap/microk8s/current/kubectl',
    node: 'micro',
  },
  'Canonical Kubernetes': {
    tree: {
      'etc/kubernetes/admin.conf': CONFIG,
      'snap/k8s/current/bin/kubectl': KUBECTL,
      ...process(900, 'kubelet', '--hostname-override=canon', '--root-dir=/var/lib/kubelet'),
    },
    place: 'Canonical Kubernetes',
    config: '/etc/kubernetes/admin.conf',
    kubectl: '/snap/k8s/current/bin/kubectl',
    node: 'canon',
  },
  'k3s, server': {
    tree: {
      'etc/rancher/k3s/k3s.yaml': CONFIG,
      'var/lib/rancher/k3s/data/current/bin/kubectl': KUBECTL,
      ...process(900, 'k3s-server', '--node-name=edge-1'),
    },
    place: 'k3s',
    config: '/etc/rancher/k3s/k3s.yaml',
    kubectl: '/var/lib/rancher/k3s/data/current/bin/kubectl',
    node: 'edge-1',
  },
  'k3s, agent': {
    tree: {
      'var/lib/rancher/k3s/agent/kubelet.kubeconfig': CONFIG,
      'var/lib/rancher/k3s/data/current/bin/kubectl': KUBECTL,
      ...process(900, 'k3s-agent'),
    },
    place: 'node identity',
    config: '/var/lib/rancher/k3s/agent/kubelet.kubeconfig',
    kubectl: '/var/lib/rancher/k3s/data/current/bin/kubectl',
  },
  RKE2: {
    tree: {
      'etc/rancher/rke2/rke2.yaml': CONFIG,
      'var/lib/rancher/rke2/bin/kubectl': KUBECTL,
      // The supervisor is the older process: the flags are those of the kubelet that it started.
      ...process(100, 'rke2', 'server', '--node-name=not-this'),
      ...process(900, 'kubelet', '--hostname-override=rancher-1'),
    },
    place: 'RKE2',
    config: '/etc/rancher/rke2/rke2.yaml',
    kubectl: '/var/lib/rancher/rke2/bin/kubectl',
    node: 'rancher-1',
  },
  'Charmed Kubernetes': {
    tree: { 'root/cdk/cdk_addons_kubectl_config': CONFIG, 'snap/kubectl/current/kubectl': KUBECTL },
    place: 'Charmed Kubernetes',
    config: '/root/cdk/cdk_addons_kubectl_config',
    kubectl: '/snap/kubectl/current/kubectl',
  },
  "Charmed Kubernetes, root's own": {
    tree: {
      'root/cdk/known_tokens.csv': '',
      'root/.kube/config': CONFIG,
      'snap/kubectl/current/kubectl': KUBECTL,
    },
    place: 'Charmed Kubernetes',
    config: '/root/.kube/config',
    kubectl: '/snap/kubectl/current/kubectl',
  },
};

describe('kubernetesPlaces', () => {
  test.each(Object.entries(distributions))('%s', async (_, { tree, place, config, kubectl, node }) => {
    grow(tree);
    const { hello, answers } = await asked('node');
    expect(hello).toMatchObject({ ready: 1, place, config, ...(node === undefined ? {} : { node }) });
    expect(fields(fields(fields(fields(answers[0]?.['body'])['node'])['metadata']))['name']).toBe(
      join(root(), kubectl),
    );
  });

  test('the session ignores a personal kubeconfig when the host has no kubelet', async () => {
    grow({ 'root/.kube/config': CONFIG, 'usr/bin/kubectl': KUBECTL });
    expect((await asked()).hello).toMatchObject({ fail: 'absent' });
  });

  test('the session skips a kubeconfig when it has an exec credential plugin', async () => {
    grow({
      'etc/kubernetes/admin.conf': 'users:\n- user:\n    exec:\n      command: aws\n',
      'usr/bin/kubectl': KUBECTL,
    });
    const { hello } = await asked();
    expect(hello).toMatchObject({ fail: 'absent' });
    expect(String(hello['said'])).toContain('exec credential plugin');
  });

  test('the session reads kubelet flags from a file when it is MicroK8s', async () => {
    grow(distributions['MicroK8s']?.tree ?? {});
    grow({
      'var/snap/microk8s/current/certs/server.crt': 'no certificate',
      'var/snap/microk8s/common/var/lib/kubelet/config.yaml': 'maxPods: 40\n',
      'var/log/pods/shop_web-0_11111111-2222-4333-8444-555555555555/app/2.log': '',
    });
    const { answers } = await asked('local');
    const local = kubeLocal.parse({ local: JSON.stringify(answers[0]?.['body']) });
    expect(local.certificates).toEqual([
      { path: '/var/snap/microk8s/current/certs/server.crt', endEpochSeconds: undefined },
    ]);
    expect(local.nodefs?.path).toBe('/var/snap/microk8s/common/var/lib/kubelet');
    expect(local.pods).toEqual([{ namespace: 'shop', name: 'web-0', uid: '11111111-2222-4333-8444-555555555555' }]);
  });
});
