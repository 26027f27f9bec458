import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { allInXml, inXml, parseXml, writeXml } from '../../src/lib/xml.ts';

test('parses elements, attributes in both quotes, text and entities', () => {
  const root = parseXml(
    `<?xml version='1.0'?><!-- <a> --><domain type="kvm" id='3'>\n <name>a &lt;b&gt; &amp; &#x41;&#66;</name><on/><disk dev='x>y'/><disk/><![CDATA[<raw>]]></domain>`,
  );
  expect(root?.attributes).toEqual(
    new Map([
      ['type', 'kvm'],
      ['id', '3'],
    ]),
  );
  expect(inXml(root, 'name')?.text).toBe('a <b> & AB');
  expect(allInXml(root, 'disk').map(({ attributes }) => attributes.get('dev'))).toEqual(['x>y', undefined]);
  expect(root?.text).toBe('<raw>');
  expect(inXml(root, 'no', 'such')).toBeUndefined();
});

test('closes an open element with its parent, and ignores an end without a start', () => {
  const root = parseXml('<a></x><b><c>1</b>2</a>');
  expect(inXml(root, 'b', 'c')?.text).toBe('1');
  expect(root?.text).toBe('2');
  expect(parseXml('no xml')).toBeUndefined();
});

test('parses its own output to the same tree', () => {
  const root = parseXml(`<a b='1 &apos;&quot;'><c>&lt;x/&gt;</c><d/></a>`);
  if (!root) throw new Error('not parsed');
  expect(parseXml(writeXml(root))).toEqual(root);
});

test('parses any text in linear time', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '/',
    '</a>',
    '<a',
    ' b=',
    "'",
    '"',
    '<!--',
    '<![CDATA[',
    '&#',
    ';',
    'x',
    '?',
    ' ',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(pieces, { maxLength: 80 }).map((all) => all.join('')),
      ),
      (text) => {
        const root = parseXml(text);
        expect(root === undefined || parseXml(writeXml(root)) !== undefined).toBe(true);
      },
    ),
  );
  // Were one of these not linear, this would take hours.
  parseXml('<a>'.repeat(200_000));
  parseXml(`<a ${'b='.repeat(300_000)}`);
  parseXml('<a b="1"'.repeat(100_000));
});
