import { describe, expect, test } from 'vitest';
import { cephPgsInactive } from '../../../src/findings/ceph/pgs-inactive.ts';
import { entityText } from '../../../src/findings/entity-ref.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { healthWith, pgsIn } from './faults.ts';

const peering = pgsIn({ 'active+clean': 30, peering: 3 });

describe('ceph-pgs-inactive', () => {
  test('has the pools and PGs as members and the onset of most of them', async () => {
    const found = await foundOn(cephPgsInactive, 'ceph-calm', [
      {
        ...pgsIn({ 'active+clean': 31, down: 2 }),
        ...healthWith({
          PG_AVAILABILITY: [
            'Reduced data availability: 2 pgs inactive, 2 pgs down',
            'pg 2.3 is stuck inactive for 65s, current state down, last acting [0]',
            'pg 2.5 is down, acting [0]',
          ],
          PG_DEGRADED: [
            'Degraded data redundancy',
            'pg 2.6 is stuck undersized for 9s, current state active+undersized, last acting [0]',
          ],
        }),
      },
    ]);
    expect(found).toHaveLength(1);
    expect(found[0]?.members?.map(entityText)).toEqual(['pool:lab', 'pg:2.3', 'pg:2.5']);
    expect(found[0]).toMatchObject({
      severity: 'crit',
      subject: 'pool lab',
      sentence: '2 of 33 PGs inactive (down), I/O to them blocked',
      onset: { secondsAgo: 65 },
    });
  });

  test('counts PGs whose OSDs are all gone, which keep their last state', async () => {
    const stale = pgsIn({ 'stale+active+clean': 33 });
    const found = await foundOn(cephPgsInactive, 'ceph-calm', [stale, stale, stale], 6);
    expect(found[0]?.sentence).toBe('33 of 33 PGs inactive (stale+active+clean), client I/O stopped');
    expect(found[0]).toMatchObject({ subject: 'PGs', subjectVocabulary: 'fixed' });
  });

  test('is silent when PGs peer for a moment, and finds them when they peer for longer', async () => {
    expect(await foundOn(cephPgsInactive, 'ceph-calm', [{}, peering, peering], 2)).toEqual([]);
    const found = await foundOn(cephPgsInactive, 'ceph-calm', [peering, peering, peering], 6);
    expect(found[0]?.sentence).toBe('3 of 33 PGs inactive (peering), I/O to them blocked');
  });

  test('finds PGs that peer at once when the monitors know that they are stuck', async () => {
    const found = await foundOn(cephPgsInactive, 'ceph-calm', [
      {
        ...peering,
        ...healthWith({
          PG_AVAILABILITY: [
            'Reduced data availability: 3 pgs inactive, 3 pgs peering',
            'pg 2.3 is stuck peering for 120s, current state peering, last acting [0,1]',
          ],
        }),
      },
    ]);
    expect(found[0]).toMatchObject({ subject: 'pool lab', onset: { secondsAgo: 120 } });
  });

  test('ends with the reading in which all PGs are active', async () => {
    const down = pgsIn({ 'active+clean': 30, down: 3 });
    expect(await foundOn(cephPgsInactive, 'ceph-calm', [down, down], 2)).toHaveLength(1);
    expect(await foundOn(cephPgsInactive, 'ceph-calm', [down, down, {}], 2)).toEqual([]);
  });

  test.each(['ceph-calm', 'ceph-dead-osd', 'ceph-slow-disk', 'ceph-no-quorum', 'denied'])(
    'is silent on %s',
    async (host) => {
      expect(await foundOn(cephPgsInactive, host)).toEqual([]);
    },
  );
});
