// Cultures, narratives, worklists, rack, board, grid and history through the schema alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { graphql as run } from 'graphql';

import { createGraphqlContext } from '#platform/graphql/context.ts';
import { buildSchema } from '#platform/graphql/schema.ts';

import { graphql } from './graphql.ts';
import { startBench } from './testing.ts';

const CULTURE = `culture { stage growth incubationHours microscopy colonyCount comment
  isolates { organism quantity comment antibiogram { antibiotic method measured interpretation isReported } } }`;

test("lab-day 34, 37, 46, 50: the bench's lists, grids and findings through GraphQL alone", async (t) => {
  const bench = await startBench(t);
  const { lab } = bench;
  const schema = buildSchema([graphql]);
  const ask = async <T extends object>(
    role: string,
    source: string,
    variableValues: Record<string, unknown> = {},
  ): Promise<T> => {
    const scope = lab.runtime.scopeOf(lab.as(role).actor);
    const contextValue = createGraphqlContext(lab.runtime.dispatcher, scope);
    const { data, errors } = await run({ schema, source, variableValues, contextValue });
    assert.equal(errors, undefined, errors?.[0]?.message ?? 'no errors');
    // Shaped by the query, which the schema has checked.
    return data as T;
  };

  const [awaiting] = await bench.awaiting(['URINE_CULT'], { priority: 'stat' });
  assert.ok(awaiting);
  interface Shown {
    readonly id: string;
    readonly value: string;
    readonly culture: {
      readonly isolates: readonly { readonly antibiogram: readonly { readonly isReported: boolean }[] }[];
    };
  }
  const enter = `mutation ($input: EnterDetailInput!) { enterResultDetail(input: $input) { id version value ${CULTURE}
    narrative { sections { title text } impression codes } image { fileIds caption } } }`;
  const culture = {
    stage: 'final',
    growth: 'growth',
    isolates: [{ organism: 'Escherichia coli', antibiogram: [{ antibiotic: 'Amikacin', interpretation: 'S' }] }],
  };
  const step = { resultId: awaiting.id, expectedVersion: awaiting.version };
  const { enterResultDetail } = await ask<{ readonly enterResultDetail: Shown }>('technician', enter, {
    input: { ...step, culture },
  });
  assert.equal(enterResultDetail.value, 'Growth: Escherichia coli');
  assert.equal(enterResultDetail.culture.isolates[0]?.antibiogram[0]?.isReported, true);
  const both = await run({
    schema,
    source: enter,
    variableValues: { input: { ...step, culture, image: { fileIds: [awaiting.id] } } },
    contextValue: createGraphqlContext(lab.runtime.dispatcher, lab.runtime.scopeOf(lab.as('technician').actor)),
  });
  assert.match(both.errors?.[0]?.message ?? '', /exactly one of culture, narrative and image/);

  const [crea] = await bench.awaiting(['CREA']);
  assert.ok(crea);
  const { section } = crea;
  interface Lists {
    readonly worklist: { readonly nodes: readonly { readonly id: string }[] };
    readonly leftOverResults: { readonly nodes: readonly unknown[] };
    readonly benchCounts: readonly { readonly section: string; readonly status: string; readonly count: number }[];
    readonly benchRack: { readonly places: readonly { readonly kind: string; readonly barcode: string | null }[] };
    readonly entryGrid: {
      readonly grids: readonly {
        readonly rows: readonly { readonly cells: readonly { readonly resultId: string }[] }[];
      }[];
    };
  }
  const lists = await ask<Lists>(
    'technician',
    `query ($section: String!) {
      worklist(sections: [$section], status: awaiting, priority: routine, testCode: "CREA", isHeldOnly: false, isFlaggedOnly: false,
        isInterimOnly: false, isWithoutCalculated: true, sort: promise, cameBefore: "2999-01-01T00:00:00Z", first: 5) {
        nodes { id } pageInfo { hasNextPage endCursor } }
      leftOverResults(section: $section, before: "2001-01-01") { nodes { id } }
      benchCounts { section status count stat urgent overdue held oldestCameAt }
      benchRack(section: $section, controlsFirst: 1, controlsLast: 1, first: 10) { endCursor hasNextPage
        places { position kind barcode orderId patientId priority specimen draw cameAt tests { testCode testName analyteCodes } } }
      entryGrid(section: $section, first: 5) { endCursor hasNextPage grids { testCode testName section
        columns { analyteCode analyteName kind unit decimals choices isCalculated }
        rows { lineId orderId patientId patientName mrn sex age barcode draw priority collectedAt
          cells { resultId expectedVersion analyteCode status value flags holds isTypable rangeText range { low high }
            previous { value unit collectedAt } } } } }
    }`,
    { section },
  );
  assert.deepEqual(
    lists.worklist.nodes.map(({ id }) => id),
    [crea.id],
  );
  assert.deepEqual(lists.leftOverResults.nodes, []);
  assert.equal(lists.benchCounts.find((count) => count.section === section && count.status === 'awaiting')?.count, 1);
  assert.deepEqual(
    lists.benchRack.places.map(({ kind, barcode }) => [kind, barcode]),
    [
      ['control', null],
      ['tube', crea.barcode],
      ['control', null],
    ],
  );
  assert.equal(lists.entryGrid.grids[0]?.rows[0]?.cells[0]?.resultId, crea.id);

  const [verified] = await bench.verify([await bench.enter(crea, '1.0')]);
  assert.ok(verified);
  await bench.sign(lab.as('pathologist'), [verified]);
  interface History {
    readonly resultHistory: { readonly rows: readonly { readonly values: readonly { readonly value: string }[] }[] };
    readonly resultTrend: { readonly nodes: readonly { readonly number: string; readonly isMethodChange: boolean }[] };
  }
  const history = await ask<History>(
    'pathologist',
    `query ($id: ID!) {
      resultHistory(patientId: $id, analyteCodes: ["CREA"], from: "2001-01-01T00:00:00Z", to: "2999-01-01T00:00:00Z", first: 3) {
        columns { orderId draw collectedAt } endCursor hasNextPage
        rows { analyteCode analyteName values { resultId orderId collectedAt draw value number unit flags method isAmended
          isMethodChange isUnitChange range { low high } } } }
      resultTrend(patientId: $id, analyteCode: "CREA", first: 3) { nodes { value number isMethodChange } pageInfo { hasNextPage } }
    }`,
    { id: crea.patientId },
  );
  assert.equal(history.resultHistory.rows[0]?.values[0]?.value, '1.00');
  assert.deepEqual(
    history.resultTrend.nodes,
    [{ value: '1.00', number: '1.00', isMethodChange: false }].map((node) => Object.assign(Object.create(null), node)),
  );
});
