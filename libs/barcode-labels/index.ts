// Tube labels of 50 x 25 mm: as ZPL II for a thermal printer, as SVG for screens and PDF.
export { barcodeModules, matrixModules, type MatrixSymbology } from './barcode.ts';
export {
  type Area,
  fitsAsCode128,
  LABEL_HEIGHT_MM,
  LABEL_WIDTH_MM,
  type LabelLayout,
  type LabelText,
  layOutLabel,
  type Symbology,
  type TubeLabel,
} from './tube-label.ts';
export { tubeLabelSvg } from './svg.ts';
export { tubeLabelZpl, type ZplOptions } from './zpl.ts';
