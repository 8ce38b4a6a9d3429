import { writeFileSync } from 'node:fs';
import { createPdfRenderer } from '#platform/pdf/renderer.ts';
import { PdfError } from '#platform/pdf/pdf-error.ts';
import { renderReport } from './render-report.ts';
import * as s from './sample-reports.ts';
const r = createPdfRenderer();
for (const [n, c] of Object.entries(s)) { if (typeof c === 'string') continue;
  try { const t = performance.now(); writeFileSync(`/tmp/out/${n}.pdf`, await renderReport(r, c)); console.log(n, performance.now() - t); } catch (e) { console.log(n, e, e instanceof PdfError ? e.diagnostics : ''); } }
await r.close();
