import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { barcodeModules } from './barcode.ts';
import { tubeLabelSvg } from './svg.ts';
import { cutToWidth, listToWidth, onOneLine, widthInEm } from './text-width.ts';
import type { TubeLabel } from './tube-label.ts';
import { tubeLabelZpl } from './zpl.ts';

const label: TubeLabel = {
  accession: 'PUN261125000429',
  patientName: 'Lakshmi Raman',
  ageSex: '34 Y / F',
  tubeName: 'EDTA 3 ml',
  capColour: 'Lavender',
  collectBy: '25-11 09:30',
  priority: 'stat',
  tests: ['CBC', 'HbA1c'],
};

// By hand at 8 dots/mm. Barcode: start, P, U, N, code C, six pairs, check = 12 x 11 + stop 13 = 145 modules = 36.25 mm, so
// x = 6.875, to the quarter 7 mm = 56. STAT in Noto Sans Bold: 56+58+70+58 = 2.42 em x 2.5 mm = 6.05 mm, right edge 48.5
// less half a mm of box: x = 41.95 mm = 336; box 0.5 mm to the left and 7.05 mm wide. Accession 63+76+82+12 x 58 = 9.17 em
// x 3 mm, centred: 11.245 mm = 90. Time 'By 25-11 09:30' 7.02 em x 2.25 mm = 15.795: x = 32.705 mm = 262.
const golden = `^XA
^CI28
^PW400
^LL200
^LH0,0
^BY2
^FO56,58^BCN,64,N,N,N,A^FDPUN261125000429^FS
^FO12,8^A0N,24,24^FH^FDLakshmi Raman^FS
^FO12,36^A0N,18,18^FH^FD34 Y / F^FS
^FO332,8^GB56,24,24^FS
^FO336,10^A0N,20,20^FR^FH^FDSTAT^FS
^FO90,125^A0N,24,24^FH^FDPUN261125000429^FS
^FO12,152^A0N,18,18^FH^FDEDTA 3 ml _C2_B7 Lavender^FS
^FO262,152^A0N,18,18^FH^FDBy 25-11 09:30^FS
^FO12,174^A0N,18,18^FH^FDCBC, HbA1c^FS
^PQ1
^XZ
`;

test('the ZPL of a label is the one worked out by hand', () => {
  assert.equal(tubeLabelZpl(label), golden);
});

test('a 300 dpi printer gets the same label in finer dots', () => {
  const zpl = tubeLabelZpl(label, { dotsPerMm: 12, copies: 3 });
  assert.match(zpl, /\^PW600\n\^LL300\n/);
  assert.match(zpl, /\^BY3\n\^FO84,87\^BCN,96,/);
  assert.match(zpl, /\^PQ3\n\^XZ\n$/);
});

/** The commands of a format with the data taken out: what the printer is told to do. */
function commandsOf(zpl: string): string[] {
  return zpl.replace(/\^FD[^^~]*/g, '^FD').match(/[\^~][A-Z]\w?/g) ?? [];
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom('^', '~', '\\', '_', '&', '>', '<', 'X', 'A', 'Z', 'J', 'R', '5', 'E', '\n', '"', "'"),
    maxLength: 60,
  }),
);

test('no text of a label can add, end or change a printer command', () => {
  const benign = commandsOf(tubeLabelZpl(label));
  const named = hostile.map((text) => `x${text}`);
  fc.assert(
    fc.property(named, named, named, (patientName, tubeName, name) => {
      const zpl = tubeLabelZpl({
        ...label,
        patientName,
        tubeName,
        ageSex: tubeName,
        collectBy: name,
        tests: [name, name],
      });
      assert.deepEqual(commandsOf(zpl), benign);
      assert.doesNotMatch(zpl, /[~\\]/);
      assert.match(zpl, /^[\n\x20-\x7e]*$/);
    }),
    { numRuns: 500 },
  );
});

test('a name made of commands is printed as letters', () => {
  const zpl = tubeLabelZpl({ ...label, patientName: '^XZ~JR\\&_5E' });
  assert.match(zpl, /\^FD_5EXZ_7EJR_5C_26_5F5E\^FS/);
});

test('no text of a label can add an element to the SVG', () => {
  const tags = (svg: string): string[] => svg.match(/<\/?[a-z]+/g) ?? [];
  const benign = tags(tubeLabelSvg(label));
  fc.assert(
    fc.property(hostile, (text) => {
      const svg = tubeLabelSvg({ ...label, patientName: `x${text}`, tests: [`x${text}`] });
      assert.deepEqual(tags(svg), benign);
    }),
  );
  assert.match(tubeLabelSvg({ ...label, patientName: '<a>&"' }), />&#60;a&#62;&#38;&#34;</);
});

test('the SVG is 50 by 25 mm and has the bars of the symbol', () => {
  const svg = tubeLabelSvg(label);
  assert.match(svg, /width="50mm" height="25mm" viewBox="0 0 50 25"/);
  const bars = [...svg.matchAll(/M([\d.]+) 7\.25h([\d.]+)v8h-[\d.]+z/g)].map(([, x, width]) => [
    Number(x),
    Number(width),
  ]);
  assert.equal(bars.length, 40); // 12 characters of three bars and the stop of four
  assert.deepEqual(bars[0], [7, 0.5]);
  assert.deepEqual(bars.at(-1), [42.75, 0.5]); // stop ends at 7 + 36.25
});

test('bars are those of Code 128 with set C for the digits', () => {
  // ISO/IEC 15417: start B 211214, P 313121, U 213131, N 113123 (values 48, 53, 46), code C 113141, 26 = 312212 ...
  const modules = barcodeModules('PUN261125000429').join('');
  assert.ok(modules.startsWith('211214'));
  assert.ok(modules.endsWith('2331112'));
  assert.equal(modules.length, 12 * 6 + 7);
  assert.equal(
    [...modules].reduce((sum, width) => sum + Number(width), 0),
    145,
  );
});

test('an accession that cannot be printed or does not fit is refused', () => {
  for (const accession of ['', 'pun1', 'PUN 1', 'PUN^1', 'PUN>5', 'पुण1', 'A'.repeat(21), 'ABCDEFGHIJKLMNOPQRST']) {
    assert.throws(() => tubeLabelZpl({ ...label, accession }), RangeError, accession);
    assert.throws(() => tubeLabelSvg({ ...label, accession }), RangeError, accession);
  }
  assert.ok(tubeLabelZpl({ ...label, accession: 'PUN261125000429-1' }));
  for (const copies of [0, 21, 1.5]) assert.throws(() => tubeLabelZpl(label, { copies }), RangeError);
});

test('the time of drawing replaces the time to collect by', () => {
  const drawn = tubeLabelSvg({ ...label, drawnAt: '25-11 09:12' });
  assert.match(drawn, />Drawn 25-11 09:12</);
  assert.doesNotMatch(drawn, /By 25-11/);
  assert.doesNotMatch(tubeLabelSvg({ ...label, priority: 'routine' }), /fill="#fff">ROUTINE/);
});

test('names are cut by printed width, at a whole letter', () => {
  assert.equal(cutToWidth('Anita', 10), 'Anita');
  const wide = cutToWidth('W'.repeat(40), 10);
  const narrow = cutToWidth('i'.repeat(40), 10);
  assert.ok(narrow.length > 2 * wide.length);
  const name = 'क्षत्रिय'.repeat(8);
  const cut = cutToWidth(name, 12);
  assert.ok(cut.endsWith('…') && name.startsWith(cut.slice(0, -1)));
  // A cluster boundary: the next letter of the name starts a new syllable, it is neither a vowel sign nor a virama.
  assert.doesNotMatch(name.slice(cut.length - 1), /^[\p{M}\u200d]/u);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 2, max: 20 }), (text, em) => {
      assert.ok(widthInEm(cutToWidth(text, em)) <= em);
    }),
  );
});

test('a long list of tests says how many are left out', () => {
  assert.equal(listToWidth(['CBC', 'ESR'], 20), 'CBC, ESR');
  // C 65 B 67 C 65, comma 29 and blank 26, E 56 S 56 R 66, comma and blank, + 58 and 2 58 = 6.01 em: one hundredth too wide.
  assert.equal(listToWidth(['CBC', 'ESR', 'HbA1c', 'Retic'], 6.01), 'CBC, ESR, +2');
  assert.equal(listToWidth(['CBC', 'ESR', 'HbA1c', 'Retic'], 6), 'CBC, +3');
  assert.equal(listToWidth([], 20), '');
});

test('a line has no breaks, control or direction characters', () => {
  assert.equal(onOneLine(' A\r\n\u001bB\u202eC\u2066 \t D\ud800'), 'A B C D\ufffd');
});
