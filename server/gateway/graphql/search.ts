// The one box of the desk (lab-day 6): people and orders in one reply. Each part is asked of its own service with the rights of
// the person; a part the person may not see is left out.
import type { Call, CallInput, CallOutput } from '#platform/contract.ts';
import { forbidden, ServiceError } from '#platform/errors.ts';
import { given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder, GraphqlContext } from '#platform/graphql/module.ts';
import { listOrders } from '#contract/order.ts';
import type { OrderView } from '#contract/order.ts';
import { searchPatients } from '#contract/patient.ts';
import type { PatientView } from '#contract/patient.ts';

interface Found {
  /** Null: not for this person to see. */
  readonly patients: readonly PatientView[] | null;
  readonly orders: readonly OrderView[] | null;
}

/** An order number is shorter; longer texts are names. */
const LONGEST_NUMBER = 40;

async function permitted<C extends Call>(
  ctx: GraphqlContext,
  call: C,
  input: CallInput<C>,
): Promise<CallOutput<C> | null> {
  try {
    return await ctx.call(call, input);
  } catch (error) {
    if (error instanceof ServiceError && error.code === forbidden.code) return null;
    throw error;
  }
}

async function search(ctx: GraphqlContext, text: string, first: number | undefined): Promise<Found> {
  const page = given({ first });
  const [patients, orders] = await Promise.all([
    permitted(ctx, searchPatients, { ...page, text }),
    permitted(ctx, listOrders, { ...page, text: text.slice(0, LONGEST_NUMBER) }),
  ]);
  if (patients === null && orders === null) throw forbidden({ permission: 'patient.read or order.read' });
  return {
    patients: patients?.edges.map(({ node }) => node) ?? null,
    orders: text.length > LONGEST_NUMBER ? [] : (orders?.edges.map(({ node }) => node) ?? null),
  };
}

export function searchBox(b: Builder): void {
  const Hits = b.objectRef<Found>('SearchHits').implement({
    description: 'What the one box of the desk found.',
    fields: (t) => ({
      patients: t.field({
        type: [typeRef<PatientView>(b, 'Patient')],
        nullable: true,
        description: 'By name, mobile, MRN or ABHA, best first; null when the person may not see patients.',
        resolve: ({ patients }) => patients && [...patients],
      }),
      orders: t.field({
        type: [typeRef<OrderView>(b, 'Order')],
        nullable: true,
        description: 'By number, newest first; null when the person may not see orders.',
        resolve: ({ orders }) => orders && [...orders],
      }),
    }),
  });
  b.queryField('search', (t) =>
    t.field({
      type: Hits,
      args: {
        text: t.arg.string({ required: true }),
        first: t.arg.int({ description: 'Of each kind; 20 by default.' }),
      },
      resolve: (_, { text, first }, ctx) => search(ctx, text, first ?? undefined),
    }),
  );
}
