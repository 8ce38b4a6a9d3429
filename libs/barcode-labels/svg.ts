import {
  LABEL_HEIGHT_MM,
  LABEL_WIDTH_MM,
  type LabelLayout,
  type LabelText,
  layOutLabel,
  MODULE_MM,
} from './tube-label.ts';
import type { TubeLabel } from './tube-label.ts';
import { widthInEm } from './text-width.ts';

/**
 * One label as a standalone SVG of 50 x 25 mm; one user unit is a millimetre.
 * @throws RangeError when the accession is not 1 to 20 of A-Z, 0-9 and hyphen, or too long for the label
 */
export function tubeLabelSvg(label: TubeLabel): string {
  const layout = layOutLabel(label);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${LABEL_WIDTH_MM}mm" height="${LABEL_HEIGHT_MM}mm" viewBox="0 0 ${LABEL_WIDTH_MM} ${LABEL_HEIGHT_MM}" font-family="'Noto Sans', 'Noto Sans Devanagari', Arial, sans-serif">`,
    `<rect width="${LABEL_WIDTH_MM}" height="${LABEL_HEIGHT_MM}" fill="#fff"/>`,
    `<path fill="#000" shape-rendering="crispEdges" d="${bars(layout)}"/>`,
    ...layout.texts.map(textElement),
    '</svg>',
    '',
  ].join('\n');
}

function bars({ modules, barcode: { xMm, topMm, heightMm } }: LabelLayout): string {
  let x = xMm;
  let path = '';
  for (const [i, width] of modules.entries()) {
    if (i % 2 === 0) path += `M${x} ${topMm}h${width * MODULE_MM}v${heightMm}h-${width * MODULE_MM}z`;
    x += width * MODULE_MM;
  }
  return path;
}

function textElement({ text, xMm, topMm, sizeMm, isBold, isInverse }: LabelText): string {
  const weight = isBold ? ' font-weight="700"' : '';
  const baselineMm = Math.round((topMm + sizeMm * 0.82) * 1000) / 1000;
  const fill = isInverse ? ' fill="#fff"' : '';
  const element = `<text x="${xMm}" y="${baselineMm}" font-size="${sizeMm}"${weight}${fill}>${escaped(text)}</text>`;
  if (!isInverse) return element;
  const width = Math.round((widthInEm(text) * sizeMm + 1) * 1000) / 1000;
  return `<rect x="${xMm - 0.5}" y="${topMm - 0.25}" width="${width}" height="${sizeMm + 0.5}" fill="#000"/>${element}`;
}

function escaped(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
