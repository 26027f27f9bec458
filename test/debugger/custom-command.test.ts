import { describe, expect, test } from 'vitest';
import { argvFor, commandProblem, needsRow } from '../../src/debugger/custom-command.ts';

describe('commandProblem', () => {
  test.each([
    [['ceph', 'osd', 'find', '{id}'], undefined],
    [['sh', '-c', 'ls -l "$1"', 'sh', '{name}'], undefined],
    [['{name}'], 'the program must be a fixed name'],
    [['ceph', 'osd.{id}'], '{id} must be a whole argument: "{id}"'],
    [['kill', '{pidd}'], 'unknown {pidd}; did you mean {pid}?'],
    [['sh', '-c', '{name}'], '{name} after -c would be run as a program: pass it as an argument of the program'],
    [['/usr/bin/python3', '-Ic', '{name}'], '{name} after -Ic would be run as a program: pass it as an argument of the program'], // prettier-ignore
    [['bash', '{name}'], '{name} would be run as a program by bash'],
    [['timeout', '5', 'sh', '-c', '{name}'], '{name} after -c would be run as a program: pass it as an argument of the program'], // prettier-ignore
    [['docker', 'exec', '{id}', 'bash', '-lc', '{name}'], '{name} after -lc would be run as a program: pass it as an argument of the program'], // prettier-ignore
    [['sudo', 'nice', 'env', '{name}'], '{name} would be run as a program by env'],
    [['ssh', 'mon', 'ceph', 'osd', 'find', '{id}'], '{id} would be read by a shell, since ssh joins its arguments'],
    [['watch', '-n', '1', 'docker', 'top', '{name}'], '{name} would be read by a shell, since watch joins its arguments'], // prettier-ignore
    [['nsenter', '-t', '{pid}', '-n', 'ss', '-tn'], undefined],
    [['sudo', 'virsh', 'dumpxml', '{name}'], undefined],
    [['kubectl', 'describe', 'pod', '-n', 'web', '{name}'], undefined],
    [['echo', 'a\0b'], 'an argument cannot hold a NUL byte'],
  ])('judges %j', (argv, problem) => {
    expect(commandProblem(argv)).toBe(problem);
  });

  test('judges a command as before after one whose program is refused', () => {
    expect(commandProblem(['{name}'])).toBeDefined();
    expect(commandProblem(['{id}'])).toBe('the program must be a fixed name');
  });
});

describe('argvFor', () => {
  test('passes each value as one argument, whatever it holds', () => {
    const name = `a b'; rm -rf "$HOME" $(id) \`id\` | & > x`;
    expect(argvFor({ argv: ['echo', '{name}', '{pid}', 'fixed'] }, { name, pid: '7' })).toEqual([
      'echo',
      name,
      '7',
      'fixed',
    ]);
  });

  test.each([
    [{}, 'the selected row has no name'],
    [{ name: '' }, 'the selected row has no name'],
    [{ name: '--delete' }, 'name --delete would be an option of the command'],
    [{ name: 'a\u001B[2J' }, 'name has control characters'],
    [{ name: 'a\uFFFDb' }, 'name has control characters'],
  ])('refuses %j', (row, problem) => {
    expect(argvFor({ argv: ['echo', '{name}'] }, row)).toBe(problem);
  });

  test('needs a row only with a placeholder', () => {
    expect(needsRow({ argv: ['ceph', 'df'] })).toBe(false);
    expect(needsRow({ argv: ['ceph', '{id}'] })).toBe(true);
  });
});
