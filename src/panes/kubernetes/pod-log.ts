import { plain } from '../../lib/plain.ts';
import { kubeLog } from '../../sources/kubernetes/log.ts';
import type { Pod } from '../../sources/kubernetes/objects.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import type { Role } from '../../theme.ts';
import type { Detail } from '../pane.ts';
import { tailSection, whyNot } from './text-lines.ts';

/** The end of what a container wrote, and what it wrote last before it was started again. */
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
      // It does not change before the next restart.
      ...(restarted ? { previous: { ...bindDetail(kubeLog, { ...of, previous: true }), everySeconds: 30 } } : {}),
    },
    everySeconds: 1,
    sections: (samples, missing) => {
      // bindDetail gave both the sample of kubeLog, or there is none yet.
      const { log, previous } = samples as {
        readonly log?: SampleOf<typeof kubeLog>;
        readonly previous?: SampleOf<typeof kubeLog>;
      };
      const said = (sample: typeof log, source: string) =>
        sample?.lines?.map(plain) ?? [
          sample === undefined ? 'not read yet' : (whyNot(missing, source, 'log') ?? 'nothing'),
        ];
      return [
        tailSection('log', 'What it says now', ['kube-log'], said(log, 'log'), roleOf, 'the last 60 lines, followed'),
        ...(restarted
          ? [
              tailSection(
                'previous',
                'What it said before it was started again',
                ['kube-log'],
                said(previous, 'previous'),
                roleOf,
              ),
            ]
          : []),
      ];
    },
  };
}

const roleOf = (line: string): Role => (/\b(?:fatal|panic|error|exception|traceback)\b/i.test(line) ? 'warn' : 'text');
