import { defineJob } from '#platform/service.ts';

/** `dueAt`: when the day begins that the job is about. */
export const watchExpiryJob = defineJob<{ readonly dueAt: string }>('inventory.watch_expiry');
