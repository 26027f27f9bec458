import { expect, test } from 'vitest';
import { ovnDisconnected } from '../../../src/findings/ovn/disconnected.ts';
import { ovnRaft } from '../../../src/findings/ovn/raft.ts';
import { foundOn } from '../../helpers/found-on.ts';

test('ovn-raft names the unreachable member when quorum hangs on the rest', async () => {
  const [found, ...others] = await foundOn(ovnRaft, 'ovn-raft-lost');
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    severity: 'crit',
    subject: 'northbound members',
    sentence: 'tcp:127.0.0.1:16643 unreachable, 2 of 3 left: one more loses quorum',
    evidence: [{ what: 'b386' }],
  });
  expect(await foundOn(ovnDisconnected, 'ovn-raft-lost')).toEqual([]);
});

test('ovn-disconnected alone stands when a database has no quorum', async () => {
  expect(await foundOn(ovnRaft, 'ovn-no-leader')).not.toContainEqual(
    expect.objectContaining({ subject: 'northbound members' }),
  );
  const found = await foundOn(ovnDisconnected, 'ovn-no-leader');
  expect(found.map(({ sentence }) => sentence)).toEqual([
    expect.stringMatching(/^no RAFT leader, 3 members, this server candidate: transactions fail$/),
  ]);
});

test('ovn-raft finds nothing without a clustered database', async () => {
  for (const host of ['ovs-calm', 'ovs-faults', 'cloud-vm', 'denied']) expect(await foundOn(ovnRaft, host)).toEqual([]);
});
