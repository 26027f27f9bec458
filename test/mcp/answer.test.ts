import { expect, test } from 'vitest';
import { answerOf } from '../../src/mcp/answer.ts';
import { originals } from '../../src/mcp/originals.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';

test('answerOf leaves out the end of a long list and counts it', () => {
  const rows = Array.from({ length: 1000 }, (_, pid) => ({ pid, command: 'x'.repeat(200) }));
  const { data, leftOut = 0 } = answerOf({ data: { rows, note: 'kept' }, list: 'rows' }, undefined);
  const kept: unknown = data['rows'];
  expect(JSON.stringify(data).length).toBeLessThan(61_000);
  expect(data['note']).toBe('kept');
  expect(Array.isArray(kept) && kept.length + leftOut).toBe(1000);
  expect(leftOut).toBeGreaterThan(500);
});

test('answerOf redacts every text but the fixed vocabulary, and masks secrets without redaction too', () => {
  const redaction = new ScreenRedaction();
  redaction.learn([{ kind: 'guest', value: 'wilhelmina-7' }]);
  const data = { list: [{ severity: 'crit', sentence: 'wilhelmina-7 at 10.20.30.40 --password hunter2secret' }] };
  const answer = answerOf({ data, list: 'list' }, redaction);
  expect(answer).toMatchObject({ redacted: true, data: { list: [{ severity: 'crit' }] } });
  expect(JSON.stringify(answer)).not.toMatch(/wilhelmina|10\.20\.30|hunter2/);
  const cells = answerOf(
    { data: { rows: [{ from: 'wilhelmina-7', state: 'wilhelmina-7' }] }, list: 'rows' },
    redaction,
  );
  expect(cells.data).toEqual({ rows: [{ from: 'vm-1', state: 'vm-1' }] });
  const open = JSON.stringify(answerOf({ data, list: 'list' }, undefined));
  expect(open).toContain('wilhelmina-7');
  expect(open).not.toContain('hunter2');
  expect(originals('vm-1 cpu', redaction)).toBe('wilhelmina-7 cpu');
  expect(originals('vm-12 cpu', redaction)).toBe('vm-12 cpu');
  expect(originals('WILHELMINA-7 cpu', redaction)).toBeUndefined();
});
