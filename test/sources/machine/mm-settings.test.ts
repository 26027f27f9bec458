import { expect, test } from 'vitest';
import { mmSettings } from '../../../src/sources/machine/mm-settings.ts';
import { sampleOf } from '../../helpers/sample.ts';

test('mmSettings parses the selected word of a list, and numbers', async () => {
  expect(await sampleOf(mmSettings, 'numa-guest')).toMatchObject({
    thp: 'always',
    thpDefrag: 'madvise',
    numaBalancing: 1,
    zoneReclaimMode: 0,
    swappiness: undefined,
  });
});
