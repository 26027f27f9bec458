import { expect, test } from 'vitest';
import { withoutSecrets } from '../../../../src/host/protocols/http/secrets.ts';

const clean = (value: unknown): unknown => JSON.parse(withoutSecrets(JSON.stringify(value)));

test('the environment of a container and the options of its log are dropped, what it runs stays', () => {
  expect(
    clean({
      Config: { Env: ['DB_PASSWORD=hunter2'], Cmd: ['serve'], Image: 'shop:3' },
      HostConfig: { Memory: 1, LogConfig: { Type: 'splunk', Config: { 'splunk-token': 'abc', tag: 'x' } } },
    }),
  ).toEqual({
    Config: { Cmd: ['serve'], Image: 'shop:3' },
    HostConfig: { Memory: 1, LogConfig: { Type: 'splunk', Config: { tag: 'x' } } },
  });
});

test('of labels only those that say whose a container is', () => {
  const labels = {
    'com.docker.compose.project': 'shop',
    'io.kubernetes.pod.name': 'web-0',
    'traefik.http.middlewares.auth.basicauth.users': 'admin:$apr1$hash',
    role: 'web',
  };
  const kept = { 'com.docker.compose.project': 'shop', 'io.kubernetes.pod.name': 'web-0', role: 'web' };
  expect(clean([{ Labels: labels }])).toEqual([{ Labels: kept }]);
  expect(clean({ Actor: { ID: 'a', Attributes: { ...labels, exitCode: '3' } } })).toEqual({
    Actor: { ID: 'a', Attributes: { ...kept, exitCode: '3' } },
  });
});

test('what belongs to the owner of an LXD instance, and what opens its sockets', () => {
  expect(
    clean({
      metadata: [
        {
          config: {
            'limits.cpu': '2',
            'environment.TOKEN': 'x',
            'user.user-data': '#cloud-config',
            'cloud-init.user-data': 'x',
            'raw.lxc': 'x',
            'volatile.idmap.base': '0',
          },
          expanded_config: { 'user.vendor-data': 'x', 'image.os': 'ubuntu' },
        },
        { class: 'websocket', metadata: { fds: { 0: 'secret' }, secret: 'y', command: ['sh'] } },
        {
          config: {
            'core.trust_password': true,
            'core.proxy_https': 'http://me:pw@proxy',
            'core.https_address': ':8443',
          },
        },
      ],
    }),
  ).toEqual({
    metadata: [
      { config: { 'limits.cpu': '2', 'volatile.idmap.base': '0' }, expanded_config: { 'image.os': 'ubuntu' } },
      { class: 'websocket', metadata: { command: ['sh'] } },
      { config: { 'core.https_address': ':8443' } },
    ],
  });
});

test('withoutSecrets throws when the reply is not JSON', () => {
  expect(() => withoutSecrets('{"Env":["A=b"]')).toThrow(/not JSON/);
});
