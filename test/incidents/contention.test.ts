import { describe, expect, it } from 'vitest';
import { entityRef, hostResource, thisHost } from '../../src/findings/entity-ref.ts';
import { processConsumers } from '../../src/incidents/consumers/processes.ts';
import { contention, contentionText, type Consumption } from '../../src/incidents/contention.ts';

const uses = (subject: string, amount: number, resource = hostResource('cpu')): Consumption => ({
  resource,
  consumer: entityRef('unit', subject),
  subject,
  amount,
  text: `${amount} CPUs`,
});
import { processes } from '../../src/sources/processes/processes.ts';
import { sources } from '../../src/subsystems/index.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';

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

describe('processConsumers', () => {
  it('names the guest that reads and writes most of the recorded host', async () => {
    const { timeline, nowMs } = await watched(sources, hostMoments('kvm-host'));
    const use = processConsumers.of(timeline.latestMoment(processConsumers.needs, nowMs));
    const found = contention('resource:io', use);
    expect(found?.single).toBe(true);
    expect(found?.largest[0]).toMatchObject({ subject: 'guest:lab-db', resource: { kind: 'resource', id: 'io' } });
  });

  const ids = ['a', 'b'].map((end) => `${'0'.repeat(63)}${end}`);
  /** CPU use of two containers, half a CPU each, whose processes have a user id. */
  const cpuOf = (uid: number) => {
    const timeline = new Timeline();
    for (const second of [1, 2]) {
      const table = ids.map((id, i) => ({
        pid: i + 2,
        stat: `${i + 2} (app) S 0 1 1 0 -1 0 0 0 0 0 ${second * 50} 0 0 0 20 0 1 0 5 0 100`,
        status: `Uid:\t${uid}\t${uid}\t${uid}\t${uid}\n`,
        cgroup: `0::/docker/${id}\n`,
      }));
      const sample = processes.parse({ table: new Map(table.map((texts) => [texts.pid, texts])) });
      timeline.append('processes', { sample, at: second, wallMs: second * 1000, missing: {}, tookMs: 1 });
    }
    return processConsumers
      .of(timeline.latestMoment(processConsumers.needs, 2000))
      .filter(({ resource }) => resource.id === 'cpu')
      .map(({ consumer, amount }) => [consumer.id, amount]);
  };

  it('keeps containers apart whose short ids are the same', () => {
    expect(cpuOf(0)).toEqual(ids.map((id) => [`id:${id}`, 0.5]));
  });

  it('gives none when /proc hides the processes of other users', () => {
    expect(cpuOf(1000)).toEqual([]);
  });
});
