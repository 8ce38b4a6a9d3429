// Rows as others see them.
import type { InstrumentView } from './contract.ts';
import type { InstrumentRow } from './store.ts';

export function instrumentView(row: InstrumentRow): InstrumentView {
  const {
    nameKey: _key,
    statusSince: _since,
    lastCalibratedAt: _at,
    lastCalibrationPassed: _passed,
    calibratedOn: _on,
    lastMaintainedAt: _maintained,
    ...view
  } = row;
  return view;
}
