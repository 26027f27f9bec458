import { expect, test } from 'vitest';
import { ovnLogs } from '../../../src/sources/ovn/logs.ts';

test('ovnLogs parses elections by server, and faults of the controller', () => {
  const logs = new Map([
    [
      '/var/log/ovn/ovn-controller.log',
      `2022-02-06T11:04:26.305Z|00017|main|WARN|controller version - 20.03.2-2.7.0-42.0 mismatch with northd version - 20.03.2-2.7.0-42.1
2022-02-10T01:13:33.307Z|00266|ovsdb_idl|WARN|transaction error: {"details":"RBAC rules for client \\"compute5\\" role \\"ovn-controller\\" prohibit row insertion into table \\"IGMP_Group\\"."}
`,
    ],
    ['/var/log/ovn/ovsdb-server-nb.log', '2022-02-10T15:58:43.221Z|16277|raft|INFO|term 2907: starting election\n'],
  ]);
  expect([...(ovnLogs.parse({ logs })?.hits ?? [])].map(([id, { objects }]) => [id, ...objects.keys()])).toEqual([
    ['northd-mismatch', 'ovn-controller'],
    ['rbac-denied', 'IGMP_Group'],
    ['election', 'ovsdb-server-nb'],
  ]);
});
