/**
 * Resident memory of the program and of its collector over time, on this machine, with the Processes pane in view.
 * `node bench/memory.ts [--minutes 10] [--processes 1000]`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Console } from '../test/lab/lib/console.ts';
import { commandOf, rssMiB, treeOf } from './lib/cpu.ts';
import { figure, machine, printTable } from './lib/figures.ts';
import { sleepers } from './lib/sleepers.ts';

const { values: options } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, processes: { type: 'string', default: '1000' } },
});
await using farm = await sleepers(Number(options.processes));
console.log(`${machine()}; ${farm.count} processes\n`);
await using screen = new Console([], { columns: 200, rows: 60 });
await screen.until('Processes', 15_000);
await screen.press('3');
const rows: string[][] = [];
for (let minute = 0; minute <= Number(options.minutes); minute++) {
  await sleep(minute === 0 ? 10_000 : 60_000);
  if (!screen.alive) throw new Error(`the program ended:\n${screen.text()}`);
  const collector = treeOf(screen.pid).find((pid) => /python3 -I -c/.test(commandOf(pid)));
  rows.push([
    minute === 0 ? '10 s' : `${minute} min`,
    figure(rssMiB(screen.pid)),
    figure(collector === undefined ? undefined : rssMiB(collector)),
  ]);
}
printTable(['after', 'program MiB', 'collector MiB'], rows);
