import { expect, test } from 'vitest';
import { containerLogs } from '../../../src/sources/containers/logs.ts';
import { lxc } from '../../../src/sources/containers/lxc.ts';
import { podman } from '../../../src/sources/containers/podman.ts';

const id = '4f1e'.repeat(16);

test('containerLogs names pods and their containers when kubelet links their logs', () => {
  const { containers } = containerLogs.parse({
    links: new Map([
      [
        `/var/log/containers/coredns-5d78_kube-system_coredns-${id}.log`,
        '/var/log/pods/kube-system_coredns-5d78_0c0ffee0-1234-4abc-9def-000000000001/coredns/0.log',
      ],
      ['/var/log/containers/odd.log', '/elsewhere'],
    ]),
  });
  expect([...containers.values()]).toEqual([
    {
      id,
      namespace: 'kube-system',
      pod: 'coredns-5d78',
      uid: '0c0ffee0-1234-4abc-9def-000000000001',
      container: 'coredns',
    },
  ]);
});

test('podman reads name and image when containers/storage lists them', () => {
  const { containers } = podman.parse({
    list: JSON.stringify([
      {
        id,
        names: ['web'],
        metadata: JSON.stringify({ 'image-name': 'docker.io/library/nginx:latest', name: 'web' }),
        created: '2026-11-23T16:42:49Z',
      },
      { id: '7', names: null },
    ]),
    ofUsers: new Map([
      [
        '/home/alice/.local/share/containers/storage/overlay-containers/containers.json',
        JSON.stringify([{ id: '8', names: ['own'] }]),
      ],
    ]),
  });
  expect(containers).toMatchObject([
    { id, name: 'web', image: 'docker.io/library/nginx:latest', user: undefined },
    { id: '7', name: undefined, image: undefined },
    { id: '8', name: 'own', user: 'alice' },
  ]);
});

test('lxc reads settings, and drops the environment, when they have the names of 2.1 or older ones', () => {
  const { containers } = lxc.parse({
    configs: new Map([
      ['/var/lib/lxc/web/config', 'lxc.start.auto = 1\nlxc.net.0.veth.pair = vethweb\nlxc.environment = TOKEN=x\n#c\n'],
      ['/var/lib/lxc/old/config', 'lxc.network.veth.pair=vethold\nlxc.id_map = u 0 100000 65536\n'],
    ]),
  });
  expect(containers).toEqual([
    { name: 'web', autostart: true, nics: ['vethweb'], unprivileged: false },
    { name: 'old', autostart: false, nics: ['vethold'], unprivileged: true },
  ]);
});
