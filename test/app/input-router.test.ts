import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { InputRouter, type Keyboard } from '../../src/app/input-router.ts';

function routed() {
  const stream = new PassThrough();
  const raw: boolean[] = [];
  const keyboard = Object.assign(stream, { setRawMode: (on: boolean) => raw.push(on) }) as unknown as Keyboard;
  const events: string[] = [];
  const router = new InputRouter(keyboard, (event) => events.push(event.kind === 'key' ? event.name : event.kind));
  router.start();
  const type = async (text: string) => {
    stream.write(text);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  };
  return { router, events, raw, type };
}

test('router passes raw bytes to a tool until the leader key', async () => {
  const { router, events, raw, type } = routed();
  await type('a');
  const got: string[] = [];
  router.capture(
    (bytes) => got.push(Buffer.from(bytes).toString()),
    () => router.release(),
  );
  await type('bt\u0003\u001B[A');
  await type('q\u001Dz');
  expect(got.join('')).toBe('bt\u0003\u001B[Aq');
  expect(events).toEqual(['a', 'z']);
  router.stop();
  expect(raw).toEqual([true, false]);
});

test('router reports escape when nothing follows it', async () => {
  const { router, events, type } = routed();
  await type('\u001B');
  expect(events).toEqual([]);
  await new Promise((resolve) => {
    setTimeout(resolve, 60);
  });
  expect(events).toEqual(['esc']);
  router.stop();
});
