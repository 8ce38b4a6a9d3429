// What the demo lab's simulated analyzers take: reagents in stock, one lot of each in use, and how much a test or a value takes
// of it. Safe to repeat.
import {
  listItems,
  lotsOfItems,
  openLot,
  receiveGoods,
  recipesOf,
  saveItem,
  setAnalyteRecipes,
  setRecipes,
} from '#contract/inventory.ts';
import type { ItemView } from '#contract/inventory.ts';
import { systemActor } from '#platform/actor.ts';
import type { Call, CallInput, CallOutput } from '#platform/contract.ts';
import { ServiceError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { newScope } from '#platform/scope.ts';

type Ask = <C extends Call>(call: C, input: CallInput<C>) => Promise<CallOutput<C>>;

interface Reagent {
  readonly code: string;
  readonly name: string;
  readonly instrument: string;
  /** For what all values of a test share, or for each measured value of an analyte. */
  readonly takenBy: { readonly testCode: string } | { readonly analyteCode: string };
}

export const stock = (counter: string, chemistry: string): readonly Reagent[] => [
  { code: 'SIM-CBC-PACK', name: 'Blood count pack (simulator)', instrument: counter, takenBy: { testCode: 'CBC' } },
  { code: 'SIM-GLU', name: 'Glucose reagent (simulator)', instrument: chemistry, takenBy: { analyteCode: 'GLU' } },
  { code: 'SIM-CREA', name: 'Creatinine reagent (simulator)', instrument: chemistry, takenBy: { analyteCode: 'CREA' } },
  { code: 'SIM-UREA', name: 'Urea reagent (simulator)', instrument: chemistry, takenBy: { analyteCode: 'UREA' } },
];

/** Made meanwhile by another process that starts on the same database. */
const isThereAlready = (error: unknown): boolean =>
  error instanceof ServiceError && (error.code === 'inventory.item_code_taken' || error.code === 'inventory.stale');

/** Adds what is missing; an item that has lots, used up or not, gets no further goods. */
export async function seedDemoStock(
  { call }: Pick<Dispatcher, 'call'>,
  labId: string,
  reagents: readonly Reagent[],
): Promise<void> {
  const scope = newScope(systemActor(labId, 'seed'), newId());
  const ask: Ask = (which, input) => call(which, input, scope);
  const { edges } = await ask(listItems, { text: 'SIM-', first: 100 });
  const known = new Map(edges.map(({ node }) => [node.code, node]));
  for (const reagent of reagents) {
    try {
      await seedReagent(ask, reagent, known.get(reagent.code));
    } catch (error) {
      if (!isThereAlready(error)) throw error;
    }
  }
}

async function seedReagent(ask: Ask, reagent: Reagent, known: ItemView | undefined): Promise<void> {
  const { code, name, instrument } = reagent;
  const item =
    known ??
    (await ask(saveItem, {
      code,
      name,
      kind: 'reagent',
      maker: 'Nidaan',
      unit: 'test',
      storage: 'refrigerated',
      reorderPoint: '500',
      reorderQuantity: '2000',
    }));
  let lots = await ask(lotsOfItems, { ids: [item.id] });
  if (lots.length === 0) {
    const lot = {
      itemId: item.id,
      lotNumber: `${code}-26A`,
      expiresOn: '2099-12-31',
      quantity: '5000',
      isTemperatureOk: true,
    };
    lots = (await ask(receiveGoods, { invoiceNumber: `DEMO-${code}`, lots: [lot] })).lots;
  }
  const [lot] = lots;
  if (lots.length === 1 && lot?.status === 'usable' && lot.openedAt === null)
    await ask(openLot, { lotId: lot.id, expectedVersion: lot.version, instrument });
  await seedRecipe(ask, reagent, item.id);
}

async function seedRecipe(ask: Ask, { instrument, takenBy }: Reagent, itemId: string): Promise<void> {
  const recipes = [{ instrument, itemId, quantity: '1' }];
  const testCode = 'testCode' in takenBy ? takenBy.testCode : null;
  const analyteCode = 'analyteCode' in takenBy ? takenBy.analyteCode : null;
  const there = await ask(recipesOf, {
    testCodes: testCode === null ? [] : [testCode],
    analyteCodes: analyteCode === null ? [] : [analyteCode],
  });
  if (there.tests.length + there.analytes.length > 0) return;
  if (testCode !== null) await ask(setRecipes, { testCode, recipes });
  if (analyteCode !== null) await ask(setAnalyteRecipes, { analyteCode, recipes });
}
