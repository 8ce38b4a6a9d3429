import {
  LABEL_HEIGHT_MM,
  LABEL_WIDTH_MM,
  type LabelLayout,
  type LabelText,
  layOutLabel,
  type TubeLabel,
} from './tube-label.ts';

/**
 * One label as a standalone SVG of 50 x 25 mm; one user unit is a millimetre.
 * @throws RangeError when the accession is not 1 to 20 of A-Z, 0-9 and hyphen, or too long for the label
 */
export function tubeLabelSvg(label: TubeLabel): string {
  const layout = layOutLabel(label);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${LABEL_WIDTH_MM}mm" height="${LABEL_HEIGHT_MM}mm" viewBox="0 0 ${LABEL_WIDTH_MM} ${LABEL_HEIGHT_MM}" font-family="'Noto Sans', 'Noto Sans Devanagari', Arial, sans-serif">`,
    `<rect width="${LABEL_WIDTH_MM}" height="${LABEL_HEIGHT_MM}" fill="#fff"/>`,
    `<path fill="#000" shape-rendering="crispEdges" d="${pathOf(layout)}"/>`,
    ...layout.texts.map(textElement),
    '</svg>',
    '',
  ].join('\n');
}

function pathOf({ bars }: LabelLayout): string {
  return bars
    .map(({ xMm, topMm, widthMm, heightMm }) => `M${xMm} ${topMm}h${widthMm}v${heightMm}h-${widthMm}z`)
    .join('');
}

function textElement({ text, xMm, baselineMm, sizeMm, isBold, box }: LabelText): string {
  const weight = isBold ? ' font-weight="700"' : '';
  const fill = box === undefined ? '' : ' fill="#fff"';
  const element = `<text x="${xMm}" y="${baselineMm}" font-size="${sizeMm}"${weight}${fill}>${escaped(text)}</text>`;
  if (box === undefined) return element;
  return `<rect x="${box.xMm}" y="${box.topMm}" width="${box.widthMm}" height="${box.heightMm}" fill="#000"/>${element}`;
}

function escaped(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
