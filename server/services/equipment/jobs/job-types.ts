import { defineJob } from '#platform/service.ts';

/** `dueAt`: when the day begins that the job is about. */
export const findOverdueJob = defineJob<{ readonly dueAt: string }>('equipment.find_overdue');
