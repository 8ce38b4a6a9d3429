// Pages without a framework: a tagged template that escapes everything put into it.
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What may stand in a page: text and numbers are escaped, null is nothing. */
type Part = string | number | Html | readonly Html[] | null;

function render(value: Part): string {
  if (value === null) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(strings.map((part, index) => part + render(values[index] ?? null)).join(''));
}

const STYLE = new Html(`
  :root { color-scheme: light dark; --ink: #16202b; --dim: #5b6875; --line: #d8dee5; --card: #ffffff; --page: #f4f6f8; --accent: #0b6b5d; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e7edf3; --dim: #9aa8b6; --line: #2e3a46; --card: #1a232c; --page: #11181f; --accent: #4fc3ae; } }
  * { box-sizing: border-box }
  body { margin: 0; font: 16px/1.5 system-ui, 'Noto Sans', 'Noto Sans Devanagari', sans-serif; color: var(--ink); background: var(--page) }
  main { max-width: 56rem; margin: 0 auto; padding: 2rem 1rem 4rem }
  h1 { font-size: 1.6rem; margin: 0 0 .25rem } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem }
  p { margin: .25rem 0 1rem } .dim { color: var(--dim) }
  .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.25rem; margin: .75rem 0 } .card > :last-child { margin-bottom: 0 }
  table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline }
  th { font-weight: 600; color: var(--dim); font-size: .9rem } tr:last-child td, tr:last-child th { border-bottom: 0 }
  a { color: var(--accent) } code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere }
  .verdict { font-size: 1.25rem; font-weight: 700; margin: 0 0 .5rem } .good { color: #0b7a44 } .bad { color: #b3261e }
  @media (max-width: 40rem) { .stacked td { display: block; border: 0; padding: 0 } .stacked td:first-child { padding-top: .5rem } .stacked td:last-child { padding-bottom: .5rem } .stacked tr { display: block; border-bottom: 1px solid var(--line) } .stacked tr:last-child { border: 0 } }
  @media (prefers-color-scheme: dark) { .good { color: #5fd39a } .bad { color: #ff8a80 } }
`);

/** A drop in a tube, within the page: without one, browsers ask for /favicon.ico and complain. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0b6b5d"/><path d="M8 3c2 2.6 3.5 4.2 3.5 6.2a3.5 3.5 0 0 1-7 0C4.5 7.2 6 5.6 8 3z" fill="#fff"/></svg>',
)}`;

export function page(title: string, body: Html): string {
  return `<!doctype html>${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="${ICON}" />
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`.text
  }`;
}
