import { readFileSync } from 'node:fs';
import { createPdfRenderer } from '#platform/pdf/renderer.ts';
import { renderReport } from './render-report.ts';
import { longReport } from './sample-reports.ts';
const rss = () => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024);
const before = rss();
const r = createPdfRenderer();
const times: number[] = [];
for (let i = 0; i < 100; i++) { const t = performance.now(); const p = await renderReport(r, { ...longReport, patient: { ...longReport.patient, name: `Patient ${i}`, mrn: `NID${i}` }, report: { ...longReport.report, number: `R${i}` }, sections: longReport.sections.map((s) => ({ ...s, tests: s.tests.map((x) => ({ ...x, results: x.results.map((y) => ({ ...y, value: y.unit === '' ? y.value : String(i + 0.5) })) })) })) }); times.push(performance.now() - t); if (i === 0) console.log('first', times[0], p.length); }
const s = times.slice(5).sort((a, b) => a - b);
console.log('p50', s[Math.floor(s.length / 2)], 'p95', s[Math.floor(s.length * 0.95)], 'max', s.at(-1), 'rss', before, rss());
await r.close();
