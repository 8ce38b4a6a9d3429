import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PdfError } from './pdf-error.ts';
import { createPdfRenderer } from './renderer.ts';

const root = mkdtempSync(join(tmpdir(), 'pdf-'));
const renderer = createPdfRenderer();
const createdAt = '2026-11-25T09:00:00+05:30';

after(async () => {
  await renderer.close();
  rmSync(root, { recursive: true });
});

let made = 0;
/** Every template in a folder of its own, as the folder is what a template may read. */
function template(source: string): string {
  const folder = join(root, String(made++));
  const path = join(mkdtempSync(`${folder}-`), 'page.typ');
  writeFileSync(path, source);
  return path;
}

function asText(pdf: Uint8Array): string {
  return Buffer.from(pdf).toString('latin1');
}

/** Renders and returns the error; a PDF is a failure of the test. */
async function failure(source: string, data: unknown = {}): Promise<PdfError> {
  try {
    await renderer.render({ templatePath: template(source), data, createdAt });
  } catch (error) {
    if (error instanceof PdfError) return error;
    throw error;
  }
  return assert.fail('a PDF was made');
}

// The document title is written in clear (UTF-16) into the PDF, so it shows what reached the template.
const titled = '#let d = json("job/data.json")\n#set document(title: d.title)\n#set text(font: "Noto Sans")\n#d.body';

test('the same input gives the same bytes, in this renderer and in a new one', async () => {
  const input = { templatePath: template(titled), data: { title: 'one', body: 'क्षत्रिय' }, createdAt };
  const first = await renderer.render(input);
  assert.ok(asText(first).startsWith('%PDF-'));
  await renderer.render({ ...input, data: { title: 'two', body: 'other' } });
  assert.deepEqual(await renderer.render(input), first);
  const other = createPdfRenderer();
  assert.deepEqual(await other.render(input), first);
  await other.close();
});

test('the data and the creation date of each document are its own', async () => {
  const templatePath = template(titled);
  const documents = await Promise.all(
    ['first', 'second', 'third'].map((title) =>
      renderer.render({ templatePath, data: { title, body: title }, createdAt }),
    ),
  );
  for (const [i, title] of ['first', 'second', 'third'].entries()) {
    const text = asText(documents[i] ?? new Uint8Array());
    assert.ok(text.includes(`(${title})`), title);
    assert.ok(text.includes('D:20261125033000Z'), 'creation date in UTC');
  }
});

test('text is never template code', async () => {
  // Parentheses and backslash are escaped in a PDF string; the body carries those.
  const title = '#panic[x] *b* _i_ $x$ #{1+1} // /* ` = - @a';
  const body = `${title} #panic("x") \\ #sys.inputs`;
  const pdf = await renderer.render({ templatePath: template(titled), data: { title, body }, createdAt });
  assert.ok(asText(pdf).includes(`(${title})`));
});

test('half a surrogate pair and control characters do not stop a document', async () => {
  const pdf = await renderer.render({
    templatePath: template(titled),
    data: { title: 'a\ud800', body: '\u0000\u0007' },
    createdAt,
  });
  assert.ok(pdf.length > 500);
});

test('pictures reach the template and are gone with the next document', async () => {
  const templatePath = template('#image("job/dot.svg", width: 10mm)');
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><circle cx="2" cy="2" r="2"/></svg>';
  const input = { templatePath, data: {}, createdAt };
  const fromText = await renderer.render({ ...input, assets: { 'dot.svg': svg } });
  const fromBytes = await renderer.render({ ...input, assets: { 'dot.svg': new TextEncoder().encode(svg) } });
  assert.deepEqual(fromBytes, fromText);
  await assert.rejects(renderer.render(input), PdfError);
  await assert.rejects(renderer.render({ ...input, assets: { '../page.svg': svg } }), PdfError);
});

test('a fault of the template is told with file and line, without anything of the data', async () => {
  const error = await failure('#let d = json("job/data.json")\n#panic("seen: " + d.name)', { name: 'Lakshmi' });
  assert.equal(error.kind, 'template');
  assert.equal(error.isTransient, false);
  assert.deepEqual(error.diagnostics, ['page.typ:2 panicked with']);
  assert.doesNotMatch(JSON.stringify(error) + error.message + error.stack, /Lakshmi/);
  assert.deepEqual((await failure('#unknown')).diagnostics, ['page.typ:1 unknown variable']);
  assert.equal(
    await renderer.render({ templatePath: template('ok'), data: 1, createdAt }).then((pdf) => pdf.length > 0),
    true,
  );
});

test('a template reads nothing outside its folder and fetches no package', async () => {
  assert.match(String((await failure('#read("../../../etc/hostname")')).diagnostics[0]), /failed to load file/);
  const error = await failure('#import "@preview/cetz:0.3.0"');
  assert.deepEqual(error.diagnostics, ['Error']);
});

test('input that is not a document is refused', async () => {
  const good = { templatePath: template('x'), data: {}, createdAt };
  await assert.rejects(renderer.render({ ...good, templatePath: 'page.typ' }), PdfError);
  await assert.rejects(renderer.render({ ...good, data: undefined }), PdfError);
  await assert.rejects(renderer.render({ ...good, createdAt: 'yesterday' }), PdfError);
  await assert.rejects(renderer.render({ ...good, templatePath: join(root, 'missing', 'none.typ') }), PdfError);
});

test('fonts that cannot be read fail the document, not the process', async () => {
  const broken = createPdfRenderer({ fontDirs: [join(root, 'no-fonts')] });
  await assert.rejects(broken.render({ templatePath: template('x'), data: {}, createdAt }), (error: unknown) => {
    return error instanceof PdfError && error.kind === 'crashed' && error.diagnostics[0] === 'ENOENT';
  });
  await broken.close();
});
