import { jvmSource } from '../host/collector/python-source.ts';
import type { Target } from './target.ts';

/** Program that prints the thread dump of a JVM; it checks the handler of SIGQUIT and the start time itself. */
export const javaThreads = ({ pid, startTicks }: Target): readonly string[] => [
  ...'timeout -s INT 20 /usr/bin/python3 -I -c'.split(' '),
  jvmSource,
  String(pid),
  String(startTicks),
];
