import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { matrixModules } from './barcode.ts';
import { readDataMatrix, readQr } from './decode-matrix.testing.ts';
import type { Modules } from './decode-matrix.testing.ts';
import { tubeLabelSvg } from './svg.ts';
import { fitsAsCode128, layOutLabel } from './tube-label.ts';
import type { LabelLayout, TubeLabel } from './tube-label.ts';
import { tubeLabelZpl } from './zpl.ts';

const label: TubeLabel = {
  accession: 'PUNE261125000429-A1',
  patientName: 'Lakshmi Raman',
  ageSex: '34 Y / F',
  tubeName: '2 h after 75 g, Fluoride',
  capColour: 'Grey',
  priority: 'stat',
  tests: ['OGTT 2 h'],
};
const readers = { datamatrix: readDataMatrix, qr: readQr } as const;
const symbologies = ['datamatrix', 'qr'] as const;

/** The modules of the symbol as its black rectangles cover them. */
function drawn({ barcode, bars, moduleMm }: LabelLayout): Modules {
  const count = Math.round(barcode.widthMm / moduleMm);
  const isBlack = (xMm: number, yMm: number) =>
    bars.some(
      (bar) => xMm > bar.xMm && xMm < bar.xMm + bar.widthMm && yMm > bar.topMm && yMm < bar.topMm + bar.heightMm,
    );
  return Array.from({ length: count }, (_, y) =>
    Array.from({ length: count }, (__, x) =>
      isBlack(barcode.xMm + (x + 0.5) * moduleMm, barcode.topMm + (y + 0.5) * moduleMm),
    ),
  );
}

test('lab-day 23: the 2D code of a label reads as its accession, whatever the lab and the aliquot', () => {
  const accession = fc
    .record({
      letters: fc.stringMatching(/^[A-Z]{1,4}$/),
      digits: fc.stringMatching(/^[0-9]{12}$/),
      suffix: fc.constantFrom('', '-A1', '-A9'),
    })
    .map(({ letters, digits, suffix }) => letters + digits + suffix);
  fc.assert(
    fc.property(accession, fc.constantFrom(...symbologies), (text, symbology) => {
      assert.equal(readers[symbology](drawn(layOutLabel({ ...label, accession: text, symbology }))), text);
    }),
    { numRuns: 200 },
  );
});

test('a wrong module is seen by the reader, so that a right reading means something', () => {
  const modules = matrixModules('N261125000016', 'datamatrix');
  const wrong = modules.map((row, y) => row.map((isBlack, x) => (y === 1 && x === 1 ? !isBlack : isBlack)));
  assert.equal(readDataMatrix(modules), 'N261125000016');
  assert.notEqual(readDataMatrix(wrong), 'N261125000016');
});

test('the printer is told which 2D code to draw, with modules of whole dots', () => {
  const zpl = tubeLabelZpl({ ...label, symbology: 'datamatrix' });
  // 1.5 mm and 8 mm from the edges at 8 dots/mm; half a millimetre is four dots.
  assert.match(zpl, /\^FO12,64\^BXN,4,200\^FDPUNE261125000429-A1\^FS/);
  assert.match(tubeLabelZpl({ ...label, symbology: 'datamatrix' }, { dotsPerMm: 12 }), /\^FO18,96\^BXN,6,200/);
  assert.match(tubeLabelZpl({ ...label, symbology: 'qr' }), /\^FO12,64\^BQN,2,2\^FDMA,PUNE261125000429-A1\^FS/);
  for (const each of symbologies) assert.doesNotMatch(tubeLabelZpl({ ...label, symbology: each }), /\^BC|\^BY/);
});

test('the white around a 2D code is kept, and the accession beside it is whole', () => {
  for (const symbology of symbologies) {
    for (const accession of ['N261125000016', 'PUNE261125000429-A1', 'W'.repeat(20)]) {
      const { barcode, moduleMm, texts } = layOutLabel({ ...label, accession, symbology });
      const white = (symbology === 'qr' ? 4 : 1) * moduleMm;
      assert.ok(barcode.xMm >= white);
      for (const text of texts) {
        const isAbove = text.topMm + text.sizeMm <= barcode.topMm - white;
        const isBelow = text.topMm >= barcode.topMm + barcode.heightMm + white;
        const isRight = text.xMm >= barcode.xMm + barcode.widthMm + white;
        assert.ok(isAbove || isBelow || isRight, `${symbology} ${accession} ${text.text}`);
      }
      assert.ok(tubeLabelSvg({ ...label, accession, symbology }).includes(`>${accession}<`));
    }
  }
});

test('an accession of four letters with a suffix is too long for bars, and is not for a 2D code', () => {
  assert.equal(fitsAsCode128(label.accession), false);
  assert.throws(() => layOutLabel(label), RangeError);
  assert.equal(fitsAsCode128('PU261125000429-A1'), true);
  for (const symbology of symbologies)
    assert.throws(() => layOutLabel({ ...label, accession: 'a b', symbology }), RangeError);
});
