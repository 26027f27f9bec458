import { describe, expect, test } from 'vitest';
import { RecordLog, recordsOfDmesg } from '../../../../src/host/protocols/kernel/record-log.ts';

describe('RecordLog', () => {
  test('RecordLog keeps the fields of a device on the line of its record', () => {
    const log = new RecordLog().add(
      '3,7,5617219698,-;Buffer I/O error on dev sda1, logical block 0\n SUBSYSTEM=block\n DEVICE=b8:1\n6,8,5617219700,-;next\n',
    );
    expect(log.text()).toBe(
      'lost 0\n3,7,5617219698,-;Buffer I/O error on dev sda1, logical block 0\tSUBSYSTEM=block\tDEVICE=b8:1\n6,8,5617219700,-;next',
    );
  });

  test('RecordLog keeps its text while no record comes, and takes what a new connection repeats once', () => {
    const log = new RecordLog().add('6,1,10,-;a\n6,2,20,-;b\n');
    const text = log.text();
    expect(log.add('').text()).toBe(text);
    expect(log.add('6,1,10,-;a\n6,2,20,-;b\n').text()).toBe(text);
  });

  test('RecordLog counts records that were overwritten before they were read', () => {
    expect(new RecordLog().add('6,1,10,-;a\n').add('6,5,20,-;b\n').text()).toMatch(/^lost 3\n/);
  });

  test('RecordLog keeps warnings through a storm of others', () => {
    const log = new RecordLog().add('3,1,10,-;I/O error, dev sda, sector 0\n');
    for (let i = 2; i < 5000; i++) log.add(`6,${i},${i * 10},-;eth0: link\n`);
    const lines = log.text().split('\n');
    expect(lines[1]).toContain('I/O error');
    expect(lines).toHaveLength(602);
  });

  test('RecordLog leaves out other lines, and cuts a long one', () => {
    const lines = new RecordLog()
      .add(`garbage\n6,1\n6,2,5,-;${'x'.repeat(9000)}\n`)
      .text()
      .split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toHaveLength(1024);
  });
});

test('recordsOfDmesg numbers the lines of dmesg, with their level or without', () => {
  // dmesg --raw of util-linux 2.38.1; dmesg of a sosreport.
  expect(recordsOfDmesg('<3>[ 5617.219698] EXT4-fs error (device loop0)\n<12>[    1.000001] from a process\n')).toBe(
    '3,0,5617219698,-;EXT4-fs error (device loop0)\n12,1,1000001,-;from a process\n',
  );
  expect(recordsOfDmesg('[    1.500000] text\ndmesg: error')).toBe('-,0,1500000,-;text\n');
});
