import { entityRef } from '../../findings/entity-ref.ts';
import type { StackDevice } from '../../sources/storage/block-stack.ts';
import type { KernelEvent } from './kernel-events.ts';

/** Object of an event by the name of its device, of which lines of device-mapper have the number: `254:2`. */
export function namedDevice(
  event: KernelEvent,
  stack: ReadonlyMap<string, StackDevice> | undefined,
): Pick<KernelEvent, 'entity' | 'subject'> {
  const { kind, id } = event.entity;
  const isNumber = kind === 'disk' && /^\d+:\d+$/.test(id);
  const device = isNumber ? [...(stack?.values() ?? [])].find(({ number }) => number === id) : undefined;
  return device === undefined ? event : { entity: entityRef('disk', device.name), subject: device.name };
}
