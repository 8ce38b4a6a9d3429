// Trap: the named export `raw` of bwip-js draws a symbology of that name; the drawing of raw bars is on the default export.
import bwip from 'bwip-js';

/** What a label may carry as barcode: capital letters, digits, hyphen (aliquot suffix). `>` would switch sets in ZPL. */
const ACCESSION = /^[A-Z0-9-]{1,20}$/;

function checked(accession: string): string {
  if (!ACCESSION.test(accession)) {
    throw new RangeError('A label barcode has 1 to 20 capital letters, digits or hyphens.');
  }
  return accession;
}

/**
 * Widths of bars and gaps of the Code 128 symbol in modules, starting and ending with a bar, without quiet zones.
 * Runs of digits use set C (two digits a character), as the printer's automatic mode does.
 * @throws RangeError when the text is not 1 to 20 of A-Z, 0-9 and hyphen
 */
export function barcodeModules(accession: string): readonly number[] {
  const [symbol] = bwip.raw({ bcid: 'code128', text: checked(accession) });
  if (symbol === undefined || !('sbs' in symbol)) throw new Error('The barcode library drew no bars.');
  return symbol.sbs;
}

/** The 2D codes a label can carry, both square; QR with error correction level M, or more where it takes no room. */
export type MatrixSymbology = 'datamatrix' | 'qr';

/**
 * The modules of a 2D code, row by row from the top, true is black; without quiet zone.
 * @throws RangeError as barcodeModules
 */
export function matrixModules(accession: string, symbology: MatrixSymbology): readonly (readonly boolean[])[] {
  const bcid = symbology === 'qr' ? 'qrcode' : 'datamatrix';
  const [symbol] = bwip.raw({ bcid, text: checked(accession), ...(symbology === 'qr' ? { eclevel: 'M' } : {}) });
  if (symbol === undefined || !('pixs' in symbol)) throw new Error('The barcode library drew no modules.');
  const { pixs, pixx, pixy } = symbol;
  const row = (y: number) => Array.from({ length: pixx }, (_, x) => pixs[y * pixx + x] === 1);
  return Array.from({ length: pixy }, (_, y) => row(y));
}
