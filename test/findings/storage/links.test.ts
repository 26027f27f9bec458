import { expect, test } from 'vitest';
import { storageLinkDown } from '../../../src/findings/storage/links.ts';
import { foundOn } from '../../helpers/found-on.ts';

const ana = (state: string) => ({ '/sys/block/nvme0c1n1/ana_state': `${state}\n` });

test('storageLinkDown finds nothing when another gateway has always served the path', async () => {
  const away = ana('inaccessible');
  expect(await foundOn(storageLinkDown, 'cloud-vm', [away, away, away], 10)).toEqual([]);
});

test('storageLinkDown finds a path that served before', async () => {
  const found = await foundOn(storageLinkDown, 'cloud-vm', [ana('optimized'), ana('inaccessible'), ana('inaccessible')], 10); // prettier-ignore
  expect(found).toMatchObject([{ severity: 'warn', subject: 'nvme0c1n1', evidence: [{ source: '/sys/block/nvme0c1n1/ana_state' }] }]); // prettier-ignore
});
