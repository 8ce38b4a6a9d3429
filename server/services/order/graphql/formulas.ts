// The formulas the house ships, by GraphQL.
import type { CallOutput } from '#platform/contract.ts';
import { typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { NamedFormulaView } from '../contract.ts';
import { bindFormula, listFormulas } from '../contract.ts';

export function formulasGraphql(b: Builder): void {
  const Named = typeRef<NamedFormulaView>(b, 'NamedFormula');
  Named.implement({
    description: 'A formula the house ships, over plainly named inputs.',
    fields: (t) => ({
      name: t.exposeString('name'),
      inputs: t.exposeStringList('inputs', {
        description: 'To be bound to analytes; age and sex are the patient\u2019s.',
      }),
      unit: t.exposeString('unit', { description: 'UCUM unit of the result; empty when it has none.' }),
      source: t.exposeString('source'),
      texts: t.exposeStringList('texts', { description: 'Two for a formula that gives a lower and an upper limit.' }),
    }),
  });
  const Bound = typeRef<CallOutput<typeof bindFormula>>(b, 'BoundFormula');
  Bound.implement({
    description: 'To be given to changeCatalogue as the formula of an analyte.',
    fields: (t) => ({ formula: t.exposeString('formula'), unit: t.exposeString('unit') }),
  });
  const Binding = b.inputType('FormulaBindingInput', {
    fields: (t) => ({ input: t.string({ required: true }), analyteCode: t.string({ required: true }) }),
  });
  b.queryFields((t) => ({
    formulas: t.field({ type: [Named], resolve: async (_, _args, ctx) => [...(await ctx.call(listFormulas, {}))] }),
    boundFormula: t.field({
      type: Bound,
      args: { name: t.arg.string({ required: true }), inputs: t.arg({ type: [Binding], required: true }) },
      resolve: (_, { name, inputs }, ctx) =>
        ctx.call(bindFormula, {
          name,
          names: Object.fromEntries(inputs.map(({ input, analyteCode }) => [input, analyteCode])),
        }),
    }),
  }));
}
