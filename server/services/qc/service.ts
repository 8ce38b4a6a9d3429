import { answer, consume, defineService } from '#platform/service.ts';

import { resultEntered } from '#contract/result.ts';

import { addEqaRound, enterEqaResult, evaluateEqaSample } from './commands/eqa.ts';
import { liftHold, recordCorrection } from './commands/lift-hold.ts';
import { recordControls } from './commands/record-controls.ts';
import { saveControlLot } from './commands/save-lot.ts';
import { saveMonitor, setMonitorLimits } from './commands/save-monitor.ts';
import { savePeerMean } from './commands/save-peer-mean.ts';
import { setPairRules } from './commands/set-pair-rules.ts';
import { setTarget } from './commands/set-target.ts';
import { takeControls } from './commands/take-controls.ts';
import { voidControl } from './commands/void-control.ts';
import { onResultEntered } from './consumers/on-result-entered.ts';
import * as contract from './contract.ts';
import * as controls from './control-store.ts';
import { graphql } from './graphql.ts';
import { getPairRules, leveyJennings, monthlySummary } from './queries/chart.ts';
import { eqaRegister, listEqaRounds } from './queries/list-eqa.ts';
import { listControlLots, listTargets, recogniseControls } from './queries/list-lots.ts';
import { listMonitors, listPatientAlarms, monitorSeries } from './queries/list-monitors.ts';
import { getQcStates, listHolds, listQcStates } from './queries/list-states.ts';
import { lookBack } from './queries/look-back.ts';
import { controlView } from './views.ts';

export const service = defineService({
  name: 'qc',
  port: 8088,
  calls: [
    answer(contract.recordControls, 'qc.enter', recordControls),
    answer(contract.takeControls, 'system', takeControls),
    answer(contract.recogniseControls, 'system', recogniseControls),
    answer(contract.voidControl, 'qc.correct', voidControl),
    answer(contract.controlsOfRuns, 'qc.read', async (ctx, { ids }) =>
      (await controls.controlsOfRuns(ctx.db, ctx.labId(), ids)).map(controlView),
    ),
    answer(contract.getQcStates, 'qc.read', getQcStates),
    answer(contract.listQcStates, 'qc.read', listQcStates),
    answer(contract.listHolds, 'qc.read', listHolds),
    answer(contract.lookBack, 'qc.read', lookBack),
    answer(contract.recordCorrection, 'qc.correct', recordCorrection),
    answer(contract.liftHold, 'qc.correct', liftHold),
    answer(contract.saveControlLot, 'qc.manage', saveControlLot),
    answer(contract.listControlLots, 'qc.read', listControlLots),
    answer(contract.setTarget, 'qc.manage', setTarget),
    answer(contract.listTargets, 'qc.read', listTargets),
    answer(contract.getPairRules, 'qc.read', getPairRules),
    answer(contract.setPairRules, 'qc.manage', setPairRules),
    answer(contract.leveyJennings, 'qc.read', leveyJennings),
    answer(contract.monthlySummary, 'qc.read', monthlySummary),
    answer(contract.savePeerMean, 'qc.manage', savePeerMean),
    answer(contract.saveMonitor, 'qc.manage', saveMonitor),
    answer(contract.setMonitorLimits, 'qc.manage', setMonitorLimits),
    answer(contract.listMonitors, 'qc.read', listMonitors),
    answer(contract.monitorSeries, 'qc.read', monitorSeries),
    answer(contract.listPatientAlarms, 'qc.read', listPatientAlarms),
    answer(contract.addEqaRound, 'qc.manage', addEqaRound),
    answer(contract.enterEqaResult, 'qc.enter', enterEqaResult),
    answer(contract.evaluateEqaSample, 'qc.manage', evaluateEqaSample),
    answer(contract.listEqaRounds, 'qc.read', listEqaRounds),
    answer(contract.eqaRegister, 'qc.read', eqaRegister),
  ],
  consumers: [consume('on-result-entered', resultEntered, onResultEntered)],
  jobs: [],
  graphql,
  migrations: new URL('./migrations/', import.meta.url),
  constraints: {
    lot_key: contract.lotTaken,
    monitor_key: contract.monitorTaken,
    eqa_round_key: contract.eqaRoundTaken,
  },
});
