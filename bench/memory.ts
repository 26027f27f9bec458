/**
 * Resident memory over time: program and collector, live with the Processes pane in view, or the program in a replay of
 * FILE with jumps between marks. `node bench/memory.ts [--minutes 10] [--processes 1000] [--replay FILE] [--jumps 60]`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Console } from '../test/lab/lib/console.ts';
import { commandOf, rssMiB, treeOf } from './lib/cpu.ts';
import { figure, machine, printTable } from './lib/figures.ts';
import { sleepers } from './lib/sleepers.ts';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    processes: { type: 'string', default: '1000' },
    replay: { type: 'string' },
    jumps: { type: 'string', default: '60' },
  },
});
if (options.replay === undefined) await live();
else await replay(options.replay);

async function live(): Promise<void> {
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
}

async function replay(file: string): Promise<void> {
  console.log(`${machine()}; replay\n`);
  await using screen = new Console(['replay', file], { columns: 200, rows: 60 });
  await screen.until('replay', 30_000);
  const rows: string[][] = [];
  for (let jump = 0; jump <= Number(options.jumps); jump++) {
    if (jump > 0) {
      await screen.press(jump % 20 < 10 ? '}' : '{');
      await sleep(1000);
    }
    if (!screen.alive) throw new Error(`the program ended:\n${screen.text()}`);
    if (jump % 10 === 0) rows.push([String(jump), figure(rssMiB(screen.pid))]);
  }
  // 60x: an hour in a minute.
  for (let faster = 0; faster < 8; faster++) await screen.press(')');
  await screen.press('p');
  await sleep(60_000);
  rows.push(['and a minute at 60x', figure(rssMiB(screen.pid))]);
  printTable(['jumps', 'program MiB'], rows);
}
