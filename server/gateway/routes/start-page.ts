// The first page a newcomer sees: what runs here and where to go.
import type { FastifyInstance } from 'fastify';

import { html, page } from '../html.ts';

export interface StartPageFacts {
  readonly publicUrl: string;
  readonly hl7Port: number | string;
  readonly astmPort: number | string;
  /** Shown only on a demo installation. */
  readonly demoLogins: readonly {
    readonly username: string;
    readonly roles: readonly string[];
    readonly password: string;
  }[];
}

export function startPage(app: FastifyInstance, facts: () => StartPageFacts): void {
  app.get('/', { config: { isOpen: true } }, async (_request, reply) => {
    const { publicUrl, hl7Port, astmPort, demoLogins } = facts();
    const link = (path: string, what: string) =>
      html`<tr>
        <td><a href="${path}">${publicUrl}${path}</a></td>
        <td>${what}</td>
      </tr>`;
    return reply.type('text/html; charset=utf-8').send(
      page(
        'Nidaan',
        html`<h1>Nidaan <span class="dim" lang="hi">निदान</span></h1>
          <p class="dim">Laboratory information system. This installation runs.</p>
          <h2>Where to go</h2>
          <div class="card">
            <table class="stacked">
              ${link('/graphiql', 'Try GraphQL: register, order, collect, verify, sign')}
              <tr>
                <td><code>${publicUrl}/graphql</code></td>
                <td>GraphQL for programs, by POST</td>
              </tr>
              ${link('/docs', 'The same calls over plain HTTP (OpenAPI)')} ${link('/ready', 'State of this process')}
              ${link('/metrics', 'Metrics for Prometheus')}
              <tr>
                <td><code>port ${hl7Port}</code></td>
                <td>HL7 v2 over MLLP, for analyzers</td>
              </tr>
              <tr>
                <td><code>port ${astmPort}</code></td>
                <td>ASTM (LIS1-A) over TCP, for analyzers</td>
              </tr>
            </table>
          </div>
          ${
            demoLogins.length === 0
              ? null
              : html`<h2>Logins of the demo lab</h2>
                  <div class="card">
                    <table>
                      <tr>
                        <th>Login</th>
                        <th>Role</th>
                        <th>Password</th>
                      </tr>
                      ${demoLogins.map(
                        (login) =>
                          html`<tr>
                            <td><code>${login.username}</code></td>
                            <td>${login.roles.join(', ')}</td>
                            <td><code>${login.password}</code></td>
                          </tr>`,
                      )}
                    </table>
                  </div>
                  <p class="dim">
                    Anyone who can reach this page can sign in with these. A real lab sets DEMO=no before its first
                    start.
                  </p>`
          }`,
      ),
    );
  });
}
