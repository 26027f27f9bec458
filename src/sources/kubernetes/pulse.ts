import { countOf, fields, flagOf, json, numberOf, textOf } from '../../lib/json.ts';
import { KUBERNETES } from './pods.ts';
import { defineSource } from '../source.ts';

/**
 * Health of kubelet, by its /healthz (http://127.0.0.1:10248/healthz), and of the container runtime, by an HTTP/2 preface on
 * its socket without a request.
 *
 *     {"now":1795470000.1,"kubelet":{"runs":true,"healthz":"ok","port":10248,"tookMs":1.6},"runtime":{"says":"ok","tookMs":2.1}}
 */
export const kubePulse = defineSource({
  id: 'kube-pulse',
  title: 'kubelet and container runtime',
  why: 'Shows within seconds that kubelet or runtime is unresponsive.',
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
      /** `ok`, another response, or the error. */
      healthz: textOf(kubelet['healthz']),
      healthzMs: countOf(kubelet['tookMs']),
      /** The same of the runtime; undefined where it has no known socket. */
      runtimeHealth: textOf(runtime['says']),
      runtimeMs: countOf(runtime['tookMs']),
    };
  },
});
