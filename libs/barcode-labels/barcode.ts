// Trap: the named export `raw` of bwip-js draws a symbology of that name; the drawing of raw bars is on the default export.
import bwip from 'bwip-js';

/** What a label may carry as barcode: capital letters, digits, hyphen (aliquot suffix). `>` would switch sets in ZPL. */
const ACCESSION = /^[A-Z0-9-]{1,20}$/;

/**
 * Widths of bars and gaps of the Code 128 symbol in modules, starting and ending with a bar, without quiet zones.
 * Runs of digits use set C (two digits a character), as the printer's automatic mode does.
 * @throws RangeError when the text is not 1 to 20 of A-Z, 0-9 and hyphen
 */
export function barcodeModules(accession: string): readonly number[] {
  if (!ACCESSION.test(accession)) {
    throw new RangeError('A label barcode has 1 to 20 capital letters, digits or hyphens.');
  }
  const [symbol] = bwip.raw({ bcid: 'code128', text: accession });
  if (symbol === undefined || !('sbs' in symbol)) throw new Error('The barcode library drew no bars.');
  return symbol.sbs;
}
