import { isPresent, kernelEvents } from '../../entities/kernel/kernel-events.ts';
import type { KernelRule } from '../../entities/kernel/kernel-kind.ts';
import { namedDevice } from '../../entities/kernel/named-device.ts';
import { plural, span } from '../../lib/units.ts';
import { kernelLog } from '../../sources/kernel/kernel-log.ts';
import { blockStack } from '../../sources/storage/block-stack.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Age from which an event is history, which the Kernel log pane has. */
const PAST_SECONDS = 24 * 3600;

interface KernelRuleOptions {
  readonly id: KernelRule;
  readonly title: string;
  readonly authority: string;
  readonly next: string;
}

/** Rule over the events of the kernel log that are of its kinds: one finding per kind and object, with the onset of its first line. */
export const kernelRule = ({ id, title, authority, next }: KernelRuleOptions) =>
  defineFinding({
    id,
    title,
    needs: { kernelLog, blockStack },
    authority,
    judge: ({ kernelLog: { now, history, ageMs }, blockStack: { now: stack } }): readonly Found[] => {
      const readAt = history.at(-1)?.at;
      if (now === undefined || readAt === undefined) return [];
      const ageOf = (at: number): number => Math.max(0, readAt - at) + (ageMs ?? 0) / 1000;
      return kernelEvents(now).flatMap((event): Found[] => {
        const { kind, condition, count, first, last } = event;
        const { entity, subject } = namedDevice(event, stack);
        const ageSeconds = ageOf(last.at);
        const present = isPresent(event, ageSeconds);
        if (kind.rule !== id || (ageSeconds > PAST_SECONDS && !present)) return [];
        const times =
          count === 1 ? `${span(ageSeconds)} ago` : `${plural(count, 'time')}, last ${span(ageSeconds)} ago`;
        return [
          {
            severity: kind.severity ?? 'warn',
            entity,
            condition: kind.id,
            subject,
            ...(kind.fixedSubject ? { subjectVocabulary: 'fixed' } : {}),
            sentence: `${condition}, ${times}`,
            evidence: [
              { what: `kernel log, ${span(ageSeconds)} ago`, value: last.text, source: '/dev/kmsg' },
              ...(first === last
                ? []
                : [{ what: `first, ${span(ageOf(first.at))} ago`, value: first.text, source: '/dev/kmsg' }]),
            ],
            next,
            pane: 'kernel-log',
            onset: { secondsAgo: ageOf(first.at), source: 'kernel log' },
            ...(present ? (kind.stands === true ? {} : { lastSecondsAgo: ageSeconds }) : { past: { ageSeconds } }),
          },
        ];
      });
    },
  });
