import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { analyte, smallCatalogue, testRow } from '../catalogue.testing.ts';
import { readRuleSeed } from '../seed/read-rule-seed.ts';
import { readSeed } from '../seed/read-seed.ts';
import { starterRows } from '../seed/starter-rows.ts';
import type { AnalyteRow, BandRow, CatalogueRows } from './catalogue.ts';
import { checkCatalogue, faultsAbout, newErrors } from './check-catalogue.ts';

const TODAY = '2026-11-25';
const starter = starterRows(await readSeed(), await readRuleSeed());

test('lab-day 73: the starter catalogue passes its own self-test', () => {
  assert.deepEqual(checkCatalogue(starter, TODAY), []);
});

const numeric = (code: string, fields: Partial<AnalyteRow> = {}) =>
  analyte(code, { kind: 'numeric', decimals: 1, ucum: 'mg/dL', unitDisplay: 'mg/dL', ...fields });
const band = (analyteCode: string, fields: Partial<BandRow> = {}): BandRow => {
  const [any] = starter.bands.filter((one) => one.analyteCode === 'CREA');
  assert.ok(any);
  return {
    ...any,
    analyteCode,
    sex: 'any',
    ageFromDays: 0,
    ageToDays: null,
    low: '1',
    high: '2',
    text: null,
    kind: 'reference',
    criticalLow: null,
    criticalHigh: null,
    absurdLow: '0',
    absurdHigh: '1000',
    unit: 'mg/dL',
    ...fields,
  };
};
/** Two live tests, A and B, with one numeric analyte each, and a panel of both. */
const sound: CatalogueRows = {
  ...smallCatalogue(
    [testRow('A'), testRow('B')],
    [{ code: 'P', name: 'P', synonyms: [], pricePaise: 1, members: ['A', 'B'] }],
  ).rows,
  analytes: [numeric('A', { aliases: ['AA'] }), numeric('B')],
  bands: [band('A'), band('B')],
};
const with2 = (fields: Partial<AnalyteRow>): CatalogueRows => ({
  ...sound,
  analytes: [sound.analytes[0] ?? numeric('A'), numeric('B', fields)],
});

const cases: readonly (readonly [name: string, rows: CatalogueRows, told: string])[] = [
  ['an alias of two analytes', with2({ aliases: ['AA'] }), 'error analyte B aliases'],
  ['an alias that is another’s code', with2({ aliases: ['A'] }), 'error analyte A aliases'],
  [
    'a LOINC of two analytes',
    { ...sound, analytes: sound.analytes.map((one) => ({ ...one, loinc: '718-7' })) },
    'error analyte A loinc',
  ],
  [
    'no absurd limits (lab-day 38)',
    { ...sound, bands: [band('A', { absurdLow: null, absurdHigh: null }), band('B')] },
    'warning bands A absurdHigh',
  ],
  ['no UCUM unit', with2({ ucum: 'furlong per' }), 'error analyte B ucum'],
  ['a unit the bands are not in', with2({ ucum: 'mmol/L' }), 'error bands B unit'],
  ['a unit of the same kind', with2({ ucum: 'g/L' }), 'error bands B unit'],
  ['no decimals', with2({ decimals: null }), 'error analyte B decimals'],
  ['measured as an unknown', with2({ measuredAs: 'NONE' }), 'error analyte B measuredAs'],
  [
    'measured as another unit',
    { ...with2({ measuredAs: 'A', ucum: 'mmol/L' }), bands: [band('A'), band('B', { unit: 'mmol/L' })] },
    'error analyte B measuredAs',
  ],
  ['a formula over itself', with2({ formula: 'B + 1' }), 'error analyte B formula'],
  [
    'two formulas in a circle',
    { ...sound, analytes: [numeric('A', { formula: 'B * 2' }), numeric('B', { formula: 'A / 2' })] },
    'error analyte A formula',
  ],
  ['a formula over an unknown', with2({ formula: 'A + GHOST' }), 'error analyte B formula'],
  ['a formula that cannot be read', with2({ formula: 'A +' }), 'error analyte B formula'],
  [
    'a formula whose input no live test measures',
    { ...with2({ formula: 'A + 1' }), tests: [testRow('A', { status: 'retired' }), testRow('B')] },
    'error analyte B formula',
  ],
  [
    'a formula whose input is drawn at another time',
    {
      ...with2({ formula: 'A + 1' }),
      tests: [testRow('A', { timedDraw: { name: 'fasting', afterMinutes: 0 } }), testRow('B')],
    },
    'error analyte B formula',
  ],
  [
    'a formula of a word',
    { ...with2({ formula: 'A + 1' }), analytes: [numeric('A'), analyte('B', { formula: 'A' })] },
    'warning analyte B formula',
  ],
  [
    'a word that is no choice',
    {
      ...sound,
      reflex: [{ code: 'R', name: 'R', when: "SEX = 'F' and A > 1", inputs: ['A'], addTestCode: 'B', billing: 'free' }],
    },
    'error reflex R when',
  ],
  [
    'a rule that reads nothing',
    { ...sound, consistency: [{ code: 'C', message: 'm', contradiction: '1 > 2', inputs: ['A'], holds: ['A'] }] },
    'error consistency C contradiction',
  ],
  [
    'a rule that holds nothing',
    { ...sound, consistency: [{ code: 'C', message: 'm', contradiction: 'A > 1', inputs: ['A'], holds: [] }] },
    'error consistency C holds',
  ],
  [
    'two rules of one code',
    {
      ...sound,
      consistency: [1, 2].map(() => ({ code: 'C', message: 'm', contradiction: 'A > 1', inputs: ['A'], holds: ['A'] })),
    },
    'error consistency C code',
  ],
  [
    'a text about another value',
    { ...sound, interpretations: [{ analyteCode: 'A', position: 1, when: 'B > 1', text: 't' }] },
    'warning interpretations A when',
  ],
  ['a gap of ages', { ...sound, bands: [band('A', { ageFromDays: 1 }), band('B')] }, 'error bands A ageFromDays'],
  ['no band at all', { ...sound, bands: [band('A')] }, 'error bands B ageFromDays'],
  [
    'two bands at once',
    { ...sound, bands: [band('A'), band('A', { ageFromDays: 9 }), band('B')] },
    'error bands A ageFromDays',
  ],
  ['low above high', { ...sound, bands: [band('A', { low: '3' }), band('B')] }, 'error bands A low'],
  [
    'a critical limit inside the range',
    { ...sound, bands: [band('A', { criticalLow: '1.5' }), band('B')] },
    'error bands A criticalLow',
  ],
  [
    'an absurd limit inside the critical ones',
    { ...sound, bands: [band('A', { criticalHigh: '9', absurdHigh: '8' }), band('B')] },
    'error bands A absurdLow',
  ],
  [
    'a critical text of a number',
    { ...sound, bands: [band('A', { criticalTexts: ['high'] }), band('B')] },
    'error bands A criticalTexts',
  ],
  ...(
    [
      ['a critical text that is no choice', 'coded', 'No', ['Maybe']],
      ['a critical text that is the expected one', 'coded', 'No', ['Yes', 'No']],
      ['a critical organism of a culture', 'culture', null, ['Escherichia coli']],
      ['a critical text of a narrative', 'narrative', null, ['Malignant']],
    ] as const
  ).map(([name, kind, text, criticalTexts]): (typeof cases)[number] => [
    name,
    {
      ...with2({ kind, decimals: null, ucum: null, unitDisplay: '', choices: kind === 'coded' ? ['Yes', 'No'] : [] }),
      bands: [
        band('A'),
        band('B', {
          low: null,
          high: null,
          unit: null,
          kind: text === null ? 'none' : 'reference',
          text,
          criticalTexts: [...criticalTexts],
        }),
      ],
    },
    'error bands B criticalTexts',
  ]),
  [
    'a method no test has',
    { ...sound, bands: [band('A'), band('A', { method: 'X' }), band('B')] },
    'warning bands A method',
  ],
  [
    'a band of kind none with a range',
    { ...sound, bands: [band('A', { kind: 'none' }), band('B')] },
    'error bands A kind',
  ],
  [
    'a test without analytes',
    { ...sound, testAnalytes: [{ testCode: 'A', analyteCode: 'A' }] },
    'error test B analyteCodes',
  ],
  ['a test without container', { ...sound, containers: [] }, 'error test A containerCode'],
  [
    'a retired container',
    { ...sound, containers: sound.containers.map((one) => ({ ...one, isRetired: true })) },
    'error test A containerCode',
  ],
  [
    'more volume than the container',
    { ...sound, tests: [testRow('A', { minVolumeMl: 30 }), testRow('B')] },
    'warning test A minVolumeMl',
  ],
  [
    'a panel with a retired member',
    { ...sound, tests: [testRow('A', { status: 'retired' }), testRow('B')] },
    'error panel P memberCodes',
  ],
  [
    'a panel with a draft',
    { ...sound, tests: [testRow('A', { status: 'draft' }), testRow('B')] },
    'error panel P memberCodes',
  ],
  [
    'a panel with an unknown',
    { ...sound, panelMembers: [{ panelCode: 'P', memberCode: 'Z' }] },
    'error panel P memberCodes',
  ],
  ['a panel in itself', { ...sound, panelMembers: [{ panelCode: 'P', memberCode: 'P' }] }, 'error panel P memberCodes'],
  [
    'a panel named as a test',
    { ...sound, panels: [{ code: 'A', name: 'A', synonyms: [], loinc: null, pricePaise: 1, status: 'live' }] },
    'error panel A code',
  ],
  [
    'a reflex to a retired test',
    { ...sound, reflex: [{ code: 'R', name: 'R', when: 'A > 1', inputs: ['A'], addTestCode: 'Z', billing: 'free' }] },
    'error reflex R addTestCode',
  ],
  [
    'a rule that lists too little',
    { ...sound, consistency: [{ code: 'C', message: 'm', contradiction: 'A > B', inputs: ['A'], holds: ['A'] }] },
    'error consistency C inputs',
  ],
  [
    'a rule that holds what it does not read',
    { ...sound, consistency: [{ code: 'C', message: 'm', contradiction: 'A > 1', inputs: ['A'], holds: ['B'] }] },
    'error consistency C holds',
  ],
  [
    'the change of a word',
    {
      ...sound,
      analytes: [...sound.analytes, analyte('T')],
      deltas: [
        {
          analyteCode: 'T',
          mode: 'percent',
          limit: '5',
          direction: 'any',
          lookBackDays: 5,
          isMixUpMarker: false,
          source: 's',
        },
      ],
    },
    'warning deltas T mode',
  ],
];

test('lab-day 73: each fault a lab may make is told with its entry and field', () => {
  assert.deepEqual(checkCatalogue(sound, TODAY), []);
  for (const [name, rows, expected] of cases) {
    const told = checkCatalogue(rows, TODAY).map(
      ({ severity, entity, code, field }) => `${severity} ${entity} ${code} ${field}`,
    );
    assert.ok(told.includes(expected), `${name}: ${expected} is not in ${told.join('; ')}`);
  }
});

test('what a draft gets wrong is a warning until it is published, what no table could hold is an error all the same', () => {
  const draft: CatalogueRows = {
    ...sound,
    tests: [...sound.tests, testRow('D', { status: 'draft' })],
    testAnalytes: [...sound.testAnalytes, { testCode: 'D', analyteCode: 'D' }],
    analytes: [...sound.analytes, numeric('D', { ucum: 'nonsense' })],
  };
  const now = checkCatalogue(draft, TODAY);
  assert.ok(now.length >= 2 && now.every(({ severity }) => severity === 'warning'));
  const live = { ...draft, tests: [...sound.tests, testRow('D')] };
  const fresh = newErrors(now, checkCatalogue(live, TODAY));
  assert.deepEqual(new Set(fresh.map(({ code }) => code)), new Set(['D']));
  assert.deepEqual(newErrors(checkCatalogue(live, TODAY), checkCatalogue(live, TODAY)), []);
  const unstorable = { ...draft, bands: [...draft.bands, band('D', { low: '9', high: '1' })] };
  assert.ok(checkCatalogue(unstorable, TODAY).some(({ severity, field }) => severity === 'error' && field === 'low'));
});

test('lab-day 39: what a formula needs of two is one, and a draft that misses its input is told without harm', () => {
  const rows = (formula: string): CatalogueRows => ({
    ...sound,
    analytes: [...sound.analytes, numeric('Z'), numeric('D', { formula })],
    tests: [...sound.tests, testRow('D')],
    testAnalytes: [...sound.testAnalytes, { testCode: 'D', analyteCode: 'D' }],
    bands: [...sound.bands, band('Z'), band('D')],
  });
  const told = (catalogue: CatalogueRows) =>
    checkCatalogue(catalogue, TODAY)
      .filter(({ code }) => code === 'D')
      .map(({ severity, message }) => `${severity} ${message}`);
  assert.deepEqual(told(rows('A + coalesce(Z, B)')), []);
  assert.deepEqual(told(rows('A + Z')), ['error formula input Z is measured by no live test']);
  const draft = rows('A + Z');
  const tests = [...sound.tests, testRow('D', { status: 'draft' })];
  assert.deepEqual(told({ ...draft, tests }), ['warning formula input Z is measured by no live test']);
});

test('lab-day 39: a formula that can never work is refused, also while no test uses it', () => {
  const told = (formula: string) =>
    checkCatalogue(
      { ...sound, analytes: [...sound.analytes, numeric('U', { formula })], bands: [...sound.bands, band('U')] },
      TODAY,
    )
      .filter(({ code, severity }) => code === 'U' && severity === 'error')
      .map(({ field, message }) => `${field} ${message}`);
  for (const constant of ['1 / 0', '12', 'AGE_YEARS * 2', "blank('never')"])
    assert.deepEqual(told(constant), ['formula reads no analyte'], constant);
  assert.deepEqual(told('U + 1'), ['formula is derived from itself: U > U']);
  assert.deepEqual(told('A + GHOST'), ['formula GHOST is no analyte']);
  assert.match(told('sine(A)').join(), /^formula cannot be read at character 1/);
  assert.deepEqual(told('A + B'), []);
});

test('bands that ended before today are history: a changed unit does not make them wrong', () => {
  const rows: CatalogueRows = {
    ...sound,
    bands: [band('A', { unit: 'g/L', validTo: '2026-01-01' }), band('A', { validFrom: '2026-01-01' }), band('B')],
  };
  assert.deepEqual(checkCatalogue(rows, TODAY), []);
  assert.equal(checkCatalogue(rows, '2025-12-31')[0]?.field, 'unit');
});

test('the faults about a panel are those of its members and what they report', () => {
  const rows: CatalogueRows = { ...sound, bands: [band('A', { ageFromDays: 3 }), band('B', { low: '5' })] };
  const codes = (code: string) =>
    new Set(faultsAbout(rows, code, checkCatalogue(rows, TODAY)).map((fault) => fault.code));
  assert.deepEqual([codes('P'), codes('A'), codes('B')], [new Set(['A', 'B']), new Set(['A']), new Set(['B'])]);
});

test('property: whatever is cut out of a sound catalogue, the self-test tells of it and never fails itself', () => {
  const lists = ['containers', 'analytes', 'tests', 'testAnalytes', 'panelMembers', 'bands'] as const;
  fc.assert(
    fc.property(fc.constantFrom(...lists), fc.nat(), fc.boolean(), (list, pick, isTwice) => {
      const all = starter[list];
      const at = pick % all.length;
      const changed = isTwice ? [...all, ...all.slice(at, at + 1)] : all.toSpliced(at, 1);
      // Only the list named is replaced, by rows of its own.
      const rows: CatalogueRows = { ...starter, [list]: changed };
      const faults = checkCatalogue(rows, TODAY);
      if (list === 'bands')
        assert.ok(faults.some(({ entity, code }) => entity === 'bands' && code === starter.bands[at]?.analyteCode));
      for (const { message, code, field } of faults) assert.ok(message !== '' && code !== '' && field !== '');
    }),
    { numRuns: 60 },
  );
});

test('property: a chain of formulas of any length is sound, closed to a ring it is told at every link', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), (length) => {
      const codes = Array.from({ length }, (_, n) => `F${n}`);
      const chain = (first: string | null): CatalogueRows => ({
        ...smallCatalogue(codes.map((code) => testRow(code))).rows,
        analytes: codes.map((code, n) => numeric(code, { formula: n === 0 ? first : `F${n - 1} * 2` })),
        bands: codes.map((code) => band(code)),
      });
      assert.deepEqual(checkCatalogue(chain(null), TODAY), []);
      const told = checkCatalogue(chain(`F${length - 1} + 1`), TODAY).filter(({ field }) => field === 'formula');
      assert.deepEqual(new Set(told.map(({ code }) => code)), new Set(codes));
    }),
    { numRuns: 30 },
  );
});

test('formulas on formulas are followed a hundred steps, and a deeper pile is refused', () => {
  const pile = (length: number): CatalogueRows => {
    const codes = Array.from({ length }, (_, n) => `F${n}`);
    return {
      ...smallCatalogue(codes.map((code) => testRow(code))).rows,
      analytes: codes.map((code, n) => numeric(code, { formula: n === 0 ? null : `F${n - 1} * 2` })),
      bands: codes.map((code) => band(code)),
    };
  };
  assert.deepEqual(checkCatalogue(pile(101), TODAY), []);
  const told = checkCatalogue(pile(5000), TODAY);
  assert.deepEqual(
    told.map(({ severity, field, message }) => `${severity} ${field} ${message}`),
    ['error formula is derived through more than 100 other formulas'],
  );
});
