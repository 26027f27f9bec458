/**
 * Runs a program in a pseudo-terminal, drives it by steps and writes pictures of the screen, as .png, .svg or .txt:
 *
 *     node scripts/termshot.ts [--light] [--scale N] --size 120x40 until:LIVE key:3 settle shot:docs/processes.png -- node bin/crashcart.cjs
 *
 * Steps, in order: wait:MS  settle[:MS]  until:REGEX  type:TEXT  key:NAME[,NAME…]  resize:CxR  shot:FILE
 */
import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import xterm from '@xterm/headless';
import pty from '@lydell/node-pty';
import { darkColours, lightColours, terminalPng, terminalSvg } from './terminal-picture.ts';

const KEYS: Readonly<Record<string, string>> = {
  enter: '\r',
  tab: '\t',
  esc: '\u001B',
  space: ' ',
  backspace: '\u007F',
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  left: '\u001B[D',
  home: '\u001B[H',
  end: '\u001B[F',
  pgup: '\u001B[5~',
  pgdn: '\u001B[6~',
  'shift-tab': '\u001B[Z',
};

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const sizeOf = (text: string): readonly [number, number] => {
  const [, columns, rows] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (columns === undefined || rows === undefined) throw new Error(`not a size: ${text}`);
  return [Number(columns), Number(rows)];
};

async function main(argv: readonly string[]): Promise<void> {
  const dash = argv.indexOf('--');
  const [program, ...programArgs] = dash < 0 ? [] : argv.slice(dash + 1);
  if (program === undefined)
    throw new Error('usage: termshot [--light] [--scale N] [--size CxR] [STEP]… -- program [args…]');
  const steps = argv.slice(0, dash);
  const colours = steps[0] === '--light' ? lightColours : darkColours;
  if (colours === lightColours) steps.shift();
  const scale = steps[0] === '--scale' ? Number(steps.splice(0, 2)[1]) : 2;
  const [columns, rows] = steps[0] === '--size' ? sizeOf(steps.splice(0, 2)[1] ?? '') : [120, 40];
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const env = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  const child = pty.spawn(program, programArgs, { cols: columns, rows, name: 'xterm-256color', env });
  // Replies to queries, as a terminal gives them: attributes, background.
  terminal.onData((reply) => child.write(reply));
  terminal.parser.registerOscHandler(11, (data) => {
    if (data !== '?') return false;
    child.write(`\u001B]11;rgb:${[1, 3, 5].map((at) => colours.background.slice(at, at + 2)).join('/')}\u0007`);
    return true;
  });
  let lastMs = performance.now();
  let written: Promise<void> = Promise.resolve();
  child.onData((data) => {
    lastMs = performance.now();
    written = new Promise((resolve) => terminal.write(data, resolve));
  });
  const text = () =>
    Array.from(
      { length: terminal.rows },
      (_, y) => terminal.buffer.active.getLine(terminal.buffer.active.viewportY + y)?.translateToString(true) ?? '',
    ).join('\n');
  const settle = async (quietMs: number) => {
    const endMs = performance.now() + 5000;
    while (performance.now() < endMs && performance.now() - lastMs < quietMs) await sleep(20);
    await written;
  };
  const until = async (pattern: RegExp) => {
    const endMs = performance.now() + 20_000;
    while (!pattern.test(text())) {
      if (performance.now() > endMs) throw new Error(`timeout waiting for ${String(pattern)}, screen:\n${text()}`);
      await sleep(25);
      await written;
    }
  };
  for (const step of steps) {
    const [, verb = '', value = ''] = /^([a-z]+)(?::(.*))?$/s.exec(step) ?? [];
    if (verb === 'wait') await sleep(Number(value));
    else if (verb === 'settle') await settle(Number(value || 150));
    else if (verb === 'until') await until(new RegExp(value));
    else if (verb === 'type') child.write(value);
    else if (verb === 'key')
      for (const name of value.split(',')) {
        child.write(KEYS[name] ?? name);
        await sleep(80);
      }
    else if (verb === 'resize') {
      const [newColumns, newRows] = sizeOf(value);
      terminal.resize(newColumns, newRows);
      child.resize(newColumns, newRows);
    } else if (verb === 'shot') {
      await written;
      const kind = extname(value);
      writeFileSync(
        value,
        kind === '.png'
          ? terminalPng(terminal, colours, scale)
          : kind === '.svg'
            ? terminalSvg(terminal, colours)
            : `${text()}\n`,
      );
    } else throw new Error(`unknown step: ${step}`);
  }
  child.kill('SIGHUP');
}

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
