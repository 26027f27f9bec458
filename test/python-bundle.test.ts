import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, type TestContext } from 'vitest';
import { bundlePython, stripPython } from '../scripts/python-bundle.ts';
import { needsPython } from './helpers/python.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'python-bundle-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bundle = (files: Readonly<Record<string, string>>): string => {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, 'app', `${name}.py`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return bundlePython(join(root, 'app', '__main__.py')).text;
};

const run = (program: string, ...argv: readonly string[]) =>
  spawnSync('/usr/bin/python3', ['-I', '-c', program, ...argv], { encoding: 'utf8' });

/** Compares sources with what is left of them: the trees without docstrings, annotations and guards for types, and the line of each node. */
const SAME = String.raw`
import ast, json, sys
def of_types(node):
    return isinstance(node, ast.If) and getattr(node.test, "id", "") == "MYPY" or \
        isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "MYPY"
def plain(source):
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [one for one in body if not of_types(one) and not (
                isinstance(one, ast.Pass) or isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.dump(tree), [node.lineno for node in ast.walk(tree) if hasattr(node, "lineno")]
pairs = json.load(sys.stdin)
for source, stripped in pairs:
    ast.parse(stripped, feature_version=(3, 5))
    assert plain(source) == plain(stripped), stripped
print(len(pairs), "the same")
`;

describe('bundlePython', () => {
  test('runs modules that import each other as one text', (context) => {
    needsPython(context);
    const text = bundle({
      __main__:
        'import sys\nfrom app.greeting import greet\nfrom app.names import NAME\nprint(greet(NAME), sys.argv[1:])\n',
      greeting: 'from app.names import SUFFIX\n\n\ndef greet(name: str) -> str:\n    return "hello " + name + SUFFIX\n',
      names: 'NAME = "host"\nSUFFIX = "."\n',
    });
    expect(run(text, 'one')).toMatchObject({ stdout: "hello host. ['one']\n", stderr: '' });
  });

  test('begins with the docstring of the entry when it has one', () => {
    const text = bundle({ __main__: '"""Does one thing.\n\nAnd ends.\n"""\n\nimport os\n' });
    expect(text).toMatch(/^# Does one thing\.\n# \n# And ends\.\nimport sys\n/);
    const entry = resolve(import.meta.dirname, '../src/host/protocols/ceph/crashcart_ceph/__main__.py');
    expect(bundlePython(entry).text).toMatch(/^# One librados session with a Ceph cluster: /);
  });

  test('keeps names of one module out of another when both have them', (context) => {
    needsPython(context);
    const text = bundle({
      __main__:
        'from app.slow import looks\nfrom app.often import LOOKS\nprint(looks(), LOOKS)\ntry:\n    load\nexcept NameError:\n    print("own")\n',
      slow: 'LOOKS = 8\n\n\ndef looks():\n    return LOOKS\n',
      often: 'LOOKS = 3\n',
    });
    expect(run(text).stdout).toBe('8 3\nown\n');
  });

  test('names module and line in a traceback when it fails', (context) => {
    needsPython(context);
    const text = bundle({
      __main__: '"""Entry."""\n\nfrom app.broken import fail\n\nfail()\n',
      broken:
        '"""Fails.\n\nOn purpose.\n"""\n\n\ndef fail():\n    # a comment\n    """Raises."""\n    raise ValueError("here")\n',
    });
    const { stderr } = run(text);
    expect(stderr).toContain('File "<app.__main__>", line 5, in <module>');
    expect(stderr).toContain('File "<app.broken>", line 10, in fail');
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'modules import in a circle',
      { __main__: 'from app.a import x\n', a: 'from app.b import x\n', b: 'from app.a import x\n' },
      'import cycle: app.a → app.b → app.a',
    ],
    [
      'a module is unknown',
      { __main__: 'import os\nfrom app.none import x\n' },
      'app.__main__, line 2: no module app.none',
    ],
    ['a package is not of the host', { __main__: 'def f():\n    import numpy\n' }, 'line 2: no module numpy'],
    ['an import is relative', { __main__: 'from .a import x\n', a: 'x = 1\n' }, 'relative import of .a'],
    ['a guard for types is misplaced', { __main__: 'def f():\n    if MYPY:\n        import x\n' }, 'MYPY stands in'],
    ['a source would end its text', { __main__: `x = "'''"\n` }, "holds '''"],
    ['a block is indented by two', { __main__: 'if True:\n  x = 1\n' }, 'line 2: indented by 2 spaces'],
  ])('refuses with a sentence when %s', (_, files, sentence) => {
    expect(() => bundle(files)).toThrow(sentence);
  });

  test('takes a cycle that only mypy sees', (context) => {
    needsPython(context);
    const guard = 'MYPY = False\nif MYPY:\n    from typing import (\n        List,\n    )\n\n    from app.b import B\n';
    const text = bundle({
      __main__: 'from app.b import B\nprint(B().a().name)\n',
      a: `${guard}\nclass A:\n    name = "a"\n    bs = []  # type: List[B]\n`,
      b: 'from app.a import A\n\n\nclass B:\n    def a(self) -> "A":\n        return A()\n',
    });
    expect(run(text).stdout).toBe('a\n');
    expect(text).not.toContain('typing');
  });
});

describe('stripPython', () => {
  test.each([
    ['comments', 'x = 1  # one\n# two\ny = "# three"  # four\n', 'x = 1\n\ny = "# three"\n'],
    [
      'docstrings',
      'def f():\n    """One\n    two."""\n    return """\n  # kept\n"""\n',
      'def f():\n\n\n return """\n  # kept\n"""\n',
    ],
    ['a docstring alone in its block', 'class A(B):\n    """Alone."""\n\n\nx = 1\n', 'class A(B):\n pass\n\n\nx = 1\n'],
    [
      'annotations',
      'def f(a: int, *b: "Tuple[int, str]", c: Dict[str, int] = {"a": 1}, d=lambda x: x, **e: str) -> "A[b]":\n    return a\n',
      'def f(a, *b, c= {"a": 1}, d=lambda x: x, **e):\n return a\n',
    ],
    [
      'indentation within brackets',
      'if x:\n    f(\n        1,\n        "a  b",\n    )\n',
      'if x:\n f(\n1,\n"a  b",\n)\n',
    ],
    ['prefixed and escaped strings', `x = rb'\\'#' + b"\\"#"  # gone\n`, `x = rb'\\'#' + b"\\"#"\n`],
    ['continued lines', 'def f():\n    return a + \\\n        b\n', 'def f():\n return a +\\\nb\n'],
  ])('shortens %s and keeps each line at its number', (_, source, stripped) => {
    expect(stripPython(source, 'app.a')).toBe(stripped);
  });

  test.for([
    'collector/crashcart_collector',
    'collector/crashcart_attach',
    'collector/crashcart_jvm',
    'protocols/kubernetes/crashcart_kubernetes',
    'protocols/ceph/crashcart_ceph',
    'protocols/openstack/crashcart_openstack',
    'protocols/stacks/crashcart_stacks',
  ])('changes nothing that runs, and no line, when it strips %s', (folder, context: TestContext) => {
    needsPython(context);
    const { files } = bundlePython(resolve(import.meta.dirname, '../src/host', folder, '__main__.py'));
    const sources = files.map((file) => readFileSync(file, 'utf8'));
    const pairs = sources.map((source, at) => [source, stripPython(source, files[at] ?? '')]);
    const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-I', '-c', SAME], {
      input: JSON.stringify(pairs),
      encoding: 'utf8',
    });
    expect([stderr, stdout]).toEqual(['', `${files.length} the same\n`]);
  });
});
