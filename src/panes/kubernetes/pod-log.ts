import { plain } from '../../lib/plain.ts';
import { kubeLog } from '../../sources/kubernetes/log.ts';
import type { Pod } from '../../sources/kubernetes/objects.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import type { Role } from '../../theme.ts';
import type { Detail } from '../pane.ts';
import { tailSection, whyNot } from './text-lines.ts';

/** Log of a container, followed, and its previous log after a restart. */
export function logDetail(
  { namespace, name }: Pick<Pod, 'namespace' | 'name'>,
  container: string,
  restarted: boolean,
): Detail {
  const of = { namespace, name, container };
  return {
    id: 'pod-log',
    title: `log of ${plain(namespace)}/${plain(name)} ${plain(container)}`,
    sources: {
      log: bindDetail(kubeLog, { ...of, previous: false }),
      // The previous log changes with the next restart only.
      ...(restarted ? { previous: { ...bindDetail(kubeLog, { ...of, previous: true }), everySeconds: 30 } } : {}),
    },
    everySeconds: 1,
    sections: (samples, missing) => {
      // Both are samples of kubeLog by bindDetail, or undefined before the first read.
      const { log, previous } = samples as {
        readonly log?: SampleOf<typeof kubeLog>;
        readonly previous?: SampleOf<typeof kubeLog>;
      };
      const linesOf = (sample: typeof log, source: string) =>
        sample?.lines?.map(plain) ?? [
          sample === undefined ? 'not read yet' : (whyNot(missing, source, 'log') ?? 'empty'),
        ];
      return [
        tailSection('log', 'Log', ['kube-log'], linesOf(log, 'log'), roleOf, 'last 60 lines, followed'),
        ...(restarted
          ? [
              tailSection(
                'previous',
                'Previous log (before the last restart)',
                ['kube-log'],
                linesOf(previous, 'previous'),
                roleOf,
              ),
            ]
          : []),
      ];
    },
  };
}

const roleOf = (line: string): Role => (/\b(?:fatal|panic|error|exception|traceback)\b/i.test(line) ? 'warn' : 'text');
