import { describe, expect, test } from 'vitest';
import { findingsSheet, keysSheet, sourcesSheet } from '../../src/commands/sheets.ts';
import { actions } from '../../src/keymap.ts';
import { keyOf, type Read } from '../../src/host/host.ts';
import { findings, readPolicy, sources } from '../../src/subsystems/index.ts';
import { findingExamples } from '../helpers/finding-examples.ts';

describe('sourcesSheet', () => {
  const sheet = sourcesSheet();

  test('keeps every line readable', () => {
    expect(sheet.split('\n').filter((line) => line.length > 200)).toEqual([]);
  });

  test('names every source with its files, and every command of the read-only list', () => {
    const text = sheet.replaceAll(/\n {2}/g, ' ');
    for (const { title } of sources) expect(text).toContain(`**${title}**, `);
    const files = sources.flatMap((source) => Object.values<Read>(source.reads).filter(({ kind }) => kind === 'file'));
    for (const read of files) expect(text).toContain(`\`${keyOf(read)}\``);
    for (const { argv } of readPolicy.commands) expect(text).toContain(`\`${argv.join(' ').replaceAll('`', "'")}\``);
  });
});

test('keysSheet lists every action', () => {
  for (const { id } of actions) expect(keysSheet()).toContain(` | ${id} | `);
});

test('findingsSheet lists each rule once, with the worst finding of a recorded host as its example', async () => {
  const examples = await findingExamples(['container-host']);
  const rows = findingsSheet(examples)
    .split('\n')
    .filter((line) => /^\| .*\(`[\w-]+`\) \|/.test(line));
  const ids = rows.map((row) => /\(`([\w-]+)`\) \|/.exec(row)?.[1]);
  expect(ids).toHaveLength(findings.length);
  expect(new Set(ids)).toEqual(new Set(findings.map(({ id }) => id)));
  const loop = rows.find((row) => row.includes('(`container-restart-loop`)'));
  expect(loop).toContain('| docker lab-loop | restart loop, 4 restarts in 10 min, exit code 3 | crit |');
});
