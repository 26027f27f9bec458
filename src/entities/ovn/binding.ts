import type { PortBinding } from '../../sources/ovn/central.ts';

/** What is wrong with a guest's port; router and patch ports are never up, and bound nowhere. */
export function bindingTrouble(binding: PortBinding): string | undefined {
  if (binding.type !== '') return undefined;
  if (binding.requested !== undefined && binding.requested !== binding.chassis)
    return binding.chassis === undefined
      ? `wanted on ${binding.requested}, bound nowhere`
      : `wanted on ${binding.requested}, is on ${binding.chassis}`;
  return binding.chassis !== undefined && binding.up === false ? 'bound, but not up' : undefined;
}
