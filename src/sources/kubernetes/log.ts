import { lines } from '../../lib/lines.ts';
import { KUBERNETES } from './pods.ts';
import { defineDetail } from '../source.ts';

export interface LogOf {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  /** Log before the last restart. */
  readonly previous: boolean;
}

/** Last lines of the log of one container, followed while it is open and read at no other time. */
export const kubeLog = defineDetail({
  id: 'kube-log',
  title: 'Log of one container',
  why: 'Shows the last 60 lines of a container, followed while they are open; from /var/log/pods while the API server is unresponsive.',
  example: { namespace: 'shop', name: 'web-0', container: 'app', previous: false },
  reads: ({ namespace, name, container, previous }: LogOf) => ({
    log: {
      kind: 'talk',
      dialect: 'kubernetes',
      to: KUBERNETES,
      request: `log ${namespace}/${name}/${container}${previous ? '/previous' : ''}`,
      as: 'root',
      timeoutMs: 9000,
    } as const,
  }),
  parse: ({ log }) => ({ lines: log === undefined ? undefined : lines(log) }),
});
