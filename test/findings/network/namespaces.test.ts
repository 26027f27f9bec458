import { expect, test } from 'vitest';
import { namespaceNetwork } from '../../../src/findings/network/namespaces.ts';
import { foundOn } from '../../helpers/found-on.ts';

const space = (pid: number, cgroup: string, overflows: number) => ({
  'facts:namespaces < namespaces': JSON.stringify({
    all: 1,
    spaces: { 4026532714: { pid, command: 'dnsmasq', cgroup, counters: { 'TcpExt ListenOverflows': overflows }, listeners: [] } },
  }),
}); // prettier-ignore

const DOCKER = '0::/docker/dee59f64442ccbade1eec2c6a2a9f332ddc337b28b299ed1f27c01814e5e4f0e\n';

test('namespace-network names the container by its name, and as its entity', async () => {
  const [found] = await foundOn(namespaceNetwork, 'container-host', [space(13_700, DOCKER, 0), space(13_700, DOCKER, 8)], 10); // prettier-ignore
  expect(found).toMatchObject({
    entity: { kind: 'container', id: 'id:dee59f64442ccbade1eec2c6a2a9f332ddc337b28b299ed1f27c01814e5e4f0e' },
    condition: 'listen',
  });
  expect(found?.subject).toMatch(/^docker [a-z]/);
});

test('namespace-network names a namespace by `ip netns`, and without a name by its process', async () => {
  const links = { 'ip -j link show type veth': '[{"ifname":"veth1","link_netnsid":0}]', 'lsns -n -r -t net -o NETNSID,PID,NSFS': '0 777 /run/netns/qrouter-7\n', 'ip -j netns list': '[{"name":"qrouter-7","id":0}]' }; // prettier-ignore
  const subjectsWith = async (more: object) => {
    const moments = [0, 8].map((overflows) => ({ ...space(777, '', overflows), ...more }));
    return (await foundOn(namespaceNetwork, 'cloud-vm', moments, 10)).map(({ subject, condition }) => [subject, condition]); // prettier-ignore
  };
  expect(await subjectsWith(links)).toEqual([['qrouter-7', 'listen-4026532714']]);
  expect(await subjectsWith({})).toEqual([['dnsmasq[777]', 'listen-4026532714']]);
});

test('namespace-network finds nothing when the namespace is another one', async () => {
  const other = { 'facts:namespaces < namespaces': JSON.stringify({ spaces: { 9: { pid: 5, counters: { 'TcpExt ListenOverflows': 8 } } } }) }; // prettier-ignore
  expect(await foundOn(namespaceNetwork, 'cloud-vm', [space(777, '', 0), other], 10)).toEqual([]);
});
