// A lab in which only this service runs, with the starter catalogue: what the catalogue does needs no neighbour.
import type { TestContext } from 'node:test';

import type { CallInput } from '#platform/contract.ts';

import { startLab } from '../../testing/start-lab.ts';
import type { StartLabOptions, TestLab } from '../../testing/start-lab.ts';
import { changeCatalogue, getCatalogueState, seedCatalogue } from './contract.ts';

export async function startCatalogueLab(
  t: TestContext,
  options: Omit<StartLabOptions, 'services'> = {},
): Promise<TestLab> {
  const lab = await startLab(t, { ...options, services: ['order'] });
  await lab.system.call(seedCatalogue, {});
  return lab;
}

export type Changes = Omit<CallInput<typeof changeCatalogue>, 'expectedVersion' | 'reason'>;

export const versionOf = async (lab: TestLab) => (await lab.as('manager').call(getCatalogueState, {})).version;
export const change = async (lab: TestLab, changes: Changes, reason = 'as the director decided') =>
  lab.as('manager').call(changeCatalogue, { ...changes, expectedVersion: await versionOf(lab), reason });

/** A test no starter set has, with its analyte. */
export const zinc: NonNullable<Changes['analytes']>[number] = {
  code: 'ZN_U',
  name: 'Zinc, urine',
  loinc: null,
  ucum: 'ug/L',
  unitDisplay: 'µg/L',
  kind: 'numeric',
  decimals: 0,
  choices: [],
  aliases: ['UZN'],
};
export const zincTest = {
  code: 'ZN_U',
  name: 'Zinc, urine',
  shortName: 'U Zn',
  reportName: 'Zinc in urine',
  synonyms: [],
  section: 'BIOCHEMISTRY',
  specimen: 'Urine (spot)',
  containerCode: 'URINE',
  method: 'AAS',
  loinc: null,
  turnaroundMinutes: 1440,
  urgentTurnaroundMinutes: 1440,
  pricePaise: 90_000,
  isFastingNeeded: false,
  analyteCodes: ['ZN_U'],
};
