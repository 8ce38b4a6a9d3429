import type { ParsedInput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { addDoctor as addDoctorCall, DoctorView } from '../contract.ts';
import * as store from '../store.ts';

export async function addDoctor(ctx: Ctx, input: ParsedInput<typeof addDoctorCall>): Promise<DoctorView> {
  return ctx.transaction(async (tx) => {
    const doctor = await store.addDoctor(tx, ctx.labId(), {
      id: input.id ?? ctx.newId(),
      name: input.name,
      qualification: input.qualification ?? null,
      mobile: input.mobile ?? null,
    });
    tx.audit('organization.add_doctor', doctor.id, {});
    return doctor;
  });
}
