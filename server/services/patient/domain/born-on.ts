// The day of birth, given or worked out from an age; days are those of the lab, Asia/Kolkata.
import { bornOnFromAge, calendarDay } from '@nidaan/values';
import type { Age } from '@nidaan/values';

import { bornInFuture, bornOnOrAge } from '../contract.ts';

export interface BornOn {
  readonly bornOn: string;
  readonly isBornOnApproximate: boolean;
}

/** @throws patient.born_in_future */
export function checkBornOn(bornOn: string, now: string): string {
  if (bornOn > calendarDay(now)) throw bornInFuture({});
  return bornOn;
}

/** @throws patient.born_on_or_age | patient.born_in_future */
export function toBornOn(bornOn: string | null, age: Age | null, now: string): BornOn {
  if (bornOn !== null && age === null) return { bornOn: checkBornOn(bornOn, now), isBornOnApproximate: false };
  if (bornOn === null && age !== null) return { bornOn: bornOnFromAge(age, now), isBornOnApproximate: true };
  throw bornOnOrAge({});
}
