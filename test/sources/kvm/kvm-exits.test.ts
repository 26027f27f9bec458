import { expect, test } from 'vitest';
import { exitRates } from '../../../src/entities/kvm/exits.ts';
import { kvmExits } from '../../../src/sources/kvm/kvm-exits.ts';
import { Timeline } from '../../../src/timeline/timeline.ts';

const files = (exits: number, halts: number, io: number) =>
  new Map([
    ['/sys/kernel/debug/kvm/24178-12/exits', `${exits}\n`],
    ['/sys/kernel/debug/kvm/24178-12/halt_exits', `${halts}\n`],
    ['/sys/kernel/debug/kvm/24178-12/io_exits', `${io}\n`],
    ['/sys/kernel/debug/kvm/24178-12/irq_window_exits', '7\n'],
  ]);

test('kvm-exits parses counters by QEMU process and reason', () => {
  const { guests } = kvmExits.parse({ files: new Map([...files(100, 20, 3), ['/sys/kernel/debug/kvm/24178-19/io_exits', '4\n']]) }); // prettier-ignore
  expect(guests.size).toBe(1);
  expect(Object.fromEntries(guests.get(24_178) ?? [])).toEqual({ '': 100, halt: 20, io: 7, irq_window: 7 });
});

test('kvm-exits has no guests of other texts', () => {
  expect(kvmExits.parse({ files: undefined }).guests.size).toBe(0);
  const odd = new Map([['/sys/kernel/debug/kvm/exits', '5\n'], ['/sys/kernel/debug/kvm/1-2/exits', 'x\n']]); // prettier-ignore
  expect(kvmExits.parse({ files: odd }).guests.size).toBe(0);
});

test('exits are rates by reason, and none after a restart of the counters', () => {
  const timeline = new Timeline();
  const append = (at: number, text: ReadonlyMap<string, string>) =>
    timeline.append(kvmExits.id, {
      sample: kvmExits.parse({ files: text }),
      at,
      wallMs: at * 1000,
      missing: {},
      tookMs: 1,
    });
  append(100, files(1000, 200, 30));
  expect(exitRates(timeline.moment({ kvmExits }, 100_000).kvmExits).size).toBe(0);
  append(110, files(51_000, 10_200, 30));
  const rates = exitRates(timeline.moment({ kvmExits }, 110_000).kvmExits).get(24_178);
  expect(rates?.all).toBe(5000);
  expect(Object.fromEntries(rates?.reasons ?? [])).toEqual({ halt: 1000, io: 0, irq_window: 0 });
  append(120, files(10, 1, 1));
  expect(exitRates(timeline.moment({ kvmExits }, 120_000).kvmExits).size).toBe(0);
});
