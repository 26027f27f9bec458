import { expect, test } from 'vitest';
import { ENTITY_KINDS, entityOf } from '../../src/findings/entity-ref.ts';
import { LAYERS, layerOf } from '../../src/findings/layer.ts';

test('layerOf has a layer for each kind of entity, and each layer an entity', () => {
  const layers = new Set(ENTITY_KINDS.map((kind) => layerOf({ kind })));
  expect([...layers].toSorted()).toEqual([...LAYERS].toSorted());
});

test.each([
  ['disk:sda', 'storage'],
  ['osd:osd.1', 'storage'],
  ['cpu:cpu3', 'hardware'],
  ['resource:memory', 'kernel'],
  ['port:tap0', 'network'],
  ['pod:shop/web', 'container'],
  ['daemon:kubelet', 'process'],
])('layerOf puts %s into %s', (entity, layer) => {
  const ref = entityOf(entity);
  expect(ref && layerOf(ref)).toBe(layer);
});
