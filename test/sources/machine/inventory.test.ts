import { expect, test } from 'vitest';
import { inventory } from '../../../src/sources/machine/inventory.ts';

const parse = (text: string | undefined) => inventory.parse({ inventory: text }).inventory;

test('inventory keeps the fields that are shown', () => {
  const stated = {
    machine: { vendor: 'Acme', product: 'X1' },
    hypervisor: 'KVM',
    modules: [{ sizeKiB: 33_554_432, type: 'DDR4', speedMTs: 3200 }],
  };
  expect(parse(JSON.stringify(stated))).toMatchObject({
    machine: { vendor: 'Acme', product: 'X1', serial: undefined },
    hypervisor: 'KVM',
    modules: [{ sizeKiB: 33_554_432, type: 'DDR4', speedMTs: 3200 }],
  });
});

test.each([
  '',
  '[]',
  '7',
  '{"modules":{"length":3},"machine":[1],"hypervisor":{}}',
  '{"modules":[null,{"sizeKiB":"9"}]}',
])('nothing is made up out of %s', (text) => {
  const shown = parse(text);
  expect(shown?.machine).toBeUndefined();
  expect(shown?.hypervisor).toBeUndefined();
  expect(shown?.modules ?? []).toEqual([]);
});

test('inventory is undefined on a remote host', () => expect(parse(undefined)).toBeUndefined());
