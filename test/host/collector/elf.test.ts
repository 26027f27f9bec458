import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { needsPython } from '../../helpers/python.ts';

const COLLECTOR = join(import.meta.dirname, '../../../src/host/collector');
const python = (script: string): string =>
  execFileSync('/usr/bin/python3', ['-c', `import os, random, sys, tempfile; sys.path.insert(0, ${JSON.stringify(COLLECTOR)})\n${script}`], { encoding: 'utf8' }).trim(); // prettier-ignore

beforeEach(needsPython);

test('elf_facts ends without an exception on arbitrary headers', () => {
  const script = `from crashcart_collector.elf import elf_facts
random.seed(7)
good = open('/bin/sleep', 'rb').read()
with tempfile.TemporaryFile() as file:
    for turn in range(400):
        data = bytearray(good[: random.choice([70, 700, 5000, len(good)])])
        for _ in range(random.randrange(1, 40)):
            data[random.randrange(4, 64 if turn % 2 else min(1000, len(data)))] = random.choice([0, 1, 2, 255, random.randrange(256)])
        file.seek(0); file.truncate(); file.write(data); file.flush()
        try:
            elf_facts(file.fileno())
        except OSError:
            pass
    for data in [b'', b'\\x7fELF', b'\\x7fELF\\x02\\x01', b'#!/bin/sh']:
        file.seek(0); file.truncate(); file.write(data); file.flush()
        assert elf_facts(file.fileno()) is None
print('ok')`;
  expect(python(script)).toBe('ok');
});

test('go_build has version, module and revision of a program of Go 1.18 and later', () => {
  // debug/buildinfo: magic, size of a pointer, flags, then two texts with their sizes as varints.
  const script = `from crashcart_collector.elf import go_build
def text(data): return bytes([len(data) & 127 | 128, len(data) >> 7]) + data
modules = b'x' * 16 + b'path\\texample.org/tool\\nmod\\texample.org/tool\\tv1.2.0\\nbuild\\tCGO_ENABLED=0\\nbuild\\tvcs.revision=abc\\n' + b'y' * 16
print('|'.join(go_build(b'\\xff Go buildinf:\\x08\\x02' + bytes(16) + text(b'go1.22.1') + text(modules))))
assert go_build(b'\\xff Go buildinf:\\x08\\x00' + bytes(40)) == [] and go_build(b'') == []
assert go_build(b'\\xff Go buildinf:\\x08\\x02' + bytes(16) + b'\\xff' * 50) == []`;
  expect(python(script)).toBe('go1.22.1|path\texample.org/tool|mod\texample.org/tool\tv1.2.0|build\tvcs.revision=abc');
});

test('python_packages has those of a virtual environment by the name of its interpreter', () => {
  const script = `from crashcart_collector.python_packages import python_packages
with tempfile.TemporaryDirectory() as top:
    site = top + '/opt/venv/lib/python3.11/site-packages'
    for folder in (site + '/nova-25.2.1.dist-info', site + '/nova', top + '/usr/lib/python3/dist-packages/PyYAML-6.0.egg-info', top + '/proc'):
        os.makedirs(folder)
    open(top + '/opt/venv/pyvenv.cfg', 'w').close()
    open(top + '/proc/cmdline', 'wb').write(b'/opt/venv/bin/python3\\0/opt/venv/bin/nova-compute\\0')
    print(python_packages(top + '/proc', top, ['/usr/lib/python3/dist-packages/yaml/_yaml.so', '/usr/bin/python3.11']))`;
  expect(python(script)).toBe("{'/opt/venv/lib/python3.11/site-packages': ['nova 25.2.1'], '/usr/lib/python3/dist-packages': ['PyYAML 6.0']}"); // prettier-ignore
});
