import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { fields, items } from '../../../../src/lib/json.ts';
import { kubeRuntime } from '../../../../src/sources/kubernetes/runtime.ts';
import { kubeVolumes } from '../../../../src/sources/kubernetes/volumes.ts';
import { kubeHost, process } from '../../../helpers/kube-host.ts';

const { grow, asked, root } = kubeHost();
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
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

/** Fake runtime that sends `reply` to each connection. */
async function runtime(reply: Buffer | undefined): Promise<void> {
  mkdirSync(dirname(join(root(), socket)), { recursive: true });
  const server = createServer((peer) => {
    peer.on('error', () => undefined);
    peer.on('data', () => reply && peer.end(reply));
    if (!reply) setTimeout(() => peer.destroy(), 6000).unref();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(join(root(), socket), resolve));
}
const SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
/** A kubelet runs without a kubeconfig: only the runtime can be read. */
const node = process(700, 'kubelet', '--hostname-override=n1');
const sampleOf = async () => {
  const { answers } = await asked('runtime');
  expect(JSON.stringify(answers)).not.toContain(SECRET);
  return kubeRuntime.parse({ runtime: JSON.stringify(answers[0]?.['body']) });
};

describe('the container runtime', () => {
  test('the runtime lists containers and exit codes when crictl is present', async () => {
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
    const sample = await sampleOf();
    expect(sample).toMatchObject({ health: 'ok', by: 'crictl', endpoint: `/${socket}`, failed: undefined });
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

  test('the runtime lists containers by ctr, attempts by log names, when crictl is missing', async () => {
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
    const sample = await sampleOf();
    expect(sample.by).toBe('ctr');
    expect(sample.containers).toMatchObject([
      { pod: 'web-0', name: 'app', state: 'running', attempt: 7, exitCode: undefined },
    ]);
  });

  test('the runtime gets no request when its socket times out', async () => {
    await runtime(undefined);
    grow({ ...node, 'usr/bin/ctr': `#!/bin/sh\n/bin/touch ${root()}/was-asked\n` });
    const sample = await sampleOf();
    expect(sample.health).toContain('timeout after');
    expect(sample.containers).toBeUndefined();
    expect(spawnSync('test', ['-e', `${root()}/was-asked`]).status).toBe(1);
  });

  test('the runtime names its absence when it has no socket', async () => {
    grow(node);
    const { answers } = await asked('runtime');
    expect(answers[0]).toMatchObject({ why: 'absent' });
    expect(String(answers[0]?.['said'])).toContain('no socket of a container runtime');
  });

  test('the runtime has an error and no containers when ctr fails', async () => {
    await runtime(SETTINGS);
    grow({ ...node, 'usr/bin/ctr': '#!/bin/sh\necho "ctr: connection refused" >&2\nexit 1\n' });
    expect(await sampleOf()).toMatchObject({ health: 'ok', containers: undefined, failed: 'ctr: connection refused' });
  });
});

test('volumes name the disks behind them when pods have mounts', async () => {
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
