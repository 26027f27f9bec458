import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { AttachmentGate } from '../../src/host/attachment-gate.ts';
import { endOf, pulseOf } from '../../src/host/attachment-figures.ts';

test('AttachmentGate drops output before the nonce when it is split anywhere', () => {
  fc.assert(
    fc.property(fc.string(), fc.uint8Array(), fc.array(fc.nat(40), { maxLength: 30 }), (noise, rest, cuts) => {
      const first = '{"op": "ready", "nonce": "00aa11bb"}\n';
      const all = Buffer.concat([Buffer.from(`${noise.replaceAll('00aa11bb', '')}\n${first}`), rest]);
      const gate = new AttachmentGate('00aa11bb');
      const passed: Buffer[] = [];
      let at = 0;
      for (const size of [...cuts, all.length]) passed.push(gate.pass(all.subarray(at, (at += size))));
      expect(Buffer.concat(passed).toString('latin1')).toBe(first + Buffer.from(rest).toString('latin1'));
    }),
  );
});

test('AttachmentGate throws when the nonce does not come', () => {
  const gate = new AttachmentGate('00aa11bb');
  const flood = (): void => {
    for (let i = 0; i < 100; i++) gate.pass(Buffer.alloc(10_000, 'x'));
  };
  expect(flood).toThrow('no guard frame in 256 KiB');
});

const request = {
  argv: ['gdb'],
  as: 'root',
  columns: 80,
  rows: 24,
  reason: '',
  target: { pid: 1, startTicks: 1 },
} as const;

test('endOf drops bad figures and escape sequences of a hostile host', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('exit', 'longestStopMs', 'state', 'guard', 'resolutionMs'), fc.anything()),
      (head) => {
        const end = endOf(head, request);
        for (const value of [end.exitCode, end.longestStopMs, end.resolutionMs, pulseOf(head).longestStopMs])
          expect(value === undefined || (Number.isFinite(value) && value >= 0)).toBe(true);
        expect([end.detail, end.targetState ?? '', ...end.guard].join('')).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
      },
    ),
  );
  expect(endOf({ guard: ['\u001B]52;c;x\u0007', 7], state: '\u001B[2J', exit: 0 }, request)).toMatchObject({
    exitCode: 0,
    guard: ['\u241B]52;c;x\u2407'],
    targetState: '\u241B[2J',
  });
});
