import type { Builder } from '#platform/graphql/module.ts';

import { chartFields } from './graphql/chart.ts';
import { controlFields } from './graphql/controls.ts';
import { eqaFields } from './graphql/eqa.ts';
import { patientAverageFields } from './graphql/patient-average.ts';

export function graphql(b: Builder): void {
  controlFields(b);
  chartFields(b);
  patientAverageFields(b);
  eqaFields(b);
}
