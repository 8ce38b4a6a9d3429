// The page behind the QR code of a report: tells anyone who holds the paper whether it is genuine and current. It shows
// no health data and no name of a patient.
import type { FastifyInstance } from 'fastify';

import { ServiceError } from '#platform/errors.ts';
import type { CallOutput } from '#platform/contract.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { checkReport } from '#contract/report.ts';

import { html, page } from '../html.ts';
import type { Html } from '../html.ts';

type Check = CallOutput<typeof checkReport>;

const dateTime = new Intl.DateTimeFormat('en-IN', { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Kolkata' });

function verdict({ status, isPartial, supersededBy }: Check): Html {
  switch (status) {
    case 'released':
      return html`<p class="verdict good">✔ Genuine and current</p>
        <p>This report was issued by the laboratory named above and is its latest version.</p>
        ${isPartial ? html`<p>It is an interim report: some results are still to come.</p>` : null}`;
    case 'superseded':
      return html`<p class="verdict bad">✖ Superseded</p>
        <p>
          The laboratory has issued a newer version of this
          report${supersededBy === null ? null : html`: <strong>${supersededBy}</strong>`}. Do not rely on this one; ask
          the laboratory for the new one.
        </p>`;
    case 'making':
    case 'failed':
      return html`<p class="verdict bad">✖ Not released</p>
        <p>The laboratory has not released this report.</p>`;
    default:
      return status satisfies never;
  }
}

function checkPage(check: Check): string {
  return page(
    'Report check',
    html`<h1>Report check</h1>
      <p class="dim">${check.labName}</p>
      <div class="card">
        ${verdict(check)}
        <table>
          <tr>
            <th>Report</th>
            <td>${check.number}</td>
          </tr>
          <tr>
            <th>Version</th>
            <td>${check.version}</td>
          </tr>
          <tr>
            <th>Released</th>
            <td>${check.releasedAt === null ? 'not yet' : `${dateTime.format(new Date(check.releasedAt))} IST`}</td>
          </tr>
          <tr>
            <th>Signed by</th>
            <td>${check.signedBy}</td>
          </tr>
          <tr>
            <th>PDF fingerprint (SHA&#8209;256)</th>
            <td><code>${check.sha256 ?? ''}</code></td>
          </tr>
        </table>
      </div>
      <p class="dim">
        Compare the report number with the one on the paper. This page shows no results; for those, ask the laboratory.
      </p>`,
  );
}

export function checkRoute(app: FastifyInstance, dispatcher: Dispatcher): void {
  // Open: made for people who hold the paper; the call behind it is public and says nothing of a patient.
  app.get<{ Params: { code: string } }>('/r/:code', { config: { isOpen: true } }, async (request, reply) => {
    reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
    try {
      return checkPage(await dispatcher.call(checkReport, { code: request.params.code }, request.scope));
    } catch (error) {
      if (!(error instanceof ServiceError) || error.status >= 500) throw error;
      reply.code(404);
      return page(
        'Report check',
        html`<h1>Report check</h1>
          <div class="card">
            <p class="verdict bad">✖ Not known</p>
            <p>No report carries this code. The paper may be forged, or the code was not read whole.</p>
            <p>Scan it once more, or ask the laboratory that issued the paper.</p>
          </div>`,
      );
    }
  });
}
