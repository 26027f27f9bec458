import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kubernetes } from '../../../src/host/dialects/kubernetes.ts';
import { needsPython } from '../../helpers/python.ts';

/** The program that runs on the host, for real, over a kubectl that the test wrote. */
beforeEach(needsPython);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
});
const started: { readonly kill: () => void }[] = [];
afterEach(() => {
  for (const one of started.splice(0)) one.kill();
  rmSync(folder, { recursive: true });
});

const SECRET = 'hunter2-is-in-the-environment';
const aPod = (uid: string, more: object = {}) => ({
  metadata: {
    uid,
    name: uid,
    namespace: 'shop',
    resourceVersion: '7',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': SECRET, 'kubernetes.io/config.hash': 'h' },
    managedFields: [{ manager: SECRET }],
  },
  spec: {
    nodeName: 'n1',
    containers: [
      {
        name: 'c',
        image: 'i',
        command: [SECRET],
        args: [SECRET],
        env: [{ name: 'A', value: SECRET }],
        resources: { limits: { cpu: '1' } },
      },
    ],
    volumes: [{ name: 'v', secret: { secretName: 'named', items: [{ key: SECRET }] } }],
  },
  status: { phase: 'Running', containerStatuses: [{ name: 'c', ready: true, state: { running: {} } }] },
  ...more,
});
const list = (...pods: readonly object[]) =>
  JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: '41' }, items: pods });

/** `cases`: sh, by a pattern over the address that is asked; `$n` counts the calls of that kind. */
function run(cases: Readonly<Record<string, string>>, config = 'apiVersion: v1\n') {
  const kubectl = join(folder, 'kubectl');
  const arms = Object.entries(cases).map(
    ([pattern, script], i) =>
      `${pattern}) n=$(($(cat ${folder}/n${i} 2>/dev/null)+1)); echo $n >${folder}/n${i}; ${script} ;;`,
  );
  writeFileSync(
    kubectl,
    `#!/bin/sh\nPATH=/usr/bin:/bin\nfor url; do :; done\necho "$url" >>${folder}/asked\ncase $url in\n${arms.join('\n')}\n*) echo "Error from server (NotFound): $url" >&2; exit 1;;\nesac\n`,
    { mode: 0o755 },
  );
  writeFileSync(join(folder, 'admin.conf'), config);
  const [, ...argv] = kubernetes.argv?.('/etc/kubernetes') ?? [];
  const places = JSON.stringify([
    { name: 'kubeadm', config: '/admin.conf', kubectl: ['/kubectl'] },
    // Only where a test wrote it.
    { name: 'node identity', config: '/kubelet.conf', kubectl: ['/kubectl'] },
  ]);
  const child = spawn('/usr/bin/python3', [...argv.slice(0, -1), places, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const { promise: exited, resolve } = Promise.withResolvers<number | null>();
  child.on('exit', resolve);
  started.push({
    kill: () => child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, 'SIGKILL'),
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  const until = async (pattern: RegExp): Promise<string> => {
    for (let waitedMs = 0; waitedMs < 15_000; waitedMs += 20) {
      if (pattern.test(text)) return text;
      await new Promise((later) => setTimeout(later, 20));
    }
    throw new Error(`${String(pattern)} did not come:\n${text}`);
  };
  return {
    say: (line: object) => child.stdin.write(`${JSON.stringify(line)}\n`),
    end: () => child.stdin.end(),
    until,
    text: () => text,
    asked: () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n'),
    exited,
  };
}
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return `cat ${join(folder, name)}`;
};

describe('what goes over the line', () => {
  test('no environment, command, annotation or managed field', async () => {
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

  test('long lists piece by piece, with any text in them', async () => {
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

  test('each is asked for before the one before it is read to its end, and the watch goes on from the first', async () => {
    const { say, until, asked, text } = run({
      '*watch=1*': 'exec sleep 60',
      '*continue=two*': file('three', page(undefined, aPod('c'))),
      '*continue=one*': file('two', page('two', aPod('b'))),
      // Its items follow when the next page was asked for.
      '*limit=500*': `head -c 80 ${folder}/one; until grep -q continue=one ${folder}/asked; do sleep 0.05; done; tail -c +81 ${folder}/one`,
    });
    file('one', page('one', aPod('a')));
    say({ follow: 'pods all' });
    await until(/"live"/);
    expect(text().match(/^\+\tpods all\t\w/gm)).toEqual(['a', 'b', 'c'].map((uid) => `+\tpods all\t${uid}`));
    await expect.poll(() => asked().at(-1), { timeout: 5000 }).toContain('resourceVersion=41');
    expect(asked().filter((url) => url.includes('limit=2000&continue='))).toHaveLength(2);
  });

  test('a page that cannot be had: what came is kept, and the list is made anew', async () => {
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

  test('changes go on, what did not change does not, bookmarks move the version', async () => {
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

  test('a version that is too old: listed anew, and what is gone is told', async () => {
    const { say, until } = run({
      '*watch=1*': `[ $n = 1 ] && { ${file('old', event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }))}; exit 0; }; exec sleep 60`,
      '*pods?*': `[ $n = 1 ] && { ${file('first', list(aPod('a'), aPod('b')))}; exit 0; }; ${file('second', list(aPod('b')))}`,
    });
    say({ follow: 'pods here' });
    expect(await until(/-\tpods here\ta/)).not.toContain('lost');
  });

  test('a server that is gone, and comes back', async () => {
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

  test('what it may not see: the words of the server', async () => {
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

  test('is watched, and asking for it asks each time only whether the API server is ready', async () => {
    const config = await readyz((to) => to.end('ok'));
    const { say, until, asked } = run(nodes(), config);
    for (let id = 1; id <= 3; id++) {
      say({ id, ask: 'node' });
      await until(new RegExp(`"id":${id},"body":.*"tookMs":\\d.*"Ready".*"renewTime":"R"`));
    }
    expect(asked().filter((url) => !url.includes('watch=1'))).toHaveLength(2);
  });

  test('a server that is not ready, that forbids the question, that closed the line, that hangs', async () => {
    const config = await readyz((to, n) => {
      if (n === 1) to.writeHead(500).end('[+]ping ok\n[-]etcd failed: reason withheld\n[-]poststarthook/x failed');
      else if (n === 2) to.writeHead(401, { connection: 'close' }).end('Unauthorized');
      else if (n === 3) to.writeHead(500).end('[-]poststarthook/x failed');
    });
    const { say, until } = run(nodes(), config);
    const failed = (why: string, said: string) => new RegExp(`\\{"id":\\d,"why":"${why}","said":"${said}`);
    const answers = [
      failed('failed', 'the API server is not ready: etcd failed"'),
      /\{"id":1,"body"/,
      /\{"id":2,"body"/,
      failed('timeout', 'no word from the API server in 3 s'),
    ];
    for (const [id, answer] of answers.entries()) {
      say({ id, ask: 'node' });
      expect(await until(new RegExp(`"id":${id}`))).toMatch(answer);
    }
  });

  test('a server that is gone, and a cluster that has no such node', async () => {
    const config = await readyz((to) => to.end('ok'));
    const gone = run(nodes(), 'clusters:\n- cluster:\n    server: https://127.0.0.1:1\n');
    gone.say({ id: 1, ask: 'node' });
    await gone.until(/"id":1,"why":"failed","said":"127\.0\.0\.1:1: Connection refused"/);
    const strange = run({ ...nodes(), '*nodes?fieldSelector=metadata.name*': file('none', list()) }, config);
    strange.say({ id: 1, ask: 'node' });
    expect(await strange.until(/"id":1/)).toMatch(/"why":"absent","said":"Error from server \(NotFound\)/);
  });

  test('kubelet and runtime are asked how they are, and nothing of the cluster', async () => {
    const { say, until, text } = run({ '*': 'exec sleep 60' });
    say({ id: 4, ask: 'pulse' });
    expect(await until(/"id":4/)).toMatch(/"kubelet":\{"runs":(true|false),"healthz":".*"runtime":\{"says":/);
    expect(text()).not.toContain('"t":');
  });
});

describe('a log', () => {
  const LOG = 'log shop/web/app';
  /** The lines of its last telling anew and of all since. */
  const told = (text: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('{"tail"'))
      .map((line) => JSON.parse(line) as { readonly anew: boolean; readonly note: string; readonly lines: string[] })
      .reduce<{ note: string; lines: readonly string[] }>(
        (all, { anew, note, lines }) => ({ note, lines: anew ? lines : [...all.lines, ...lines] }),
        { note: '', lines: [] },
      );
  const onNode = (path: string, text: string) => {
    const whole = join(folder, 'var/log/pods/shop_web_uid-1/app', path);
    mkdirSync(dirname(whole), { recursive: true });
    appendFileSync(whole, text);
  };

  test('is followed: what is written comes, cut lines whole, and it ends with who looks at it', async () => {
    const { say, until, asked, text } = run({
      '*follow=true': `echo $$ >${folder}/pid; echo "t1 one"; printf "t2 tw"; sleep 1; echo o; sleep 1; echo "t3 three"; exec sleep 60`,
    });
    say({ follow: LOG });
    await until(/t1 one/);
    await until(/t3 three/);
    expect(told(text()).lines).toEqual(['t1 one', 't2 two', 't3 three']);
    expect(asked()[0]).toBe(
      '/api/v1/namespaces/shop/pods/web/log?container=app&tailLines=60&timestamps=true&follow=true',
    );
    say({ drop: LOG });
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    await expect.poll(() => isThere(pid), { timeout: 5000 }).toBe(false);
  });

  test('in which nothing stands is told to be empty', async () => {
    const { say, until } = run({ '*follow=true': 'exec sleep 60' });
    say({ follow: LOG });
    expect(await until(/"anew":true,"note":"","lines":\[\]/)).not.toContain('lost');
  });

  test('that is written too fast: its end, again and again, and never more than that', async () => {
    const { say, until, text } = run({ '*follow=true': `exec /usr/bin/yes "t${'x'.repeat(100)}"` });
    say({ follow: LOG });
    await until(/"anew":true[\s\S]*"anew":true/);
    const lines = text()
      .split('\n')
      .filter((line) => line.includes('"anew":true'));
    for (const line of lines) expect(line.length).toBeLessThan(40_000);
    expect((JSON.parse(lines[0] ?? '') as { lines: string[] }).lines).toHaveLength(60);
  });

  test('of a container that ended is asked for again: the next one may have begun', async () => {
    const { say, until } = run({ '*follow=true': 'echo "t start $n"' });
    say({ follow: LOG });
    expect(await until(/start 1"[\s\S]*"anew":true[^\n]*start 2"/)).not.toContain('lost');
  });

  test('that the API server does not give: as it lies on the node, followed there, over a restart', async () => {
    const refused = 'echo "The connection to the server 1.2.3.4:6443 was refused" >&2; exit 1';
    const { say, until, text } = run({ '*follow=true': refused });
    onNode('0.log', `${'2026-01-01T00:00:00Z stdout F old\n'.repeat(5000)}2026-01-01T00:00:01Z stderr F last\n`);
    say({ follow: LOG });
    await until(/Z last"/);
    expect(told(text()).lines).toHaveLength(60);
    expect(told(text()).note).toMatch(/^as it lies on this node, .*1\.2\.3\.4:6443 was refused/);
    onNode('0.log', '{"log":"of docker\\n","stream":"stdout","time":"2026-01-01T00:00:02Z"}\n');
    await until(/Z of docker"/);
    onNode('1.log', '2026-01-01T00:00:03Z stdout F another start\n');
    await until(/Z another start"/);
    expect(told(text()).lines.slice(-3)).toEqual([
      '2026-01-01T00:00:01Z last',
      '2026-01-01T00:00:02Z of docker',
      '2026-01-01T00:00:03Z another start',
    ]);
    expect(told(text()).lines.filter((line) => line.endsWith(' old'))).toHaveLength(59);
  });

  test('that nobody has: why, in the words of the server; and it is asked for again', async () => {
    const { say, until } = run({
      '*follow=true':
        '[ $n = 1 ] && { echo "Error from server (BadRequest): container is waiting to start" >&2; exit 1; }; echo "t ready"; exec sleep 60',
    });
    say({ follow: LOG });
    await until(/"t":"log shop\/web\/app","state":"lost".*waiting to start/);
    expect(await until(/"lines":\["t ready"\]/)).not.toContain('"why":"absent"');
  });

  test('more than two at a time: the first is let go, and that is said', async () => {
    const { say, until } = run({ '*follow=true': 'echo "t of it"; exec sleep 60' });
    for (const name of ['a', 'b', 'c']) say({ follow: `log shop/${name}/app` });
    await until(/"t":"log shop\/a\/app","state":"lost".*"said":"not followed any more/);
    await until(/"tail":"log shop\/c\/app"/);
    expect(await until(/"tail":"log shop\/b\/app"/)).toContain('"tail":"log shop/c/app"');
  });

  test('of before the restart is one answer; from the node when the API server gives none', async () => {
    const { say, until } = run({ '*previous=true': 'echo "Unable to connect to the server" >&2; exit 1' });
    onNode('0.log', '2026-01-01T00:00:00Z stdout F first\n');
    onNode('1.log', '2026-01-01T00:00:09Z stdout F second\n');
    say({ id: 5, ask: `${LOG}/previous` });
    expect(await until(/"id":5/)).toMatch(/as it lies on this node.*\\n2026-01-01T00:00:00Z first"/);
  });
});

describe('the session', () => {
  test('a kubeconfig that runs a program is not used', async () => {
    const { until, exited } = run({}, 'users:\n- user:\n    exec:\n      command: steal\n');
    await until(/"fail":"absent".*runs a program/);
    expect(await exited).toBe(0);
  });

  test('credentials that are refused, by several at once: the next is used from then on, and that is told', async () => {
    file('kubelet.conf', 'apiVersion: v1\n');
    // None is refused before each was asked.
    const together = `until [ $(cat ${folder}/asked | wc -l) -ge 2 ]; do sleep 0.05; done`;
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

  test('it is gone with what it started when nobody listens', async () => {
    const { say, until, end, exited } = run({
      '*watch=1*': `echo $$ >${folder}/pid; exec sleep 60`,
      '*pods?*': file('list', list()),
    });
    say({ follow: 'pods here' });
    await until(/"live"/);
    await expect.poll(() => readFileSync(join(folder, 'pid'), 'utf8'), { timeout: 5000 }).toMatch(/\d/);
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    end();
    expect(await exited).toBe(0);
    await expect.poll(() => isThere(pid), { timeout: 5000 }).toBe(false);
  });

  test('of a certificate that stands in the kubeconfig the end is told, and no more', async () => {
    const one = readFileSync(join(import.meta.dirname, '../../fixtures/kubernetes/client.pem'), 'utf8');
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

  test('what the node tells by itself needs no cluster', async () => {
    const { say, until } = run({ '*': 'exec sleep 60' });
    say({ id: 7, ask: 'local' });
    const text = await until(/"id":7/);
    expect(text).toMatch(/"kubelet":\{"runs":(true|false),"healthz":"/);
  });
});

function isThere(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
