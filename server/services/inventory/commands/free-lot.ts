import type { Tx } from '#platform/service.ts';

import { lotCannot } from '../contract.ts';
import type { QuarantineReason } from '../contract.ts';
import { statusAfter } from '../domain/lot-status.ts';
import * as store from '../store.ts';
import type { LotRow } from '../store.ts';

/** Takes reasons away from a lot in quarantine; with the last of them it is usable. */
export async function freeLot(
  tx: Tx,
  labId: string,
  lot: LotRow,
  settled: readonly QuarantineReason[],
): Promise<LotRow> {
  const quarantineReasons = lot.quarantineReasons.filter((reason) => !settled.includes(reason));
  const isFree = quarantineReasons.length === 0;
  const status = isFree ? statusAfter(lot.status, 'release') : lot.status;
  if (status === undefined) throw lotCannot({ status: lot.status, move: 'release', who: 'inventory.manage' });
  return store.changeLot(tx, labId, { ...lot, quarantineReasons, status, wasUsable: lot.wasUsable || isFree });
}
