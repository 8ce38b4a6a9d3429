// ZPL II, from Zebra's programming guide: ^FH makes _XX a byte in hex, ^CI28 makes those bytes UTF-8, ^BC in mode A picks
// the Code 128 sets itself. Nothing of a label reaches the printer unescaped except A-Z, a-z, 0-9 and a few signs.
import {
  LABEL_HEIGHT_MM,
  LABEL_WIDTH_MM,
  type LabelLayout,
  type LabelText,
  layOutLabel,
  type TubeLabel,
} from './tube-label.ts';

export type ZplOptions = {
  /** 8 for a 203 dpi printer (default), 12 for 300 dpi. */
  readonly dotsPerMm?: 8 | 12;
  /** Copies of the label, 1 to 20. Default 1. */
  readonly copies?: number;
};

/**
 * One label as a complete ZPL format, ^XA to ^XZ, ASCII only, lines ended by LF.
 * Font 0 of most printers has no Devanagari: print such names as PDF.
 * @throws RangeError as for the accession in tubeLabelSvg, or when copies is out of bounds
 */
export function tubeLabelZpl(label: TubeLabel, { dotsPerMm = 8, copies = 1 }: ZplOptions = {}): string {
  if (!Number.isInteger(copies) || copies < 1 || copies > 20) throw new RangeError('Copies must be 1 to 20.');
  const dots = (mm: number): number => Math.round(mm * dotsPerMm);
  const { texts, ...symbol } = layOutLabel(label);
  const lines = [
    '^XA',
    '^CI28',
    `^PW${dots(LABEL_WIDTH_MM)}`,
    `^LL${dots(LABEL_HEIGHT_MM)}`,
    '^LH0,0',
    ...barcodeField(symbol, dots),
    ...texts.flatMap((text) => textField(text, dots)),
    `^PQ${copies}`,
    '^XZ',
    '',
  ];
  return lines.join('\n');
}

/** The printer draws the symbol itself: `^BC` Code 128, `^BX` Data Matrix ECC 200, `^BQ` QR model 2. */
function barcodeField(
  { symbology, accession, barcode, moduleMm }: Omit<LabelLayout, 'texts'>,
  dots: (mm: number) => number,
): string[] {
  const at = `^FO${dots(barcode.xMm)},${dots(barcode.topMm)}`;
  const module = dots(moduleMm);
  switch (symbology) {
    case 'code128':
      return [`^BY${module}`, `${at}^BCN,${dots(barcode.heightMm)},N,N,N,A^FD${accession}^FS`];
    case 'datamatrix':
      return [`${at}^BXN,${module},200^FD${accession}^FS`];
    case 'qr':
      // M: error correction; A: the printer chooses the character mode.
      return [`${at}^BQN,2,${module}^FDMA,${accession}^FS`];
    default:
      return symbology satisfies never;
  }
}

function textField({ text, xMm, topMm, sizeMm, box }: LabelText, dots: (mm: number) => number): string[] {
  const field = `^FO${dots(xMm)},${dots(topMm)}^A0N,${dots(sizeMm)},${dots(sizeMm)}`;
  if (box === undefined) return [`${field}^FH^FD${escaped(text)}^FS`];
  const height = dots(box.heightMm);
  // ^FR inverts what lies under the text: white letters in the black box drawn just before.
  return [
    `^FO${dots(box.xMm)},${dots(box.topMm)}^GB${dots(box.widthMm)},${height},${height}^FS`,
    `${field}^FR^FH^FD${escaped(text)}^FS`,
  ];
}

/** Every byte but letters, digits and harmless signs as _XX, so that no text can hold a command or end its field. */
function escaped(text: string): string {
  let out = '';
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    out += /^[A-Za-z0-9 .,:/()+-]$/.test(character)
      ? character
      : `_${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
