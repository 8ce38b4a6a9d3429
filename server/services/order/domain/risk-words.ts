// What the list of lines at risk says beside each.
import type { LineStage } from '../contract.ts';

const whereItIs: Readonly<Record<LineStage, string>> = {
  ordered: 'not drawn yet',
  collected: 'not received yet',
  received: 'no value yet',
  rejected: 'tube rejected',
  entered: 'not verified yet',
  verified: 'not signed yet',
  authorised: 'signed',
  cancelled: 'cancelled',
};

export interface Risk {
  readonly stage: LineStage;
  readonly promisedAt: string;
  readonly paceMinutes: number;
  readonly paceLines: number | null;
}

/** @param now an instant */
export function riskWords({ stage, promisedAt, paceMinutes, paceLines }: Risk, now: string): string {
  const left = Math.round((Date.parse(promisedAt) - Date.parse(now)) / 60_000);
  if (promisedAt < now) return `${span(-left)} over the promise, ${whereItIs[stage]}`;
  const basis = paceLines === null ? 'by the catalogue' : `middle of the last ${paceLines}`;
  return `${span(left)} left, ${whereItIs[stage]}; it takes ${span(paceMinutes)} from drawing to signature (${basis})`;
}

function span(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}
