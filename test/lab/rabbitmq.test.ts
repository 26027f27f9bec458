import { afterAll, beforeAll, it } from 'vitest';
import { Console } from './lib/console.ts';
import { broughtUpHere, lab } from './lib/lab.ts';
import { namesFaults } from './lib/named-faults.ts';

/** Console on this host with a node of RabbitMQ, with consecutive faults. */
let screen: Console;

beforeAll(async () => {
  await lab('rabbitmq', 'up');
  screen = new Console(['--budget', '60'], { columns: 160, rows: 50 });
  await screen.until('LIVE', 60_000);
  await screen.go('Databases');
});
afterAll(async () => {
  await screen[Symbol.asyncDispose]();
  if (broughtUpHere('rabbitmq')) await lab('rabbitmq', 'down');
});

it('pane shows the node', async () => {
  await screen.until(/rabbitmq:15692 +lab@localhost +3\.\S+ +none/, 30_000);
});

namesFaults('rabbitmq', () => screen, [
  ['memory-alarm', /rabbitmq:15692 .*memory alarm, publishers blocked/],
  ['disk-alarm', /rabbitmq:15692 .*disk alarm, publishers blocked/],
  ['no-consumers', /rabbitmq:15692 .*1 queue without consumers, 3 messages: orders/],
  ['frozen', /beam\.smp\[\d+\].*stopped \(SIGSTOP\)|rabbitmq:15692 .*does not respond/],
]);
