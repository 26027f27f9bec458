import { describe, expect, it } from 'vitest';
import { entityRef, hostResource, thisHost } from '../../src/findings/entity-ref.ts';
import { contention, contentionText, type Consumption } from '../../src/incidents/contention.ts';

const uses = (subject: string, amount: number, resource = hostResource('cpu')): Consumption => ({
  resource,
  consumer: entityRef('unit', subject),
  subject,
  amount,
  text: `${amount} CPUs`,
});

describe('contention', () => {
  it('names the consumer that has half of all use', () => {
    const found = contention('resource:cpu', [uses('web', 1), uses('db', 6), uses('cron', 1)]);
    expect(found?.single).toBe(true);
    expect(found && contentionText(found)).toBe('db 75% (6 CPUs), cron 13%, web 13%');
  });

  it('names the consumer that has a third and twice the next one', () => {
    const rest = Array.from({ length: 12 }, (_, i) => uses(`unit-${i}`, 0.5));
    expect(contention('resource:cpu', [uses('db', 3.5), ...rest])?.single).toBe(true);
    expect(contention('resource:cpu', [uses('db', 3.5), uses('web', 2), ...rest])?.single).toBe(false);
  });

  it('names no single consumer when many use as much', () => {
    const found = contention(
      'resource:cpu',
      Array.from({ length: 200 }, (_, i) => uses(`unit-${String(i).padStart(3, '0')}`, 1)),
    );
    expect(found?.single).toBe(false);
    expect(contention('resource:cpu', [uses('a', 1), uses('b', 1), uses('c', 1)])).toMatchObject({ single: false });
  });

  it('is undefined when the use of the resource was not measured', () => {
    expect(contention('resource:cpu', [])).toBeUndefined();
    expect(contention('resource:cpu', [uses('idle', 0)])).toBeUndefined();
    expect(contention('resource:cpu', [uses('db', 1, hostResource('memory'))])).toBeUndefined();
    expect(contention('host:localhost', [uses('db', 1, thisHost)])).toBeDefined();
  });
});
