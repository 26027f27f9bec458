import type { PortBinding } from '../../sources/ovn/central.ts';

/** Problem of a VIF port; router and patch ports are never up and never bound. */
export function bindingProblem(binding: PortBinding): string | undefined {
  if (binding.type !== '') return undefined;
  if (binding.requested !== undefined && binding.requested !== binding.chassis)
    return binding.chassis === undefined
      ? `not bound, requested on ${binding.requested}`
      : `bound to ${binding.chassis}, requested on ${binding.requested}`;
  return binding.chassis !== undefined && binding.up === false ? 'bound, not up' : undefined;
}
