import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { aPod, fakeKubectl, isThere, list, SECRET } from '../../../helpers/fake-kubectl.ts';

const { run, file, folder } = fakeKubectl();

describe('fields on the line', () => {
  test('the session sends no environment, command, annotation or managed field when it lists pods', async () => {
    const { say, until, text } = run({
      '*pods/web': file('one', JSON.stringify(aPod('one'))),
      '*watch=1*': 'exec sleep 60',
      '*pods?*': file('list', list(aPod('a'), aPod('b'))),
    });
    say({ follow: 'pods here' });
    say({ id: 1, ask: 'pod shop/web' });
    await until(/"live"/);
    await until(/"id":1/);
    expect(text()).toContain('"cpu":"1"');
    expect(text()).toContain('"secretName":"named"');
    expect(text()).toContain('"kubernetes.io/config.hash":"h"');
    expect(text()).not.toContain(SECRET);
  });

  test('the session reads a list in pieces when it is long', async () => {
    const many = Array.from({ length: 700 }, (_, i) =>
      aPod(`pod-${i}`, { status: { phase: 'Running', message: `}],"items":[ü😀${'x'.repeat(900)}` } }),
    );
    const { say, until, text } = run({ '*watch=1*': 'exec sleep 60', '*pods?*': file('list', list(...many)) });
    say({ follow: 'pods all' });
    await until(/"live"/);
    expect(text().match(/^\+\tpods all\t/gm)).toHaveLength(700);
  });
});

describe('a list in pages', () => {
  const page = (next: string | undefined, ...pods: readonly object[]) =>
    JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: '41', continue: next }, items: pods });

  test('each page is requested before the previous ends when a list has pages', async () => {
    const { say, until, asked, text } = run({
      '*watch=1*': 'exec sleep 60',
      '*continue=two*': file('three', page(undefined, aPod('c'))),
      '*continue=one*': file('two', page('two', aPod('b'))),
      // Items follow once the next page is requested.
      '*limit=500*': `head -c 80 ${folder()}/one; until grep -q continue=one ${folder()}/asked; do sleep 0.05; done; tail -c +81 ${folder()}/one`,
    });
    file('one', page('one', aPod('a')));
    say({ follow: 'pods all' });
    await until(/"live"/);
    expect(text().match(/^\+\tpods all\t\w/gm)).toEqual(['a', 'b', 'c'].map((uid) => `+\tpods all\t${uid}`));
    await expect.poll(() => asked().at(-1), { timeout: 5000 }).toContain('resourceVersion=41');
    expect(asked().filter((url) => url.includes('limit=2000&continue='))).toHaveLength(2);
  });

  test('a list keeps its rows and starts again when a page fails', async () => {
    const { say, until, text } = run({
      '*watch=1*': 'exec sleep 60',
      '*continue=one*': `[ $n = 1 ] && { echo "Error from server (Expired): The provided continue parameter is too old" >&2; exit 1; }; ${file('two', page(undefined, aPod('b')))}`,
      '*limit=500*': file('one', page('one', aPod('a'))),
    });
    say({ follow: 'pods all' });
    await until(/"lost".*too old[\s\S]*"live"/);
    expect(text().match(/^\+\tpods all\t\w/gm)).toHaveLength(2);
  });
});

describe('list and watch', () => {
  const event = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;

  test('the watch sends a row when it changed, and bookmarks move the version', async () => {
    const { say, until, asked, text } = run({
      '*watch=1*': `[ $n = 1 ] && { ${file(
        'events',
        event('MODIFIED', aPod('a')) +
          event('MODIFIED', aPod('a', { status: { phase: 'Failed' } })) +
          event('DELETED', aPod('b')) +
          event('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '99' } }),
      )}; sleep 1.2; exit 0; }; exec sleep 60`,
      '*pods?*': file('list', list(aPod('a'), aPod('b'))),
    });
    say({ follow: 'pods here' });
    await until(/-\tpods here\tb/);
    expect(text().match(/^\+\tpods here\ta\t/gm)).toHaveLength(2);
    await expect.poll(() => asked().at(-1), { timeout: 8000 }).toContain('resourceVersion=99');
    expect(asked()[0]).toContain('fieldSelector=spec.nodeName%3D');
    expect(asked().filter((url) => url.includes('resourceVersion=0'))).toHaveLength(1);
  });

  test('the table is listed again, with its deletions, when the version is too old', async () => {
    const { say, until } = run({
      '*watch=1*': `[ $n = 1 ] && { ${file('old', event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }))}; exit 0; }; exec sleep 60`,
      '*pods?*': `[ $n = 1 ] && { ${file('first', list(aPod('a'), aPod('b')))}; exit 0; }; ${file('second', list(aPod('b')))}`,
    });
    say({ follow: 'pods here' });
    expect(await until(/-\tpods here\ta/)).not.toContain('lost');
  });

  test('the table is lost and live again when the server restarts', async () => {
    const refused = 'echo "The connection to the server 1.2.3.4:6443 was refused" >&2; exit 1';
    const { say, until, text } = run({
      '*watch=1*': `[ $n = 1 ] && { sleep 0.2; echo "error: http2: server sent GOAWAY and closed the connection" >&2; exit 1; }; exec sleep 60`,
      '*pods?*': `[ $n = 2 ] && { ${refused}; }; ${file('list', list(aPod('a')))}`,
    });
    say({ follow: 'pods here' });
    await until(/GOAWAY/);
    await until(/was refused.*"failed"/);
    await until(/was refused[\s\S]*"state":"live"/);
    expect(text().match(/^\+\tpods here\ta\t/gm)).toHaveLength(1);
  });

  test('the table has the error of the server when it is forbidden', async () => {
    const { say, until } = run({
      '*events*': 'echo "Error from server (Forbidden): events is forbidden: User \\"system:node:n1\\"" >&2; exit 1',
    });
    say({ follow: 'events' });
    expect(await until(/"state":"lost".*system:node:n1.*"why":"denied"/)).not.toContain('"live"');
  });
});

describe('the node', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });
  /** An API server that answers /readyz so; the address of it, for a kubeconfig. */
  async function readyz(answer: (to: ServerResponse, n: number) => void): Promise<string> {
    let n = 0;
    const server = createServer((request, to) => {
      expect([request.url, request.headers.authorization]).toEqual(['/readyz', undefined]);
      answer(to, ++n);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // What a server listens at is an object unless it is a pipe.
    return `clusters:\n- cluster:\n    server: http://127.0.0.1:${(server.address() as AddressInfo).port}\n`;
  }
  const node = {
    metadata: { name: 'n1', uid: 'u', resourceVersion: '8' },
    status: { conditions: [{ type: 'Ready' }] },
  };
  const nodes = () => ({
    '*watch=1*': 'exec sleep 60',
    '*nodes?fieldSelector=metadata.name*': file(
      'nodes',
      JSON.stringify({ metadata: { resourceVersion: '8' }, items: [node] }),
    ),
    '*leases*': file('lease', JSON.stringify({ spec: { renewTime: 'R' } })),
  });

  test('the node is watched, and costs one /readyz when it is requested', async () => {
    const config = await readyz((to) => to.end('ok'));
    const { say, until, asked } = run(nodes(), config);
    for (let id = 1; id <= 3; id++) {
      say({ id, ask: 'node' });
      await until(new RegExp(`"id":${id},"body":.*"tookMs":\\d.*"Ready".*"renewTime":"R"`));
    }
    expect(asked().filter((url) => !url.includes('watch=1'))).toHaveLength(2);
  });

  test('the node has the state of /readyz when the server fails, forbids, closes or hangs', async () => {
    const config = await readyz((to, n) => {
      if (n === 1) to.writeHead(500).end('[+]ping ok\n[-]etcd failed: reason withheld\n[-]poststarthook/x failed');
      else if (n === 2) to.writeHead(401, { connection: 'close' }).end('Unauthorized');
      else if (n === 3) to.writeHead(500).end('[-]poststarthook/x failed');
    });
    const { say, until } = run(nodes(), config);
    const failed = (why: string, said: string) => new RegExp(`\\{"id":\\d,"why":"${why}","said":"${said}`);
    const answers = [
      failed('failed', 'API server not ready: etcd failed"'),
      /\{"id":1,"body"/,
      /\{"id":2,"body"/,
      failed('timeout', 'API server: timeout after 3 s'),
    ];
    for (const [id, answer] of answers.entries()) {
      say({ id, ask: 'node' });
      expect(await until(new RegExp(`"id":${id}`))).toMatch(answer);
    }
  });

  test('the node fails when the server is gone or has no such node', async () => {
    const config = await readyz((to) => to.end('ok'));
    const gone = run(nodes(), 'clusters:\n- cluster:\n    server: https://127.0.0.1:1\n');
    gone.say({ id: 1, ask: 'node' });
    await gone.until(/"id":1,"why":"failed","said":"127\.0\.0\.1:1: Connection refused"/);
    const strange = run({ ...nodes(), '*nodes?fieldSelector=metadata.name*': file('none', list()) }, config);
    strange.say({ id: 1, ask: 'node' });
    expect(await strange.until(/"id":1/)).toMatch(/"why":"absent","said":"Error from server \(NotFound\)/);
  });

  test('pulse reads kubelet and runtime, not the cluster, when it is requested', async () => {
    const { say, until, text } = run({ '*': 'exec sleep 60' });
    say({ id: 4, ask: 'pulse' });
    expect(await until(/"id":4/)).toMatch(/"kubelet":\{"runs":(true|false),"healthz":".*"runtime":\{"says":/);
    expect(text()).not.toContain('"t":');
  });
});

describe('the session', () => {
  test('the session skips a kubeconfig when it has an exec credential plugin', async () => {
    const { until, exited } = run({}, 'users:\n- user:\n    exec:\n      command: steal\n');
    await until(/"fail":"absent".*exec credential plugin/);
    expect(await exited).toBe(0);
  });

  test('the session switches to the next kubeconfig when credentials are refused', async () => {
    file('kubelet.conf', 'apiVersion: v1\n');
    // Requests are refused only after all were sent.
    const together = `until [ $(cat ${folder()}/asked | wc -l) -ge 2 ]; do sleep 0.05; done`;
    const unless = `case $2 in */admin.conf) ${together}; echo "error: You must be logged in to the server (Unauthorized)" >&2; exit 1;; esac`;
    const { say, until, text } = run({
      '*watch=1*': 'exec sleep 60',
      '*events*': `${unless}; echo "Error from server (Forbidden): events is forbidden" >&2; exit 1`,
      '*pods?*': `${unless}; ${file('list', list(aPod('a')))}`,
    });
    say({ follow: 'pods here' });
    say({ follow: 'events' });
    await until(/"ready":1.*"place":"kubeadm","config":"\/admin\.conf"/);
    await until(/"moved":1,"place":"node identity","config":"\/kubelet\.conf"/);
    await until(/"t":"pods here","state":"live"/);
    await until(/"t":"events","state":"lost".*events is forbidden/);
    expect(text().match(/"moved"/g)).toHaveLength(1);
  });

  test('the session ends with its children when stdin ends', async () => {
    const { say, until, end, exited } = run({
      '*watch=1*': `echo $$ >${folder()}/pid; exec sleep 60`,
      '*pods?*': file('list', list()),
    });
    say({ follow: 'pods here' });
    await until(/"live"/);
    await expect.poll(() => readFileSync(join(folder(), 'pid'), 'utf8'), { timeout: 5000 }).toMatch(/\d/);
    const pid = Number(readFileSync(join(folder(), 'pid'), 'utf8'));
    end();
    expect(await exited).toBe(0);
    await expect.poll(() => isThere(pid), { timeout: 5000 }).toBe(false);
  });

  test('the session sends only the expiry when a certificate is inside the kubeconfig', async () => {
    const one = readFileSync(join(import.meta.dirname, '../../../fixtures/kubernetes/client.pem'), 'utf8');
    const data = Buffer.from(one).toString('base64');
    const { say, until, text } = run(
      { '*': 'exec sleep 60' },
      `users:\n- name: a\n  user:\n    client-certificate-data: ${data}\n    client-key-data: ${SECRET}\n`,
    );
    say({ id: 8, ask: 'local' });
    // openssl x509 -enddate: notAfter=Nov 26 20:00:00 2027 GMT
    expect(await until(/"id":8/)).toMatch(/admin\.conf","ends":1827259200\b/);
    expect(text()).not.toContain(SECRET);
    expect(text()).not.toContain(data.slice(0, 40));
  });

  test('local works without a cluster when only a kubelet is present', async () => {
    const { say, until } = run({ '*': 'exec sleep 60' });
    say({ id: 7, ask: 'local' });
    const text = await until(/"id":7/);
    expect(text).toMatch(/"kubelet":\{"runs":(true|false),"healthz":"/);
  });
});
