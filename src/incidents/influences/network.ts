import type { InfluenceRow } from '../influence.ts';

const HOUR = 3600;

/** Influences of findings about the host's network. */
export const networkInfluences: readonly InfluenceRow[] = [
  ['nic-down', 'gateway-unresolved', 'nic', [], 'often', 60, 'the link to the gateway is down'],
  ['nic-down', 'gateway-unresolved', 'nic', ['plugged-into'], 'often', 60, 'the link to the gateway is down'],
  ['nic-down', 'qdisc-drops', 'nic', [], 'often', HOUR, 'what waits for the link is dropped'],
  [
    'nic-driver-loss',
    'nic-drops',
    'nic',
    [],
    'often',
    60,
    'packets that the card loses count as drops of the interface',
  ],
  ['nic-driver-loss', 'nic-errors', 'nic', [], 'often', 60, 'damaged frames count as errors of the interface'],
  ['mtu-mismatch', 'tunnel-mtu', 'nic', ['plugged-into'], 'sometimes', HOUR, 'the link below carries smaller packets'],
];
