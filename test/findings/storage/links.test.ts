import { expect, test } from 'vitest';
import { nvmePathsLost } from '../../../src/findings/storage/nvme-paths.ts';
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

test('nvmePathsLost finds nothing when another gateway serves, or while a path changes its state for one reading', async () => {
  const states = (first: string, second: string) => ({
    '/sys/class/nvme/nvme0/state': `${first}\n`,
    '/sys/class/nvme/nvme1/state': `${second}\n`,
    '/sys/block/nvme0c0n1/ana_state': 'optimized\n',
    '/sys/block/nvme0c1n1/ana_state': 'inaccessible\n',
  });
  expect(await foundOn(nvmePathsLost, 'cloud-vm', [states('live', 'live'), states('live', 'live')], 10)).toEqual([]);
  expect(await foundOn(nvmePathsLost, 'cloud-vm', [states('live', 'live'), states('resetting', 'live')], 10)).toEqual([]); // prettier-ignore
});
