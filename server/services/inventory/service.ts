import { controlMeasured } from '#contract/qc.ts';
import { resultEntered } from '#contract/result.ts';
import { answer, consume, defineService, work } from '#platform/service.ts';

import { cancelPurchase, savePurchase, sendPurchase } from './commands/change-purchase.ts';
import { countStock } from './commands/count-stock.ts';
import { moveStock } from './commands/move-stock.ts';
import { openLot } from './commands/open-lot.ts';
import { receiveGoods } from './commands/receive-goods.ts';
import { releaseLot } from './commands/release-lot.ts';
import { saveItem } from './commands/save-item.ts';
import { saveSupplier } from './commands/save-supplier.ts';
import { setAnalyteRecipes, setRecipes } from './commands/set-recipes.ts';
import { settleShortages } from './commands/settle-shortages.ts';
import { verifyLot } from './commands/verify-lot.ts';
import { onControlMeasured } from './consumers/on-control-measured.ts';
import { onResultEntered } from './consumers/on-result-entered.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { watchExpiryJob } from './jobs/job-types.ts';
import { watchExpiry } from './jobs/watch-expiry.ts';
import { getPurchase, listPurchases, listReceipts, listSuppliers } from './queries/read-purchases.ts';
import {
  listExpiring,
  listItems,
  listMovements,
  lotsOfItems,
  readLabel,
  verificationsOfLots,
} from './queries/read-stock.ts';
import { listShortages, recipesOf, usageReport } from './queries/read-usage.ts';

export const service = defineService({
  name: 'inventory',
  port: 8091,
  calls: [
    answer(contract.saveItem, 'inventory.manage', saveItem),
    answer(contract.listItems, 'inventory.read', listItems),
    answer(contract.lotsOfItems, 'inventory.read', lotsOfItems),
    answer(contract.listExpiring, 'inventory.read', listExpiring),
    answer(contract.listMovements, 'inventory.read', listMovements),
    answer(contract.readLabel, 'inventory.read', readLabel),
    answer(contract.openLot, 'inventory.move', openLot),
    answer(contract.moveStock, 'inventory.move', moveStock),
    answer(contract.countStock, 'inventory.move', countStock),
    answer(contract.verifyLot, 'inventory.move', verifyLot),
    answer(contract.verificationsOfLots, 'inventory.read', verificationsOfLots),
    answer(contract.releaseLot, 'inventory.manage', releaseLot),
    answer(contract.setRecipes, 'inventory.manage', setRecipes),
    answer(contract.setAnalyteRecipes, 'inventory.manage', setAnalyteRecipes),
    answer(contract.recipesOf, 'inventory.read', recipesOf),
    answer(contract.listShortages, 'inventory.read', listShortages),
    answer(contract.settleShortages, 'inventory.move', settleShortages),
    answer(contract.usageReport, 'inventory.read', usageReport),
    answer(contract.saveSupplier, 'inventory.manage', saveSupplier),
    answer(contract.listSuppliers, 'inventory.read', listSuppliers),
    answer(contract.savePurchase, 'inventory.manage', savePurchase),
    answer(contract.sendPurchase, 'inventory.manage', sendPurchase),
    answer(contract.cancelPurchase, 'inventory.manage', cancelPurchase),
    answer(contract.getPurchase, 'inventory.read', getPurchase),
    answer(contract.listPurchases, 'inventory.read', listPurchases),
    answer(contract.receiveGoods, 'inventory.move', receiveGoods),
    answer(contract.listReceipts, 'inventory.read', listReceipts),
  ],
  consumers: [
    consume('on-result-entered', resultEntered, onResultEntered),
    consume('on-control-measured', controlMeasured, onControlMeasured),
  ],
  jobs: [work(watchExpiryJob, watchExpiry)],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: {
    item_code_key: contract.itemCodeTaken,
    item_gtin_key: contract.gtinTaken,
    recipe_item: contract.itemNotFound,
    supplier_code_key: contract.supplierCodeTaken,
    purchase_supplier: contract.supplierNotFound,
  },
});
