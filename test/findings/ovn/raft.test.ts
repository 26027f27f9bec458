import { expect, test } from 'vitest';
import { ovnDisconnected } from '../../../src/findings/ovn/disconnected.ts';
import { ovnRaft } from '../../../src/findings/ovn/raft.ts';
import { foundOn } from '../../helpers/found-on.ts';

test('a member that was killed: who, and that none is to spare', async () => {
  const [found, ...others] = await foundOn(ovnRaft, 'ovn-raft-lost');
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    severity: 'crit',
    subject: 'northbound members',
    sentence:
      'tcp:127.0.0.1:16643 of the northbound database is silent, 2 of 3 are left: with one more lost it takes no changes',
    evidence: [{ what: 'b386' }],
  });
  expect(await foundOn(ovnDisconnected, 'ovn-raft-lost')).toEqual([]);
});

test('without a majority it is the leader that is missed, once, and only of that database', async () => {
  expect(await foundOn(ovnRaft, 'ovn-no-leader')).not.toContainEqual(
    expect.objectContaining({ subject: 'northbound members' }),
  );
  const found = await foundOn(ovnDisconnected, 'ovn-no-leader');
  expect(found.map(({ sentence }) => sentence)).toEqual([
    expect.stringMatching(/the northbound database has no leader/),
  ]);
});

test('a database that is not clustered, and none, have nothing to say', async () => {
  for (const host of ['ovs-calm', 'ovs-faults', 'cloud-vm', 'denied']) expect(await foundOn(ovnRaft, host)).toEqual([]);
});
