import { describe, expect, test } from 'vitest';
import { aPod, fakeKubectl, list } from '../../../helpers/fake-kubectl.ts';

const { run, file, folder } = fakeKubectl();

const deployment = (readyReplicas: number) =>
  list({
    metadata: { name: 'web', namespace: 'shop', generation: 2 },
    spec: { replicas: 3 },
    status: { readyReplicas, updatedReplicas: 3, observedGeneration: 2 },
  });
const budget = (currentHealthy: number) =>
  list({ metadata: { name: 'web', namespace: 'shop' }, status: { currentHealthy, desiredHealthy: 2 } });
const cluster = (deployments: string, more: Readonly<Record<string, string>> = {}) => ({
  ...more,
  '*/deployments?*': file('deployments', deployments),
  '*/statefulsets?*|*/daemonsets?*|*/jobs?*': file('none', list()),
  '*/poddisruptionbudgets?*': file('budgets', budget(3)),
});

describe('rollouts and disruption budgets', () => {
  /** Request count after each of three reads. */
  async function asking(
    { say, until, asked }: ReturnType<typeof run>,
    what: 'owners' | 'pdbs',
    url: string,
  ): Promise<readonly number[]> {
    const times: number[] = [];
    for (const id of [1, 2, 3]) {
      say({ id, ask: what });
      await until(new RegExp(`"id":${id},"body":.*"web"`));
      times.push(asked().filter((one) => one.includes(url)).length);
    }
    return times;
  }

  test('rollouts are not read again at once when all are healthy', async () => {
    expect(await asking(run(cluster(deployment(3))), 'owners', '/deployments')).toEqual([1, 1, 1]);
    expect(await asking(run(cluster(deployment(3))), 'pdbs', '/poddisruptionbudgets')).toEqual([1, 1, 1]);
  });

  test('rollouts are read each time when pods are missing', async () => {
    expect(await asking(run(cluster(deployment(2))), 'owners', '/deployments')).toEqual([1, 2, 3]);
  });

  test.each([
    ['a pod came', 'pods here', '*pods?*', list(aPod('a')), aPod('b')],
    [
      'what makes pods was warned of: it may make none',
      'events',
      '*events?*',
      list(),
      { metadata: { uid: 'e' }, reason: 'FailedCreate', involvedObject: { kind: 'ReplicaSet', name: 'web-1' } },
    ],
  ])('are read again when %s', async (_, topic, url, first, object) => {
    const added = `${JSON.stringify({ type: 'ADDED', object })}\n`;
    const session = run(
      cluster(deployment(3), {
        [`${url}watch=1*`]: `until [ -e ${folder()}/go ]; do sleep 0.05; done; ${file('added', added)}; exec sleep 60`,
        [url]: file('first', first),
      }),
    );
    session.say({ follow: topic });
    await session.until(/"live"/);
    session.say({ id: 9, ask: 'owners' });
    await session.until(/"id":9,"body"/);
    file('go', '');
    await session.until(new RegExp(`\\+\t${topic}\t[be]\t`));
    expect(await asking(session, 'owners', '/deployments')).toEqual([2, 2, 2]);
  });
});
