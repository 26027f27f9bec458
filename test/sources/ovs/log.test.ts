import { expect, test } from 'vitest';
import { ovsLog } from '../../../src/sources/ovs/log.ts';

test('ovsLog parses sessions that go down, bridges at the resubmit limit and lost upcalls', () => {
  const vswitchd = `2024-05-10T11:11:58.884Z|00006|bfd(handler2)|INFO|ovn-node-0-3: BFD state change: init->up "No Diagnostic"->"No Diagnostic".
2024-05-10T11:12:51.781Z|00008|bfd(handler1)|INFO|ovn-node-0-1: BFD state change: up->down "No Diagnostic"->"No Diagnostic".
2024-05-10T11:13:00.000Z|14339|ofproto_dpif_xlate|WARN|over 4096 resubmit actions on bridge br-int while processing arp
2024-05-10T11:13:00.000Z|10324|dpif_netlink(handler10)|WARN|system@ovs-system: lost packet on port channel 0 of handler 0
`;
  expect([...(ovsLog.parse({ vswitchd })?.hits ?? [])].map(([id, { objects }]) => [id, ...objects.keys()])).toEqual([
    ['bfd-down', 'ovn-node-0-1'],
    ['resubmit-limit', 'br-int'],
    ['lost-packet', 'system@ovs-system'],
  ]);
});
