import { expect, test } from 'vitest';
import { http } from '../../../../src/host/protocols/http/http.ts';

const DOCKER = '/run/docker.sock';
const LXD = '/var/snap/lxd/common/lxd/unix.socket';

test.each([
  [DOCKER, 'GET /_ping'],
  [DOCKER, 'GET /containers/json?all=1'],
  [DOCKER, `GET /containers/${'a1'.repeat(32)}/json`],
  [DOCKER, 'GET /containers/web/logs?stdout=1&stderr=1&timestamps=1&tail=200'],
  [DOCKER, 'EVENTS /events?since=1&filters=%7B%22type%22%3A%5B%22container%22%5D%7D'],
  ['listening:etcd:812:127.0.0.1:2379', 'GET /metrics'],
  ['listening:etcd:*', 'RPC /v3/maintenance/status'],
  [LXD, 'GET /'],
  [LXD, 'GET /1.0/instances?recursion=1&all-projects=true'],
  [LXD, 'GET /1.0/instances/web-1/state?project=shop'],
  [LXD, 'EACH /1.0/storage-pools resources'],
  [LXD, 'EVENTS-WS /1.0/events?type=lifecycle,operation&all-projects=true'],
])('%s allows %s', (to, request) => {
  expect(http.refusal(to, request)).toBeUndefined();
});

test.each([
  ['another socket', '/run/other.sock', 'GET /_ping'],
  ['LXD of Docker', DOCKER, 'GET /1.0'],
  ['what changes something', DOCKER, 'POST /containers/json'],
  ['a method of etcd that writes', 'listening:etcd:*', 'RPC /v3/kv/put'],
  ['another program than etcd', 'listening:other:*', 'GET /metrics'],
  ['an expensive request', DOCKER, 'GET /containers/json?size=1'],
  ['what is dearer still', DOCKER, 'GET /containers/web/stats'],
  ['what runs a program', DOCKER, 'GET /containers/web/top'],
  ['what holds secrets', DOCKER, 'GET /containers/web/logs'],
  ['a whole log', DOCKER, 'GET /containers/web/logs?stdout=1&stderr=1'],
  ['a whole log by its word', DOCKER, 'GET /containers/web/logs?stdout=1&tail=all'],
  ['a log that is followed', DOCKER, 'GET /containers/web/logs?stdout=1&tail=200&follow=1'],
  ['a file out of a container', DOCKER, 'GET /containers/web/archive?path=/etc/shadow'],
  ['a way around', DOCKER, 'GET /containers/../containers/web/json'],
  ['a name that is a way', DOCKER, 'GET /containers/../json'],
  ['an encoded way', DOCKER, 'GET /containers/%2e%2e/json'],
  ['two requests in one', DOCKER, 'GET /_ping HTTP/1.1\r\n\r\nPOST /containers/web/kill'],
  ['a part after #', DOCKER, 'GET /_ping#x'],
  ['a second question mark', DOCKER, 'GET /containers/json?all=1?x'],
  ['a key out of the prototype', DOCKER, 'GET /containers/json?constructor=1'],
  ['a broken escape', DOCKER, 'GET /containers/json?all=%E0%A4%A'],
  ['each instance opened', LXD, 'GET /1.0/instances?recursion=2'],
  ['an echo of our own questions', LXD, 'EVENTS-WS /1.0/events?type=logging'],
  ['a stream as an answer', LXD, 'GET /1.0/events?type=lifecycle'],
  ['a list that is not allowed', LXD, 'EACH /1.0/instances state'],
  ['a console', LXD, 'GET /1.0/instances/web/console'],
  ['nothing', DOCKER, ''],
])('%s is refused', (_, to, request) => {
  expect(http.refusal(to, request)).toEqual(expect.any(String));
});
