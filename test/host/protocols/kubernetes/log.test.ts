import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fakeKubectl, isThere } from '../../../helpers/fake-kubectl.ts';

const { run, folder } = fakeKubectl();

describe('a log', () => {
  const LOG = 'log shop/web/app';
  /** Lines since the last reset. */
  const parsed = (text: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('{"tail"'))
      .map((line) => JSON.parse(line) as { readonly reset: boolean; readonly note: string; readonly lines: string[] })
      .reduce<{ note: string; lines: readonly string[] }>(
        (all, { reset, note, lines }) => ({ note, lines: reset ? lines : [...all.lines, ...lines] }),
        { note: '', lines: [] },
      );
  const onNode = (path: string, text: string) => {
    const whole = join(folder(), 'var/log/pods/shop_web_uid-1/app', path);
    mkdirSync(dirname(whole), { recursive: true });
    appendFileSync(whole, text);
  };

  test('a log is followed with whole lines until it is dropped', async () => {
    const { say, until, asked, text } = run({
      '*follow=true': `echo $$ >${folder()}/pid; echo "t1 one"; printf "t2 tw"; sleep 1; echo o; sleep 1; echo "t3 three"; exec sleep 60`,
    });
    say({ follow: LOG });
    await until(/t1 one/);
    await until(/t3 three/);
    expect(parsed(text()).lines).toEqual(['t1 one', 't2 two', 't3 three']);
    expect(asked()[0]).toBe(
      '/api/v1/namespaces/shop/pods/web/log?container=app&tailLines=60&timestamps=true&follow=true',
    );
    say({ drop: LOG });
    const pid = Number(readFileSync(join(folder(), 'pid'), 'utf8'));
    await expect.poll(() => isThere(pid), { timeout: 5000 }).toBe(false);
  });

  test('a log is reported empty when it has no line', async () => {
    const { say, until } = run({ '*follow=true': 'exec sleep 60' });
    say({ follow: LOG });
    expect(await until(/"reset":true,"note":"","lines":\[\]/)).not.toContain('lost');
  });

  test('a log sends its end only when it grows too fast', async () => {
    const { say, until, text } = run({ '*follow=true': `exec /usr/bin/yes "t${'x'.repeat(100)}"` });
    say({ follow: LOG });
    await until(/"reset":true[\s\S]*"reset":true/);
    const lines = text()
      .split('\n')
      .filter((line) => line.includes('"reset":true'));
    for (const line of lines) expect(line.length).toBeLessThan(40_000);
    expect((JSON.parse(lines[0] ?? '') as { lines: string[] }).lines).toHaveLength(60);
  });

  test('a log is requested again when its container ended', async () => {
    const { say, until } = run({ '*follow=true': 'echo "t start $n"' });
    say({ follow: LOG });
    expect(await until(/start 1"[\s\S]*"reset":true[^\n]*start 2"/)).not.toContain('lost');
  });

  test('a log is followed from the node, over a restart, when the API server has none', async () => {
    const refused = 'echo "The connection to the server 1.2.3.4:6443 was refused" >&2; exit 1';
    const { say, until, text } = run({ '*follow=true': refused });
    onNode('0.log', `${'2026-01-01T00:00:00Z stdout F old\n'.repeat(5000)}2026-01-01T00:00:01Z stderr F last\n`);
    say({ follow: LOG });
    await until(/Z last"/);
    expect(parsed(text()).lines).toHaveLength(60);
    expect(parsed(text()).note).toMatch(/^from \/var\/log\/pods on this node, .*1\.2\.3\.4:6443 was refused/);
    onNode('0.log', '{"log":"of docker\\n","stream":"stdout","time":"2026-01-01T00:00:02Z"}\n');
    await until(/Z of docker"/);
    onNode('1.log', '2026-01-01T00:00:03Z stdout F another start\n');
    await until(/Z another start"/);
    expect(parsed(text()).lines.slice(-3)).toEqual([
      '2026-01-01T00:00:01Z last',
      '2026-01-01T00:00:02Z of docker',
      '2026-01-01T00:00:03Z another start',
    ]);
    expect(parsed(text()).lines.filter((line) => line.endsWith(' old'))).toHaveLength(59);
  });

  test('a log fails with the error of the server, and is requested again, when no one has it', async () => {
    const { say, until } = run({
      '*follow=true':
        '[ $n = 1 ] && { echo "Error from server (BadRequest): container is waiting to start" >&2; exit 1; }; echo "t ready"; exec sleep 60',
    });
    say({ follow: LOG });
    await until(/"t":"log shop\/web\/app","state":"lost".*waiting to start/);
    expect(await until(/"lines":\["t ready"\]/)).not.toContain('"why":"absent"');
  });

  test('the first log is dropped with a reason when more than two are open', async () => {
    const { say, until } = run({ '*follow=true': 'echo "t of it"; exec sleep 60' });
    for (const name of ['a', 'b', 'c']) say({ follow: `log shop/${name}/app` });
    await until(/"t":"log shop\/a\/app","state":"lost".*"said":"no longer followed/);
    await until(/"tail":"log shop\/c\/app"/);
    expect(await until(/"tail":"log shop\/b\/app"/)).toContain('"tail":"log shop/c/app"');
  });

  test('a previous log comes from the node when the API server has none', async () => {
    const { say, until } = run({ '*previous=true': 'echo "Unable to connect to the server" >&2; exit 1' });
    onNode('0.log', '2026-01-01T00:00:00Z stdout F first\n');
    onNode('1.log', '2026-01-01T00:00:09Z stdout F second\n');
    say({ id: 5, ask: `${LOG}/previous` });
    expect(await until(/"id":5/)).toMatch(/from \/var\/log\/pods on this node.*\\n2026-01-01T00:00:00Z first"/);
  });
});
