import { lines } from '../../lib/lines.ts';
import { KUBERNETES } from './pods.ts';
import { defineDetail } from '../source.ts';

export interface LogOf {
  readonly namespace: string;
  readonly name: string;
  readonly container: string;
  /** What it said before it ended and was started again. */
  readonly previous: boolean;
}

/** The end of the log of one container, followed while a person looks at it; nothing reads it by itself. */
export const kubeLog = defineDetail({
  id: 'kube-log',
  title: 'Log of one container',
  why: 'Shows the last 60 lines of a container and follows what it writes, while a person has them open; from the node when the API server is silent.',
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
