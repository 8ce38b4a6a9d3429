// The lab may have changed its policy on overdue calibrations.
import type { Ctx } from '#platform/service.ts';

import { settleAll } from '../settle.ts';

export function onOrganizationChanged(ctx: Ctx): Promise<void> {
  return settleAll(ctx);
}
