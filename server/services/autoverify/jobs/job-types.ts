import { defineJob } from '#platform/service.ts';

/** Judges an order's values, and verifies what passes. */
export const decideJob = defineJob<{ readonly orderId: string }>('autoverify.decide');
/** One job an order, however many values came. */
export function decideKey(orderId: string): string {
  return `autoverify.decide ${orderId}`;
}

/** Asks again about orders that wait. `dueAt`: when it is to run; `isEach`: those not due yet as well, for a control or a hold has changed. */
export const askAgainJob = defineJob<{ readonly dueAt: string; readonly isEach: boolean }>('autoverify.ask_again');
