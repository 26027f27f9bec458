import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applied } from '../../src/lib/edits.ts';
import { maskSecrets, secretEdits } from '../../src/lib/secrets.ts';
import { Redactor } from '../../src/redact/redactor.ts';
import { secretsOnly, StreamRedactor } from '../../src/redact/stream-redactor.ts';

const SEQUENCES = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007]*\u0007|\u001B[()].|\u001B[78]/g;
const bare = (text: string): string => text.replaceAll(SEQUENCES, '');

function known(): Redactor {
  const redactor = new Redactor();
  redactor.learn({ kind: 'host', value: 'node-7.dc1.corp' });
  redactor.learn({ kind: 'host', value: 'node-7' });
  redactor.learn({ kind: 'guest', value: 'billing-3' });
  redactor.learn({ kind: 'guest', value: 'billing-31' });
  redactor.learn({ kind: 'user', value: 'alice' });
  redactor.learn({ kind: 'guest', value: 'the old mail' });
  return redactor;
}

/** Identifiers and secrets in context. */
const LINES = [
  'guest billing-3 on node-7.dc1.corp, billing-31 on node-7',
  'from 10.20.30.40:443 to [2001:67c:1360:8001::2]:80 via ::ffff:10.9.8.7 and fe80::f816:3eff:fe77:c1dc%eth0',
  'mac fa:16:3e:77:c1:dc FA-16-3E-77-C1-DD fa16.3e77.c1de',
  'uuid ff91d2dc-69a1-43ef-abde-c9e4e9a0305b id 4f0c2d5e9b7a61833c1d8e2f6a90b7c4d5e6f708192a3b4c5d6e7f8091a2b3c4',
  'mail bob.k@billing.example.org, the old mail hangs, /home/carol/run.sh',
  'mysqld --password hunter2secret --port 3306 --token=hunter2secret',
  'mysql -uroot -phunter2secret -h db; sshpass -p hunter2secret ssh x',
  'DB_PASSWORD="hunter2secret hunter2secret" API_TOKEN=hunter2secret',
  'postgres://app:hunter2secret@10.0.0.1:5432/db Authorization: Bearer hunter2secrethunter2',
  'Cookie: session=hunter2secret; theme=hunter2secret',
  'aws_secret_access_key = hunter2secrethunter2secretAAAAAAAAAAAAAA AKIAIOSFODNN7EXAMPLE',
  'key = AQBvxYJkAAAAABAAy1dGmTz9q8Xw3hPl0C4f7A==',
  'token: eyJhbGciOiJSUzI1NiJ9.hunter2secrethunter2.hunter2secret',
  'Server=db;Uid=app;Pwd=hunter2secret;Database=x',
  '-----BEGIN RSA PRIVATE KEY-----',
  'MIIEowIBAAKCAQEAhunter2secrethunter2secrethunter2secrethunter2sec',
  'hunter2secretAoGBAJ/hunter2secret+hunter2secret=',
  '-----END RSA PRIVATE KEY-----',
  '(gdb) bt',
  '#0  0x00007f in poll () from /lib/x86_64-linux-gnu/libc.so.6',
];
const LEFT =
  /hunter2|billing|node-7|dc1|alice|bob\.k|carol|old mail|10\.20|10\.9\.8|10\.0\.0|2001:67c|f816|3e77|fa:16|FA-16|ff91d2dc|4f0c2d5e|AKIA|AQBv|eyJ|MIIE/;

const redacted = (pieces: readonly string[], columns = 200): string => {
  const redactor = new StreamRedactor(known(), columns);
  return pieces.map((piece) => redactor.push(piece)).join('') + redactor.end();
};

const cut = (text: string, places: readonly number[]): string[] => {
  const sorted = [...new Set(places.map((place) => place % text.length))].toSorted((a, b) => a - b);
  return [...sorted, text.length].map((to, i) => text.slice(sorted[i - 1] ?? 0, to));
};

const lines = fc.shuffledSubarray(LINES.slice(0, 14), { minLength: 1 }).map((some) => [...some, ...LINES.slice(14)]);
const places = fc.array(fc.nat(), { maxLength: 40 });

test('StreamRedactor gives the same output however the stream is cut', () => {
  fc.assert(
    fc.property(lines, places, (all, at) => {
      const text = `${all.join('\r\n')}\r\n`;
      const whole = redacted([text]);
      expect(whole).not.toMatch(LEFT);
      expect(redacted(cut(text, at))).toBe(whole);
      expect(known().left(whole)).toEqual([]);
    }),
    { numRuns: 60 },
  );
  // Letter by letter.
  const text = `${LINES.join('\r\n')}\r\n`;
  expect(redacted(Array.from(text))).toBe(redacted([text]));
  expect(redacted([text])).toMatchInlineSnapshot(`
    "guest vm-1 on host-1, vm-2 on host-2
    from 198.18.0.1:443 to [2001:db8::1]:80 via ::ffff:198.18.0.2 and 2001:db8::2%eth0
    mac 02:00:00:00:00:01 02:00:00:00:00:02 02:00:00:00:00:03
    uuid 00000000-0000-4000-8000-000000000001 id c0de000000010000000000000000000000000000000000000000000000000000
    mail user-2@domain-1.example, vm-3 hangs, /home/user-3/run.sh
    mysqld --password ******** --port 3306 --token=********
    mysql -uroot -p******** -h host-3; sshpass -p ******** ssh x
    DB_PASSWORD="********" API_TOKEN=********
    postgres://user-4:********@198.18.0.3:5432/host-3 Authorization: Bearer ********
    Cookie: ********
    aws_secret_access_key = ******** ********
    key = ********
    token: ********
    Server=host-3;Uid=user-4;Pwd=********;Database=x
    -----BEGIN RSA PRIVATE KEY----- ********
    ********
    ********
    ********
    (gdb) bt
    #0  0x00007f in poll () from /lib/x86_64-linux-gnu/libc.so.6
    "
  `);
});

const sequence = fc.constantFrom(
  '\u001B[31m',
  '\u001B[0m',
  '\u001B[K',
  '\u001B[?25l',
  '\u001B(B',
  '\u001B7',
  '\u001B]0;title\u0007',
  '\u001B[0C',
);

test('StreamRedactor finds identifiers with sequences between letters, and keeps the sequences in order', () => {
  fc.assert(
    fc.property(lines, places, fc.array(fc.tuple(fc.nat(), sequence), { maxLength: 30 }), (all, at, between) => {
      const text = `${all.join('\r\n')}\r\n`;
      let styled = text;
      for (const [place, what] of between.toSorted((a, b) => (b[0] % text.length) - (a[0] % text.length))) {
        // Not within a line's end.
        const where = text[(place % text.length) - 1] === '\r' ? (place % text.length) + 1 : place % text.length;
        styled = styled.slice(0, where) + what + styled.slice(where);
      }
      const out = redacted(cut(styled, at));
      expect(bare(out)).not.toMatch(LEFT);
      expect(out.match(SEQUENCES)).toEqual(styled.match(SEQUENCES));
      // A part between cursor moves may be a name although the joined word is not.
      expect(styled.includes('\u001B[0C') || bare(out) === redacted([text])).toBe(true);
    }),
    { numRuns: 60 },
  );
});

describe('StreamRedactor', () => {
  test('releases a prompt at once, a word at its end, and no beginning of a name', () => {
    const redactor = new StreamRedactor(known(), 80);
    expect(redactor.push('(gdb) ')).toBe('(gdb) ');
    expect(redactor.push('x')).toBe('');
    expect(redactor.idle()).toBe('');
    expect(redactor.push('y bill')).toBe('xy ');
    expect(redactor.idle()).toBe('');
    expect(redactor.push('ing-3')).toBe('');
    expect(redactor.idle()).toBe('');
    expect(redactor.push('\r\n')).toBe('vm-1\r\n');
    expect(redactor.push('10.20.3')).toBe('');
    expect(redactor.idle()).toBe('');
    expect(redactor.push('0.40 ok')).toMatch(/^198\.18\.\d+\.\d+ $/);
    expect(redactor.end()).toBe('ok');
  });

  test('redacts an unknown name that is typed with pauses', () => {
    const typed = (line: string) => {
      const redactor = new StreamRedactor(known(), 80);
      return [...line.split(''), '\r\n'].map((key) => redactor.push(key) + redactor.idle()).join('');
    };
    expect(typed('ssh bob@kestrel7 uptime')).toBe('ssh user-2@host-3 uptime\r\n');
    expect(typed('host kestrel.dc1.example.org')).toBe('host host-3\r\n');
    expect(typed('Nov 30 04:28:51 kestrel7 sshd[12]: x')).toBe('Nov 30 04:28:51 host-3 sshd[12]: x\r\n');
    expect(typed('sudo:  bob : TTY=pts/0')).toBe('sudo:  user-2 : TTY=pts/0\r\n');
  });

  test('learns a name from a line and redacts it in the next ones', () => {
    expect(redacted(['session opened for user bob\r\nbob is gone\r\n'])).toBe(
      'session opened for user user-2\r\nuser-2 is gone\r\n',
    );
  });

  test('redacts a name across two rows', () => {
    for (const edge of ['', '\r\n', ' \r', '\n'])
      expect(redacted([`${'x'.repeat(15)} bill${edge}ing-3 hangs\r\n`], 20)).not.toMatch(/bill|ing-3/);
    expect(redacted(['billing-3\r\nfoo\r\n'], 9)).toBe('vm-1\r\nfoo\r\n');
  });

  test('redacts a name around cursor moves', () => {
    expect(redacted(['billing-3\u001B[5;1Hfoo\u001B[6;1Hbill\u001B[6;5Hing-3\r\n'])).not.toMatch(/bill|ing-3/);
  });

  test('redacts a name typed with a backspace', () => {
    const redactor = new StreamRedactor(known(), 80);
    const out = ['b', 'i', 'l', 'x', '\b \b', 'l', 'i', 'n', 'g', '-', '3', '\r\n'].map((key) => redactor.push(key));
    expect(out.join('')).not.toContain('ling-3');
  });

  test('redacts the title of a terminal', () => {
    expect(redacted(['\u001B]0;alice@node-7: ~\u0007$ '])).toBe('\u001B]0;user-1@host-2: ~\u0007$ ');
  });

  test('bounds held text of a line or a word without end', () => {
    const redactor = new StreamRedactor(known(), 80);
    let out = '';
    for (let i = 0; i < 30; i++) out += redactor.push('password of billing-3 '.repeat(100));
    expect(out.length).toBeGreaterThan(10_000);
    expect(out + redactor.end()).not.toContain('billing-3');
    const words = new StreamRedactor(known(), 80);
    out = '';
    for (let i = 0; i < 40; i++) out += words.push('eyJhbGciOiJSUzI1NiJ9hunter2secret'.repeat(50));
    out += words.push(' next\n') + words.end();
    expect(out).not.toContain('hunter2');
    expect(out).toMatch(/word of more than \d+ characters left out\] next\n$/);
  });

  test('holds half a sequence, and passes an invalid one', () => {
    const redactor = new StreamRedactor(known(), 80);
    expect(redactor.push('a \u001B[3')).toBe('a ');
    expect(redactor.push('1mb ')).toBe('\u001B[31mb ');
    expect(redactor.push('\u001B]0;ti') + redactor.push('tle\u001B\\ x')).toBe('\u001B]0;title\u001B\\ ');
    expect(redactor.push(' \u001B')).toBe('x ');
    expect(redactor.end()).toBe('\u001B');
  });
});

test('StreamRedactor passes any bytes without secrets unchanged', () => {
  const piece = fc.constantFrom(
    'a',
    'é',
    '日',
    ' ',
    '\r',
    '\n',
    '\b',
    '\t',
    '\u0007',
    '\u001B',
    '[',
    '3',
    'm',
    ']',
    'H',
    ';',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const redactor = new StreamRedactor(secretsOnly, 7);
      const out = pieces.map((each) => redactor.push(each) + redactor.idle()).join('') + redactor.end();
      expect(out).toBe(pieces.join(''));
    }),
    {
      numRuns: 1000,
      // Readline's blank at the end of a full row, released before it is taken back.
      examples: [['a', 'a', 'a', 'a', 'a', 'a', 'a', ' ', '\r']].map((pieces): [string[]] => [pieces]),
    },
  );
});

test('Redactor.edits equals Redactor.text', () => {
  const part = fc.constantFrom(
    '--password=x ',
    'token: y',
    ' 10.1.2.3',
    'billing-3',
    ' ',
    'postgres://u:p@10.0.0.9/',
    '"',
    '=',
    '::1',
    'a@b.example.com',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      const redactor = known();
      const out = redactor.text(text);
      expect(applied(text, redactor.edits(text))).toBe(out);
      expect(applied(text, secretEdits(text))).toBe(maskSecrets(text));
    }),
    { numRuns: 500 },
  );
});
