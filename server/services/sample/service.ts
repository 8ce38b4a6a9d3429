import { orderChanged, orderPlaced } from '#contract/order.ts';
import { answer, consume, defineService } from '#platform/service.ts';

import { aliquotTube } from './commands/aliquot-tube.ts';
import { collectTube } from './commands/collect-tube.ts';
import { decideRejected } from './commands/decide-rejected.ts';
import { disposeTubes } from './commands/dispose-tubes.ts';
import { markNotDrawn } from './commands/mark-not-drawn.ts';
import { packBag, receiveBag, sendBag } from './commands/move-bag.ts';
import { makeManifest, outlabReport, routeTube, sendManifest } from './commands/outsource.ts';
import { planTubes } from './commands/plan-tubes.ts';
import { printBagLabel } from './commands/print-bag-label.ts';
import { printLabels } from './commands/print-labels.ts';
import { printManifest } from './commands/print-manifest.ts';
import { receiveTubes } from './commands/receive-tubes.ts';
import { rejectTube } from './commands/reject-tube.ts';
import { retrieveTube, saveRack, storeTube } from './commands/store-tube.ts';
import { onOrderChanged } from './consumers/on-order-changed.ts';
import { onOrderPlaced } from './consumers/on-order-placed.ts';
import * as contract from './contract.ts';
import { graphql } from './graphql.ts';
import { getBag, listBags, listMissing } from './queries/read-bags.ts';
import { custody, listRejections, listUndecided, rejectionCounts } from './queries/read-custody.ts';
import { getManifest, listManifests, listOverdue, listToSend } from './queries/read-manifests.ts';
import { getRack, listDisposable, listRacks } from './queries/read-storage.ts';
import { findTube, findTubes, listNotDrawn, listTubes, tubesOfOrders } from './queries/read-tubes.ts';

export const service = defineService({
  name: 'sample',
  port: 8082,
  calls: [
    answer(contract.planTubes, 'sample.label', planTubes),
    answer(contract.tubesOfOrders, 'sample.read', tubesOfOrders),
    answer(contract.findTube, 'sample.read', findTube),
    answer(contract.findTubes, 'sample.read', findTubes),
    answer(contract.listTubes, 'sample.read', listTubes),
    answer(contract.listNotDrawn, 'sample.read', listNotDrawn),
    answer(contract.custody, 'sample.read', custody),
    answer(contract.collectTube, 'sample.collect', collectTube),
    answer(contract.markNotDrawn, 'sample.collect', markNotDrawn),
    answer(contract.receiveTubes, 'sample.receive', receiveTubes),
    answer(contract.printLabels, 'sample.label', printLabels),
    answer(contract.rejectTube, 'sample.reject', rejectTube),
    answer(contract.decideRejected, 'sample.reject', decideRejected),
    answer(contract.listUndecided, 'sample.read', listUndecided),
    answer(contract.listRejections, 'sample.read', listRejections),
    answer(contract.rejectionCounts, 'sample.read', rejectionCounts),
    answer(contract.packBag, 'sample.transport', packBag),
    answer(contract.printBagLabel, 'sample.transport', printBagLabel),
    answer(contract.sendBag, 'sample.transport', sendBag),
    // What comes out of a bag is received, and that takes the right to receive.
    answer(contract.receiveBag, 'sample.receive', receiveBag),
    answer(contract.getBag, 'sample.read', getBag),
    answer(contract.listBags, 'sample.read', listBags),
    answer(contract.listMissing, 'sample.read', listMissing),
    answer(contract.aliquotTube, 'sample.store', aliquotTube),
    answer(contract.saveRack, 'sample.store', saveRack),
    answer(contract.listRacks, 'sample.read', listRacks),
    answer(contract.getRack, 'sample.read', getRack),
    answer(contract.storeTube, 'sample.store', storeTube),
    answer(contract.retrieveTube, 'sample.store', retrieveTube),
    answer(contract.listDisposable, 'sample.store', listDisposable),
    answer(contract.disposeTubes, 'sample.store', disposeTubes),
    answer(contract.routeTube, 'sample.outsource', routeTube),
    answer(contract.listToSend, 'sample.outsource', listToSend),
    answer(contract.makeManifest, 'sample.outsource', makeManifest),
    answer(contract.sendManifest, 'sample.outsource', sendManifest),
    answer(contract.outlabReport, 'sample.outsource', outlabReport),
    answer(contract.getManifest, 'sample.outsource', getManifest),
    answer(contract.printManifest, 'sample.outsource', printManifest),
    answer(contract.listManifests, 'sample.outsource', listManifests),
    answer(contract.listOverdue, 'sample.outsource', listOverdue),
  ],
  consumers: [consume('plan-tubes', orderPlaced, onOrderPlaced), consume('change-tubes', orderChanged, onOrderChanged)],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: { tube_barcode_key: contract.barcodeTaken, tube_position_key: contract.positionTaken },
});
