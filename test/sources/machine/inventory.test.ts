import { expect, test } from 'vitest';
import { inventory } from '../../../src/sources/machine/inventory.ts';

const parse = (text: string | undefined) => inventory.parse({ inventory: text }).inventory;

test('what is shown of this machine', () => {
  const told = {
    machine: { vendor: 'Acme', product: 'X1' },
    hypervisor: 'KVM',
    modules: [{ sizeKiB: 33_554_432, type: 'DDR4', speedMTs: 3200 }],
  };
  expect(parse(JSON.stringify(told))).toMatchObject({
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

test('a remote host has none', () => expect(parse(undefined)).toBeUndefined());
