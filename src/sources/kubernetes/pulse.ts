import { countOf, fields, flagOf, json, numberOf, textOf } from '../../lib/json.ts';
import { KUBERNETES } from './pods.ts';
import { defineSource } from '../source.ts';

/**
 * Whether those answer on which the node hangs: kubelet's own health check (http://127.0.0.1:10248/healthz), and the runtime,
 * which is greeted on its socket and asked nothing.
 *
 *     {"now":1795470000.1,"kubelet":{"runs":true,"healthz":"ok","port":10248,"tookMs":1.6},"runtime":{"says":"ok","tookMs":2.1}}
 */
export const kubePulse = defineSource({
  id: 'kube-pulse',
  title: 'Kubelet and container runtime',
  why: 'Shows within seconds that one of them does not answer any more.',
  everySeconds: 2,
  reads: {
    pulse: { kind: 'talk', dialect: 'kubernetes', to: KUBERNETES, request: 'pulse', as: 'root', timeoutMs: 9000 },
  },
  parse: ({ pulse: text }) => {
    const answer = fields(json(text));
    const kubelet = fields(answer['kubelet']);
    const runtime = fields(answer['runtime']);
    return {
      nowEpochSeconds: numberOf(answer['now']),
      kubeletRuns: flagOf(kubelet['runs']),
      /** `ok`, or what came in its place. */
      healthz: textOf(kubelet['healthz']),
      healthzMs: countOf(kubelet['tookMs']),
      /** The same; undefined where no socket of a runtime is known. */
      runtimeSays: textOf(runtime['says']),
      runtimeMs: countOf(runtime['tookMs']),
    };
  },
});
