import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../src/redact/redactor.ts';
import { plain } from '../../src/lib/plain.ts';
import { isHarmless } from '../../src/lib/secrets/value.ts';
import { maskSecrets } from '../../src/lib/secrets.ts';

describe('Redactor by form', () => {
  const redact = (text: string) => new Redactor().text(text);
  test.each([
    ['addr 10.20.30.40/24 dev eth0', 'addr 198.18.0.1/24 dev eth0'],
    ['10.0.0.1 to 10.0.0.2 and 10.0.0.1', '198.18.0.1 to 198.18.0.2 and 198.18.0.1'],
    ['listens on 127.0.0.1:80, 0.0.0.0:22', 'listens on 127.0.0.1:80, 0.0.0.0:22'],
    ['mask 255.255.255.0', 'mask 255.255.255.0'],
    ['libc 2.36-9+deb12u10, nginx 1.2.3.4.5, kernel 5.15.0-91.101', 'libc 2.36-9+deb12u10, nginx 1.2.3.4.5, kernel 5.15.0-91.101'], // prettier-ignore
    ['link/ether FA:16:3e:77:c1:dc brd ff:ff:ff:ff:ff:ff', 'link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff'],
    ['inet6 fe80::f816:3eff:fe77:c1dc/64', 'inet6 2001:db8::1/64'],
    ['at 12:34:56 for 1:02:03', 'at 12:34:56 for 1:02:03'],
    ['inet6 ::1/128', 'inet6 ::1/128'],
    ['-uuid ff91d2dc-69a1-43ef-abde-c9e4e9a0305b', '-uuid 00000000-0000-4000-8000-000000000001'],
    ['/home/alice/run.sh and /home/alice', '/home/user-1/run.sh and /home/user-1'],
    ['PCI 0000:81:00.0', 'PCI 0000:81:00.0'],
    ['user.kestrel.com, node.dc1.kestrel.com and kestrel.com', 'host-1, host-2 and host-3'],
    ['com.docker.compose.project net.ipv4.ip_forward app.kubernetes.io/name user.name.info', 'com.docker.compose.project net.ipv4.ip_forward app.kubernetes.io/name user.name.info'], // prettier-ignore
  ])('%s', (text, expected) => expect(redact(text)).toBe(expected));
});

describe('Redactor by name', () => {
  test('redacts a known name, and not a longer one that contains it', () => {
    const redactor = new Redactor();
    redactor.learn({ kind: 'guest', value: 'billing-3' });
    redactor.learn({ kind: 'guest', value: 'billing-31' });
    redactor.learn({ kind: 'host', value: 'node-7.dc1.corp' });
    expect(redactor.text('billing-31 and billing-3 on node-7.dc1.corp, billing-310')).toBe(
      'vm-2 and vm-1 on host-1, billing-310',
    );
    expect(redactor.left('billing-3 at vm-1')).toEqual(['billing-3']);
    expect(redactor.left(redactor.text('billing-3 at 10.9.8.7'))).toEqual([]);
  });

  test('keeps a name that is a common word', () => {
    const redactor = new Redactor();
    for (const value of ['cpu', 'web', 'ab', '12345']) redactor.learn({ kind: 'container', value });
    expect(redactor.words).toEqual(['cpu', 'web', 'ab']);
    expect(redactor.names).toEqual([]);
    for (const value of ['root', 'localhost', 'kube-system', '1.2', 'vm-3', ' '])
      expect(redactor.learn({ kind: 'host', value })).toBe(false);
    expect(redactor.text('cpu  1 2 3')).toBe('cpu  1 2 3');
  });

  test('finds nothing left in a word that has the form of a name only by its pseudonym', () => {
    const redactor = new Redactor();
    redactor.learn({ kind: 'pool', value: 'lab' });
    const out = redactor.text('quiet lab.name=db lab.ip=10.99.7.11 lab.loops=2');
    expect(out).toBe('quiet pool-1.name=db pool-1.ip=198.18.0.1 pool-1.loops=2');
    expect(redactor.left(out)).toEqual([]);
    // A suffix with its own digit, and a place where any word counts as a name.
    expect(redactor.left('db pool-1.ip7')).toEqual(['pool-1.ip7']);
    expect(redactor.left('host=pool-1.ip')).toEqual(['pool-1.ip']);
    // A recording is redacted again when all names are known; a line of before is then the same.
    expect(redactor.text(out)).toBe(out);
    expect(redactor.left(redactor.text('quiet lab.name=db lab.ip=10.99.7.11'))).toEqual([]);
  });

  test('takes a name as text, not as a pattern', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 3, maxLength: 20 }), (name) => {
        const redactor = new Redactor();
        redactor.learn({ kind: 'guest', value: name });
        const isTaken = redactor.names.includes(name.trim());
        const out = redactor.text(`the guest ${name.trim()} hangs`);
        expect(isTaken && /^\w.*\w$/.test(name.trim()) ? out.includes(` ${name.trim()} `) : false).toBe(false);
      }),
    );
  });
});

test('Redactor changes nothing in a redacted text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef:.-/ home@=password'.split('')), maxLength: 120 }),
      (text) => {
        const redactor = new Redactor();
        const once = redactor.text(text);
        expect(redactor.left(once)).toEqual([]);
        expect(redactor.text(once)).toBe(once);
      },
    ),
    { numRuns: 500 },
  );
});

describe('maskSecrets', () => {
  test.each([
    ['mysqld --password=hunter2 --port 3306', 'mysqld --password=******** --port 3306'],
    ['curl --token abc123def -v', 'curl --token ******** -v'],
    ['app\0--api-key\0s3cr3tkey\0--verbose', 'app\0--api-key\0********\0--verbose'],
    ['DB_PASSWORD="a b c" PORT=1', 'DB_PASSWORD="********" PORT=1'],
    ['{"password": "x\\"y", "user": "u"}', '{"password": "********", "user": "u"}'],
    ['postgres://app:s3cret@10.0.0.1/db', 'postgres://app:********@10.0.0.1/db'],
    ['Authorization: Bearer abcdefghij.klm', 'Authorization: Bearer ********'],
    ['key = AQBvxYJkAAAAABAAy1dGmTz9q8Xw3hPl0C4f7A==', 'key = ********'],
    ['AKIAIOSFODNN7EXAMPLE', '********'],
    ['keyring /etc/ceph/ceph.client.admin.keyring', 'keyring /etc/ceph/ceph.client.admin.keyring'],
    ['kworker/0:1-events monkey', 'kworker/0:1-events monkey'],
  ])('%s', (text, expected) => expect(maskSecrets(text)).toBe(expected));

  test.each([
    '{"a":"--password=","b":1}',
    '{"Cmd":["mysqld","--password","hunter2"],"Env":["API_TOKEN=hunter2","X=1"]}',
    '{"cmd":"run --token \\"hunter2\\" -v","password":"hunter2\\"hunter2"}',
    '{"key":"AQBvxYJkAAAAABAAy1dGmTz9q8Xw3hPl0C4fhunter2","auth_key" : "hunter2"}',
    `["'--password',",{"":"none"},"'token':","none"]`,
    '[{"log":"-----BEGIN RSA PRIVATE KEY-----\\nhunter2\\n"},{"url":"amqp://u:hunter2@h"}]',
  ])('keeps JSON valid: %s', (text) => {
    const masked = maskSecrets(text);
    expect(Object.keys(JSON.parse(masked) as object)).toEqual(Object.keys(JSON.parse(text) as object));
    expect(masked).not.toContain('hunter2');
  });

  test('keeps JSON valid with a secret name in any text', () => {
    const piece = fc.constantFrom(
      '--password',
      ' token=',
      '"',
      "'",
      '\\',
      'API_KEY: ',
      ',',
      ' ',
      'x',
      '\n',
      '\0',
      'bearer abcdefghij',
      '://u:p@',
    );
    const text = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.dictionary(text, text, { maxKeys: 3 }), (list, fields) => {
        expect(() => JSON.parse(maskSecrets(JSON.stringify([list, fields]))) as unknown).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  test('masks lines of JSON with text between them', () => {
    expect(maskSecrets('{"password":"a1b2"}\nuser x, password=a1b2\n{"n":1}')).toBe(
      '{"password":"********"}\nuser x, password=********\n{"n":1}',
    );
  });

  test('is applied by plain', () => {
    expect(plain('mysqld --password=hunter2 \u202E')).toBe('mysqld --password=******** \uFFFD');
  });

  test('masks a secret of any form behind its name', () => {
    const secret = fc.string({ unit: fc.constantFrom(...'abcXYZ0189+/_.%!'.split('')), minLength: 6, maxLength: 30 });
    fc.assert(
      fc.property(secret, fc.constantFrom('--password=', 'token: ', 'API_KEY=', '--client-secret '), (value, name) => {
        // A path, a variable, a template.
        fc.pre(!isHarmless(value));
        expect(maskSecrets(`run ${name}${value} next`)).not.toContain(value);
      }),
    );
  });
});
