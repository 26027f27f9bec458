import { describe, expect, test } from 'vitest';
import { DaemonError } from '../../../../src/host/protocols/protocol.ts';
import { KubernetesConnection } from '../../../../src/host/protocols/kubernetes/connection.ts';
import { kubernetes } from '../../../../src/host/protocols/kubernetes/kubernetes.ts';
import { bytePipe, type BytePipe } from '../../../helpers/byte-pipe.ts';

const READY = `${JSON.stringify({ ready: 1, node: 'n1', place: 'kubeadm', config: '/etc/kubernetes/admin.conf' })}\n`;
const state = (fields: object) =>
  `${JSON.stringify({ t: 'pods here', at: 1000, said: '', why: '', cut: false, ...fields })}\n`;
const row = (uid: string, text: string) => `+\tpods here\t${uid}\t${text}\n`;

/** Session that starts with `hello` and passes each line to `answer`. */
function session(answer: (asked: Record<string, unknown>, pipe: BytePipe) => void, hello = READY, absentMs = 80) {
  const pipes: BytePipe[] = [];
  const connection = new KubernetesConnection(
    async () => {
      let seen = 0;
      const made = bytePipe((all, pipe) => {
        const lines = all.split('\n').slice(0, -1);
        // The lines are those of this test.
        for (const line of lines.slice(seen)) answer(JSON.parse(line) as Record<string, unknown>, pipe);
        seen = lines.length;
      });
      pipes.push(made);
      made.say(hello);
      return made.pipe;
    },
    ['pods here', 'pods all'],
    { startMs: 100, firstMs: 60, tableIdleMs: 400, logIdleMs: 400, retryMs: 20, absentMs },
  );
  return { connection, pipes, ask: (request: string) => outcome(connection.request(request, 200)) };
}
const outcome = (promise: Promise<string>) =>
  promise.then(
    (text) => text,
    (error: unknown) => (error instanceof DaemonError ? `${error.why}: ${error.message}` : `threw ${String(error)}`),
  );
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('allowed requests', () => {
  const no = (request: string, to = '/etc/kubernetes') => kubernetes.refusal(to, request);

  test('refusal allows tables, replies and one pod when it is named', () => {
    for (const request of ['pods here', 'pods all', 'events', 'local', 'node', 'nodes', 'owners', 'pdbs'])
      expect(no(request)).toBeUndefined();
    for (const request of [
      'pod shop/web-1',
      'events kube-system/etcd-n1.example',
      'log shop/web/app',
      'log shop/web/app/previous',
    ])
      expect(no(request)).toBeUndefined();
  });

  test('refusal rejects other requests and names that would change the path', () => {
    for (const request of [
      'secrets',
      'pod shop/web/../../secrets',
      'pod shop/../secrets',
      'pod shop/web?x=1',
      'pod shop/web%2f',
      'log shop/web/app&follow=true',
      'log shop/web/app/other',
      'pod Shop/web',
      'pods here\n{"id":1}',
    ])
      expect(no(request)).toContain('is not an allowed request');
    expect(no('node', '/root/.kube/config')).toContain('not the address');
  });
});

describe('a table', () => {
  test('a table is the same text until a row changes', async () => {
    const { ask, pipes } = session(({ follow }, pipe) => {
      if (follow === 'pods here')
        pipe.say(state({ state: 'listing' }) + row('a', '{"n":1}') + row('b', '{"n":2}') + state({ state: 'live' }));
    });
    const first = await ask('pods here');
    expect(first.split('\n').slice(1)).toEqual(['{"n":1}', '{"n":2}']);
    expect(JSON.parse(first.split('\n')[0] ?? '')).toEqual({
      node: 'n1',
      place: 'kubeadm',
      config: '/etc/kubernetes/admin.conf',
      state: 'live',
      heardAt: 1000,
      cut: false,
    });
    expect(await ask('pods here')).toBe(first);
    pipes[0]?.say(`-\tpods here\ta\n${row('b', '{"n":"tab\\tin it"}')}`);
    await sleep(5);
    expect((await ask('pods here')).split('\n').slice(1)).toEqual(['{"n":"tab\\tin it"}']);
    expect(pipes).toHaveLength(1);
    expect(pipes[0]?.written()).toBe('{"follow":"pods here"}\n');
  });

  test('a table shows the kubeconfig in use when that changes', async () => {
    const { ask, pipes } = session((_, pipe) => pipe.say(row('a', '{}') + state({ state: 'live' })));
    const head = async (topic: string): Promise<unknown> => JSON.parse((await ask(topic)).split('\n')[0] ?? '');
    expect(await head('pods here')).toMatchObject({ node: 'n1', config: '/etc/kubernetes/admin.conf' });
    const other = { place: 'node identity', config: '/etc/kubernetes/kubelet.conf' };
    pipes[0]?.say(`${JSON.stringify({ moved: 1, ...other })}\n`);
    await sleep(5);
    expect(await head('pods here')).toMatchObject({ node: 'n1', state: 'live', ...other });
    // A table that is requested only now has the new kubeconfig.
    const late = ask('pods all');
    await sleep(5);
    pipes[0]?.say(state({ t: 'pods all', state: 'live' }));
    expect(JSON.parse((await late).split('\n')[0] ?? '')).toMatchObject({ node: 'n1', ...other });
  });

  test('a table keeps its rows, with time and error, when it is lost', async () => {
    const { ask, pipes } = session((_, pipe) => pipe.say(row('a', '{}') + state({ state: 'live' })));
    await ask('pods here');
    const why = 'The connection to the server 10.0.0.1:6443 was refused';
    pipes[0]?.say(
      state({ state: 'lost', at: 1010, said: why, why: 'failed' }) + state({ state: 'lost', at: 1020, said: why }),
    );
    await sleep(5);
    const [head, ...rows] = (await ask('pods here')).split('\n');
    expect(JSON.parse(head ?? '')).toMatchObject({ state: 'lost', heardAt: 1000, lostSince: 1010, said: why });
    expect(rows).toEqual(['{}']);
    pipes[0]?.say(state({ state: 'live', at: 1030 }));
    await sleep(5);
    expect(JSON.parse((await ask('pods here')).split('\n')[0] ?? '')).not.toHaveProperty('lostSince');
  });

  test('a table fails with the error when it was never listed', async () => {
    const denied = 'Error from server (Forbidden): pods is forbidden';
    const { ask } = session((_, pipe) => pipe.say(state({ state: 'lost', said: denied, why: 'denied' })));
    expect(await ask('pods here')).toBe(`denied: ${denied}`);
    const hung = session((_, pipe) => pipe.say(state({ state: 'listing' })));
    expect(await hung.ask('pods here')).toBe('timeout: pods here: not listed yet');
  });

  test('a table is returned incomplete when the first list takes long', async () => {
    const { ask } = session((_, pipe) => pipe.say(state({ state: 'listing' }) + row('a', '{"n":1}')));
    expect((await ask('pods here')).split('\n')[1]).toBe('{"n":1}');
  });

  test('a table is dropped when requests stop', async () => {
    const { ask, pipes } = session(({ follow }, pipe) => {
      if (follow !== undefined) pipe.say(`${JSON.stringify({ t: follow, state: 'live', at: 1 })}\n`);
    });
    await ask('pods all');
    await sleep(450);
    await ask('pods here');
    expect(pipes[0]?.written()).toContain('{"drop":"pods all"}');
  });
});

describe('a log', () => {
  const LOG = 'log shop/web/app';
  const tail = (more: object) => `${JSON.stringify({ tail: LOG, reset: false, note: '', lines: [], ...more })}\n`;

  test('a log grows while it is requested, and starts over when the session resets it', async () => {
    const { ask, pipes } = session(({ follow }, pipe) => {
      if (follow === LOG) pipe.say(tail({ reset: true, lines: ['one'] }));
    });
    expect(await ask(LOG)).toBe('one');
    pipes[0]?.say(tail({ lines: ['two', 'three'] }));
    await expect.poll(() => ask(LOG)).toBe('one\ntwo\nthree');
    pipes[0]?.say(tail({ lines: Array.from({ length: 60 }, (_, i) => `line ${i}`) }));
    await expect.poll(() => ask(LOG)).toMatch(/^line 0\n[\s\S]*\nline 59$/);
    pipes[0]?.say(tail({ reset: true, note: 'from /var/log/pods on this node', lines: ['four'] }));
    await expect.poll(() => ask(LOG)).toBe('from /var/log/pods on this node\nfour');
    expect(pipes[0]?.written().match(/follow/g)).toHaveLength(1);
  });

  test('a log keeps its lines when it is lost, and fails when it has none', async () => {
    const lost = state({ t: LOG, state: 'lost', said: 'it waits to start', why: 'failed' });
    const { ask, pipes } = session((_, pipe) => pipe.say(lost));
    expect(await ask(LOG)).toBe('failed: it waits to start');
    pipes[0]?.say(tail({ reset: true, lines: ['one'] }) + lost);
    await expect.poll(() => ask(LOG)).toBe('no longer followed: it waits to start\none');
  });

  test('a log fails after its timeout when no line comes', async () => {
    const { ask } = session(() => undefined);
    expect(await ask(LOG)).toBe(`timeout: ${LOG}: not followed yet`);
  });

  test('a log is dropped when requests stop', async () => {
    const { ask, pipes } = session((_, pipe) => pipe.say(tail({ reset: true })));
    expect(await ask(LOG)).toBe('');
    await expect.poll(() => pipes[0]?.written(), { timeout: 5000 }).toContain(JSON.stringify({ drop: LOG }));
  });

  test('a previous log is one request when it is read', async () => {
    const { ask } = session(({ id }, pipe) => pipe.say(`${JSON.stringify({ id, body: 'gone' })}\n`));
    expect(await ask(`${LOG}/previous`)).toBe('gone');
  });
});

describe('one request', () => {
  test('a request resolves, or fails with the error when it has one', async () => {
    const { ask } = session(({ id, ask: what }, pipe) => {
      const answer =
        what === 'node' ? { body: { node: { metadata: { name: 'n1' } } } } : { why: 'absent', said: 'no such pod' };
      pipe.say(`${JSON.stringify({ id, ...answer })}\n`);
    });
    expect(await ask('node')).toBe('{"node":{"metadata":{"name":"n1"}}}');
    expect(await ask('pod shop/web')).toBe('absent: no such pod');
  });

  test('a request is not sent again while it is pending', async () => {
    const { ask, pipes } = session(() => undefined);
    expect(await ask('node')).toMatch(/^timeout: /);
    expect(pipes[0]?.written().match(/"ask":"node"/g)).toHaveLength(1);
  });
});

describe('the session', () => {
  test('the session is absent, and not restarted at once, when Kubernetes is not present', async () => {
    const fail = `${JSON.stringify({ fail: 'absent', said: 'no kubeconfig' })}\n`;
    const { ask, pipes } = session(() => undefined, fail, 2000);
    expect(await ask('node')).toBe('absent: no kubeconfig');
    await sleep(30);
    expect(await ask('node')).toBe('absent: no kubeconfig');
    expect(pipes).toHaveLength(1);
    await expect.poll(() => ask('node').then(() => pipes.length), { timeout: 10_000, interval: 100 }).toBe(2);
  });

  test('the session restarts without its tables when it ends', async () => {
    const { ask, pipes } = session((_, pipe) => pipe.say(row('a', '{}') + state({ state: 'live' })));
    await ask('pods here');
    pipes[0]?.hangUp();
    await sleep(5);
    expect(await ask('pods here')).toContain('\n{}');
    expect(pipes).toHaveLength(2);
  });

  test('the session times out when it sends no line', async () => {
    const { ask, pipes } = session(() => undefined, '');
    expect(await ask('node')).toBe('timeout: kubectl session did not start within 0.1 s');
    expect(pipes[0]?.killed()).toBe(true);
  });
});
