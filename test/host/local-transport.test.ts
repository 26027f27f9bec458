import { setTimeout as sleep } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { localTransport } from '../../src/host/local-transport.ts';

it('runs a command with stdin, both outputs and its exit code', async () => {
  const pipe = await localTransport().exec('cat; echo err >&2; exit 5');
  pipe.stdin.end('in\n');
  expect(await Promise.all([text(pipe.stdout), text(pipe.stderr), pipe.exited])).toEqual(['in\n', 'err\n', 5]);
});

it('keeps output that is unread when the command ends', async () => {
  const pipe = await localTransport().exec('echo early');
  await pipe.exited;
  await sleep(50);
  expect(await text(pipe.stdout)).toBe('early\n');
});

it('has no exit code when a signal ended the command', async () => {
  const pipe = await localTransport().exec('kill -9 $$');
  expect(await pipe.exited).toBeUndefined();
});

it('gives commands no terminal', async () => {
  const pipe = await localTransport().exec('(: </dev/tty) 2>/dev/null && echo terminal || echo none');
  expect(await text(pipe.stdout)).toBe('none\n');
});

it('ends every pipe when it is closed, with the reason, and starts no more', async () => {
  const local = localTransport();
  const pipe = await local.exec('cat');
  const lost = new Promise((settle) => local.onLost(settle));
  await local.close();
  expect(await lost).toBe('closed');
  expect(await text(pipe.stdout)).toBe('');
  expect(await pipe.exited).toBe(0);
  await expect(local.exec('true')).rejects.toThrow('Connection closed: local');
});
