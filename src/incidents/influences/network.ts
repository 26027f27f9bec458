import type { InfluenceRow } from '../influence.ts';

const HOUR = 3600;

/** Influences of findings about the host's network. */
export const networkInfluences: readonly InfluenceRow[] = [
  ['nic-down', 'gateway-unresolved', 'nic', [], 'often', 60, 'the link to the gateway is down'],
  ['nic-down', 'gateway-unresolved', 'nic', ['plugged-into'], 'often', 60, 'the link to the gateway is down'],
  ['nic-down', 'qdisc-drops', 'nic', [], 'often', HOUR, 'what waits for the link is dropped'],
  ['mtu-mismatch', 'tunnel-mtu', 'nic', ['plugged-into'], 'sometimes', HOUR, 'the link below carries smaller packets'],
];
