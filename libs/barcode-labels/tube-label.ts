// Where everything stands on a 50 x 25 mm tube label, in millimetres. Both outputs draw this one layout.
import { barcodeModules, matrixModules } from './barcode.ts';
import type { MatrixSymbology } from './barcode.ts';
import { cutToWidth, listToWidth, onOneLine, widthInEm } from './text-width.ts';

export const LABEL_WIDTH_MM = 50;
export const LABEL_HEIGHT_MM = 25;

export type Symbology = 'code128' | MatrixSymbology;

export type TubeLabel = {
  /** 1 to 20 of A-Z, 0-9, hyphen; printed as barcode and as text beside it. */
  readonly accession: string;
  /** Code 128 when absent; a 2D code for what is too long for it, small tubes and camera readers. */
  readonly symbology?: Symbology;
  readonly patientName: string;
  /** As printed: '34 Y / F'. */
  readonly ageSex: string;
  /** '1 of 2 EDTA 3 ml', 'Fluoride, fasting' … */
  readonly tubeName: string;
  /** Word, as a thermal label has no colour: 'Lavender'. */
  readonly capColour: string;
  /** Short local time as printed, '25-11 09:30'; used until the tube is drawn. */
  readonly collectBy?: string;
  /** Short local time as printed; replaces collectBy. */
  readonly drawnAt?: string;
  readonly priority: 'routine' | 'urgent' | 'stat';
  /** Short names of the tests of this tube, most important first. */
  readonly tests: readonly string[];
  readonly labName?: string;
};

/** One line of text; top left corner, size is the height of the letters' body, all in mm. */
export type LabelText = {
  readonly text: string;
  readonly xMm: number;
  readonly topMm: number;
  readonly sizeMm: number;
  readonly isBold: boolean;
  /** Where the letters stand: below the top by the height of capitals and accents. */
  readonly baselineMm: number;
  /** Present when the text is white on this black box. */
  readonly box?: Area;
};

/** Top left corner and size, in mm. */
export type Area = {
  readonly xMm: number;
  readonly topMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
};

export type LabelLayout = {
  readonly texts: readonly LabelText[];
  readonly accession: string;
  readonly symbology: Symbology;
  /** Width of the narrow bar, or side of a module of a 2D code, mm. */
  readonly moduleMm: number;
  /** The whole symbol, without quiet zones. */
  readonly barcode: Area;
  /** Its black rectangles: bars as high as the symbol, or runs of black modules of a 2D code. */
  readonly bars: readonly Area[];
};

/** Narrow bar. 0.25 mm is two dots at 8 dots/mm and three at 12: drawn exactly by both usual printers. */
export const MODULE_MM = 0.25;
const QUIET_MM = 10 * MODULE_MM; // Src: ISO/IEC 15417: ten modules of white on both sides.
// Src: ISO/IEC 16022: one module of white around a Data Matrix; ISO/IEC 18004: four around a QR code. Four dots a module at
// 8 dots/mm for the one; the other is finer, so that its white fits between the lines of text.
const MATRIX_MODULE_MM = { datamatrix: 0.5, qr: 0.25 } as const satisfies Readonly<Record<MatrixSymbology, number>>;
const MATRIX_TOP_MM = 8;
const EDGE_MM = 1.5;
const BOX_MARGIN_MM = 0.5;
const RIGHT_MM = LABEL_WIDTH_MM - EDGE_MM;
const WIDTH_MM = RIGHT_MM - EDGE_MM;

/** Whether the Code 128 of the accession, with its white, fits on the label. @throws RangeError when it is not printable */
export function fitsAsCode128(accession: string): boolean {
  return widthOf(barcodeModules(accession)) + 2 * QUIET_MM <= LABEL_WIDTH_MM;
}

/**
 * Places the parts of a label; texts are cut to their room, never the barcode.
 * @throws RangeError when the accession is not printable, or its Code 128 too long for the label
 */
export function layOutLabel(label: TubeLabel): LabelLayout {
  const symbology = label.symbology ?? 'code128';
  const symbol = symbology === 'code128' ? linear(label.accession) : matrix(label.accession, symbology);
  const { text, ...placed } = symbol;
  return { texts: [...topLines(label), text, ...bottomLines(label)], accession: label.accession, symbology, ...placed };
}

type PlacedSymbol = Pick<LabelLayout, 'barcode' | 'bars' | 'moduleMm'> & { readonly text: LabelText };

function linear(accession: string): PlacedSymbol {
  const modules = barcodeModules(accession);
  if (!fitsAsCode128(accession)) throw new RangeError('The accession is too long for a 50 mm label.');
  const widthMm = widthOf(modules);
  // Rounded to a quarter of a millimetre so that bars start on a printer dot.
  const startMm = Math.round((LABEL_WIDTH_MM - widthMm) * 2) / 4;
  const barcode = { xMm: startMm, topMm: 7.25, widthMm, heightMm: 8 };
  let xMm = startMm;
  const bars: Area[] = [];
  for (const [i, width] of modules.entries()) {
    if (i % 2 === 0) bars.push({ ...barcode, xMm, widthMm: width * MODULE_MM });
    xMm += width * MODULE_MM;
  }
  return { barcode, bars, moduleMm: MODULE_MM, text: centred(accession, 15.6, 3) };
}

function widthOf(modules: readonly number[]): number {
  return modules.reduce((sum, width) => sum + width, 0) * MODULE_MM;
}

/** The 2D code at the left, the accession to its right, as large as the room allows: it is never cut. */
function matrix(accession: string, symbology: MatrixSymbology): PlacedSymbol {
  const rows = matrixModules(accession, symbology);
  const moduleMm = MATRIX_MODULE_MM[symbology];
  const sideMm = rows.length * moduleMm;
  const barcode = { xMm: EDGE_MM, topMm: MATRIX_TOP_MM, widthMm: sideMm, heightMm: sideMm };
  const bars = rows.flatMap((row, y) =>
    runsOf(row).map(({ from, length }) => ({
      xMm: EDGE_MM + from * moduleMm,
      topMm: MATRIX_TOP_MM + y * moduleMm,
      widthMm: length * moduleMm,
      heightMm: moduleMm,
    })),
  );
  const textMm = EDGE_MM + sideMm + 2;
  const sizeMm = Math.min(3, Math.floor(((RIGHT_MM - textMm) / widthInEm(accession)) * 100) / 100);
  return { barcode, bars, moduleMm, text: { ...atLeft(accession, 11, sizeMm, true), xMm: textMm } };
}

/** Where black begins in a row and how many modules it goes on. */
function runsOf(row: readonly boolean[]): readonly { readonly from: number; readonly length: number }[] {
  const runs: { from: number; length: number }[] = [];
  for (const [x, isBlack] of row.entries()) {
    const last = runs.at(-1);
    if (!isBlack) continue;
    if (last !== undefined && last.from + last.length === x) last.length += 1;
    else runs.push({ from: x, length: 1 });
  }
  return runs;
}

function topLines(label: TubeLabel): LabelText[] {
  const mark = label.priority === 'routine' ? undefined : boxedToRight(label.priority.toUpperCase(), 1.25, 2.5);
  const nameRoom = (mark === undefined ? WIDTH_MM : mark.xMm - 1.5 - EDGE_MM) / 3;
  const name = onOneLine(label.patientName);
  const ageSex = onOneLine(label.ageSex);
  const lines = [atLeft(cutToWidth(name, nameRoom), 1, 3, true), atLeft(cutToWidth(ageSex, 8), 4.5, 2.25, false)];
  if (label.labName !== undefined) lines.push(toRight(cutToWidth(onOneLine(label.labName), 12), 4.5, 2.25));
  return mark === undefined ? lines : [...lines, mark];
}

function bottomLines(label: TubeLabel): LabelText[] {
  const time = onOneLine(timeText(label));
  const timeLine = time === '' ? [] : [toRight(cutToWidth(time, 11), 19, 2.25)];
  const roomMm = (timeLine[0]?.xMm ?? RIGHT_MM) - 1 - EDGE_MM;
  const tube = cutToWidth(onOneLine(`${label.tubeName} · ${label.capColour}`), roomMm / 2.25);
  const tests = listToWidth(label.tests.map(onOneLine), WIDTH_MM / 2.25);
  return [atLeft(tube, 19, 2.25, true), ...timeLine, ...(tests === '' ? [] : [atLeft(tests, 21.75, 2.25, false)])];
}

function timeText({ drawnAt, collectBy }: TubeLabel): string {
  if (drawnAt !== undefined) return `Drawn ${drawnAt}`;
  return collectBy === undefined ? '' : `By ${collectBy}`;
}

function atLeft(text: string, topMm: number, sizeMm: number, isBold: boolean): LabelText {
  return { text, xMm: EDGE_MM, topMm, sizeMm, isBold, baselineMm: baseline(topMm, sizeMm) };
}

// Right and centre are computed here rather than left to the printer: ZPL field blocks give `\&` a meaning of its own.
function toRight(text: string, topMm: number, sizeMm: number): LabelText {
  const xMm = round(RIGHT_MM - widthInEm(text) * sizeMm);
  return { text, xMm, topMm, sizeMm, isBold: false, baselineMm: baseline(topMm, sizeMm) };
}

function boxedToRight(text: string, topMm: number, sizeMm: number): LabelText {
  const widthMm = round(widthInEm(text) * sizeMm + 2 * BOX_MARGIN_MM);
  const box = { xMm: round(RIGHT_MM - widthMm), topMm: topMm - 0.25, widthMm, heightMm: sizeMm + 0.5 };
  const xMm = round(box.xMm + BOX_MARGIN_MM);
  return { text, xMm, topMm, sizeMm, isBold: true, baselineMm: baseline(topMm, sizeMm), box };
}

function centred(text: string, topMm: number, sizeMm: number): LabelText {
  const xMm = round((LABEL_WIDTH_MM - widthInEm(text) * sizeMm) / 2);
  return { text, xMm, topMm, sizeMm, isBold: true, baselineMm: baseline(topMm, sizeMm) };
}

function baseline(topMm: number, sizeMm: number): number {
  return round(topMm + sizeMm * 0.82);
}

function round(mm: number): number {
  return Math.round(mm * 1000) / 1000;
}
