import type { InfluenceRow } from '../influence.ts';

const HOUR = 3600;

/** Influences of findings about containers. */
export const containerInfluences: readonly InfluenceRow[] = [
  ['container-oom', 'oom-kills', 'cgroup', ['member-of'], 'often', 60, 'its kills are counted for the host as well'],
  ['container-oom', 'oom-kills', 'container', [], 'often', 60, 'its kills are counted for the host as well'],
  ['container-oom', 'container-restart-loop', 'container', [], 'often', 900, 'its first process is killed each time'],
  ['container-oom', 'container-unhealthy', 'container', [], 'sometimes', 300, 'a process of it was killed'],
  ['container-oom', 'kube-pod-unhealthy/oom', 'pod', ['runs-as'], 'often', 300, 'a container of it is killed'],
  ['container-memory-short', 'container-oom', 'container', [], 'often', HOUR, 'memory reached its limit'],
  ['container-pids', 'container-unhealthy', 'container', [], 'often', 300, 'fork fails inside'],
  [
    'container-throttled',
    'container-unhealthy',
    'container',
    [],
    'sometimes',
    300,
    'health checks time out under its quota',
  ],
  [
    'container-throttled',
    'kube-pod-unhealthy/unready',
    'pod',
    ['runs-as'],
    'sometimes',
    300,
    'probes time out under its quota',
  ],
  ['container-frozen', 'container-unhealthy', 'container', [], 'often', 300, 'its processes are frozen'],
  [
    'container-daemon-unresponsive',
    'container-unhealthy',
    'container',
    ['served-by'],
    'sometimes',
    300,
    'the engine runs no health checks',
  ],
  [
    'container-daemon-unresponsive',
    'lxd-operation-stuck',
    'lxd-operation',
    ['served-by'],
    'often',
    300,
    'the engine hangs',
  ],
];
