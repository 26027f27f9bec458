import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kubernetes } from '../../../src/host/dialects/kubernetes.ts';
import { fields, items, json } from '../../../src/lib/json.ts';
import { kubeLocal } from '../../../src/sources/kube-local.ts';
import { kubeRuntime } from '../../../src/sources/kube-runtime.ts';
import { kubeVolumes } from '../../../src/sources/kube-volumes.ts';
import { needsPython } from '../../helpers/python.ts';

/** The program that runs on the host, for real, over a folder that a test filled as a distribution fills a host. */
beforeEach(needsPython);

let root = '';
const servers: Server[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kube-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true });
});

type Tree = Readonly<Record<string, string>>;

/** Path → text; what begins with `#!` can be started. */
function grow(tree: Tree): void {
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, text.startsWith('#!') ? { mode: 0o755 } : {});
  }
}

/** Answers with its own name, so that a test sees which one was started. */
const KUBECTL = `#!/bin/sh
case "$*" in *watch=1*) exec /bin/sleep 5;; esac
echo "{\\"metadata\\":{\\"resourceVersion\\":\\"1\\"},\\"items\\":[{\\"metadata\\":{\\"name\\":\\"$0\\"}}]}"
`;
const CONFIG = 'apiVersion: v1\nkind: Config\n';
const process = (pid: number, name: string, ...args: readonly string[]): Tree => ({
  [`proc/${pid}/comm`]: `${name}\n`,
  [`proc/${pid}/cmdline`]: [`/x/${name}`, ...args, ''].join('\0'),
});

/** What the program says at first, and its answers. */
async function asked(...questions: readonly string[]) {
  const [python = '', ...argv] = kubernetes.argv?.('/etc/kubernetes') ?? [];
  const child = spawn(python, [...argv, root], { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  const { promise, resolve } = Promise.withResolvers<void>();
  const expected = questions.length + 1;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
    if (text.split('\n').length > expected) resolve();
  });
  child.on('exit', () => resolve());
  for (const [id, ask] of questions.entries()) child.stdin.write(`${JSON.stringify({ id, ask })}\n`);
  await promise;
  child.kill('SIGKILL');
  const [hello, ...rest] = text
    .trimEnd()
    .split('\n')
    .map((line) => fields(json(line)));
  return {
    hello: hello ?? {},
    answers: questions.map((_, id) => rest.find((one) => one['id'] === id) ?? {}),
  };
}

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
  'kubelet with a kubeconfig of its own': {
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

describe('where distributions keep it', () => {
  test.each(Object.entries(distributions))('%s', async (_, { tree, place, config, kubectl, node }) => {
    grow(tree);
    const { hello, answers } = await asked('node');
    expect(hello).toMatchObject({ ready: 1, place, config, ...(node === undefined ? {} : { node }) });
    expect(fields(fields(fields(fields(answers[0]?.['body'])['node'])['metadata']))['name']).toBe(join(root, kubectl));
  });

  test("a person's own kubeconfig on a host that is no node is not touched", async () => {
    grow({ 'root/.kube/config': CONFIG, 'usr/bin/kubectl': KUBECTL });
    expect((await asked()).hello).toMatchObject({ fail: 'absent' });
  });

  test('a kubeconfig that runs a program to log in is not used', async () => {
    grow({
      'etc/kubernetes/admin.conf': 'users:\n- user:\n    exec:\n      command: aws\n',
      'usr/bin/kubectl': KUBECTL,
    });
    const { hello } = await asked();
    expect(hello).toMatchObject({ fail: 'absent' });
    expect(String(hello['said'])).toContain('runs a program to log in');
  });

  test('what the kubelet of MicroK8s was told stands in a file', async () => {
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

const ID = 'ab'.repeat(32);
const UID = '11111111-2222-4333-8444-555555555555';
const LABELS = {
  'io.kubernetes.pod.name': 'web-0',
  'io.kubernetes.pod.namespace': 'shop',
  'io.kubernetes.pod.uid': UID,
  'io.kubernetes.container.name': 'app',
  'io.cri-containerd.kind': 'container',
};
const SECRET = 'hunter2-is-in-the-environment';
const socket = 'run/containerd/containerd.sock';

/** Something that listens where the runtime should, and says that. */
async function runtime(says: Buffer | undefined): Promise<void> {
  mkdirSync(dirname(join(root, socket)), { recursive: true });
  const server = createServer((peer) => {
    peer.on('error', () => undefined);
    peer.on('data', () => says && peer.end(says));
    if (!says) setTimeout(() => peer.destroy(), 6000).unref();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(join(root, socket), resolve));
}
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** A kubelet runs, and there is no kubeconfig: the runtime is all there is to ask. */
const node = process(700, 'kubelet', '--hostname-override=n1');
const said = async () => {
  const { answers } = await asked('runtime');
  expect(JSON.stringify(answers)).not.toContain(SECRET);
  return kubeRuntime.parse({ runtime: JSON.stringify(answers[0]?.['body']) });
};

describe('the container runtime', () => {
  test('tells by crictl what runs and how what ended did, and no more', async () => {
    await runtime(SETTINGS);
    const listed = {
      containers: [
        {
          id: ID,
          metadata: { name: 'app', attempt: 4 },
          image: { image: 'lab/app:1' },
          state: 'CONTAINER_EXITED',
          createdAt: '1795470000000000000',
          labels: LABELS,
          annotations: { secret: SECRET },
        },
      ],
    };
    const one = {
      status: { exitCode: 137, reason: 'OOMKilled', finishedAt: '2026-11-23T21:00:00Z', envs: SECRET },
      info: { config: { envs: [{ key: 'A', value: SECRET }] } },
    };
    grow({
      ...node,
      'usr/bin/crictl': `#!/bin/sh\ncase "$*" in *"ps -a"*) echo '${JSON.stringify(listed)}' ;; *inspect*) echo '${JSON.stringify(one)}' ;; *) exit 1 ;; esac\n`,
    });
    const sample = await said();
    expect(sample).toMatchObject({ says: 'ok', by: 'crictl', endpoint: `/${socket}`, failed: undefined });
    expect(sample.containers).toEqual([
      {
        id: ID,
        uid: UID,
        namespace: 'shop',
        pod: 'web-0',
        name: 'app',
        state: 'exited',
        attempt: 4,
        createdEpochSeconds: 1_795_470_000,
        image: 'lab/app:1',
        exitCode: 137,
        reason: 'OOMKilled',
        finishedEpochSeconds: Date.UTC(2026, 10, 23, 21) / 1000,
      },
    ]);
  });

  test('without crictl tells by ctr what runs; how often it was started stands in the names of its logs', async () => {
    await runtime(SETTINGS);
    const info = {
      ID,
      Labels: LABELS,
      Image: 'lab/app:1',
      CreatedAt: '2026-11-23T21:00:00Z',
      Spec: { process: { env: [SECRET] } },
    };
    grow({
      ...node,
      [`var/log/pods/shop_web-0_${UID}/app/6.log`]: '',
      [`var/log/pods/shop_web-0_${UID}/app/7.log`]: '',
      'usr/bin/ctr': `#!/bin/sh\ncase "$*" in *"containers ls -q") echo ${ID} ;; *"tasks ls") printf 'TASK PID STATUS\\n${ID} 4711 RUNNING\\n' ;; *info*) echo '${JSON.stringify(info)}' ;; *) exit 1 ;; esac\n`,
    });
    const sample = await said();
    expect(sample.by).toBe('ctr');
    expect(sample.containers).toMatchObject([
      { pod: 'web-0', name: 'app', state: 'running', attempt: 7, exitCode: undefined },
    ]);
  });

  test('that is frozen is not waited for, and nothing is asked of it', async () => {
    await runtime(undefined);
    grow({ ...node, 'usr/bin/ctr': `#!/bin/sh\n/bin/touch ${root}/was-asked\n` });
    const sample = await said();
    expect(sample.says).toContain('timed out');
    expect(sample.containers).toBeUndefined();
    expect(spawnSync('test', ['-e', `${root}/was-asked`]).status).toBe(1);
  });

  test('that is not there has a name', async () => {
    grow(node);
    const { answers } = await asked('runtime');
    expect(answers[0]).toMatchObject({ why: 'absent' });
    expect(String(answers[0]?.['said'])).toContain('no socket of a container runtime');
  });

  test('that fails says why, and the names of logs are all there is', async () => {
    await runtime(SETTINGS);
    grow({ ...node, 'usr/bin/ctr': '#!/bin/sh\necho "ctr: connection refused" >&2\nexit 1\n' });
    expect(await said()).toMatchObject({ says: 'ok', containers: undefined, failed: 'ctr: connection refused' });
  });
});

test('volumes of pods lead to the disks behind them', async () => {
  const pod = (more: string) => `/var/lib/kubelet/pods/${UID}/volumes/kubernetes.io~${more}`;
  grow({
    ...node,
    'proc/self/mountinfo': [
      `36 35 252:16 / ${pod('csi/pvc-1/mount')} rw - ext4 /dev/rbd0 rw`,
      `37 35 253:3 / ${pod('local-volume/pv\\040two')} rw - xfs /dev/mapper/vg-data rw`,
      `38 35 0:52 / ${pod('nfs/share')} rw - nfs4 filer:/export rw`,
      `39 35 0:53 / ${pod('secret/token')} rw - tmpfs tmpfs rw`,
      `40 35 8:2 / /home rw - ext4 /dev/sda2 rw`,
      'nonsense',
    ].join('\n'),
    [pod('csi/pvc-1/vol_data.json').slice(1)]: JSON.stringify({
      driverName: 'rbd.csi.ceph.com',
      volumeHandle: '0001-0009-rook-ceph-1',
      attachmentID: SECRET,
    }),
    'sys/dev/block/252:16/size': '1',
    'sys/dev/block/253:3/size': '1',
  });
  const { answers } = await asked('volumes');
  expect(JSON.stringify(answers)).not.toContain(SECRET);
  const { volumes } = kubeVolumes.parse({ volumes: JSON.stringify(answers[0]?.['body']) });
  expect(items(volumes).map(fields)).toMatchObject([
    {
      uid: UID,
      plugin: 'csi',
      name: 'pvc-1',
      source: '/dev/rbd0',
      driver: 'rbd.csi.ceph.com',
      handle: '0001-0009-rook-ceph-1',
      disk: '252:16',
    },
    { plugin: 'local-volume', name: 'pv two', fs: 'xfs', disk: '253:3' },
    { plugin: 'nfs', name: 'share', source: 'filer:/export', disk: undefined },
  ]);
});
