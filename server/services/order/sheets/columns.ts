// The columns of a catalogue's sheets: how each cell is read and written, and which field of the contract it is. Bounds and
// closed lists are the contract's; here a text only becomes a number, a list, a yes or no.
import type { SheetName } from '../contract.ts';

/** What is read of a cell, or why it cannot be. */
export type Read = { readonly value: unknown } | { readonly fault: string };

export interface Column {
  /** As in the header row. */
  readonly name: string;
  /** Of the contract's input; an empty one is folded into another field by the sheet. */
  readonly field: string;
  readonly read: (text: string) => Read;
  readonly write: (value: unknown) => string;
}

const said = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** A text; empty is left to the contract to refuse. */
const text = (name: string, field: string): Column => ({ name, field, read: (value) => ({ value }), write: said });
/** A text; empty is null. */
const maybe = (name: string, field: string): Column => ({
  name,
  field,
  read: (value) => ({ value: value === '' ? null : value }),
  write: said,
});
const figure = (name: string, field: string): Column => ({
  name,
  field,
  read: (value) => {
    if (value === '') return { value: null };
    return /^-?\d+(\.\d+)?$/.test(value) ? { value: Number(value) } : { fault: 'is not a number' };
  },
  write: said,
});
const list = (name: string, field: string): Column => ({
  name,
  field,
  read: (value) => {
    const items = value === '' ? [] : value.split('|').map((item) => item.trim());
    return items.includes('') ? { fault: 'has an empty item between its bars' } : { value: items };
  },
  write: (value) => (Array.isArray(value) ? value.map(said).join('|') : ''),
});
const yesNo = (name: string, field: string): Column => ({
  name,
  field,
  read: (value) => {
    const word = value.toLowerCase();
    if (word === 'yes' || word === 'no') return { value: word === 'yes' };
    return { fault: value === '' ? 'is empty, where yes or no is needed' : 'is not yes or no' };
  },
  write: (value) => (value === true ? 'yes' : 'no'),
});
const stability: Column = {
  name: 'stability',
  field: 'stability',
  read: (value) => {
    const items = value === '' ? [] : value.split('|').map((item) => item.trim());
    const read = items.map((item) => /^(\w+) (\d{1,5}) h$/.exec(item));
    if (read.includes(null)) return { fault: 'is not of the form room 24 h|refrigerated 72 h' };
    return { value: read.map((found) => ({ storage: found?.[1], hours: Number(found?.[2]) })) };
  },
  write: (value) =>
    Array.isArray(value)
      ? value
          .map((one: { readonly storage: string; readonly hours: number }) => `${one.storage} ${one.hours} h`)
          .join('|')
      : '',
};

export const columns: Readonly<Record<SheetName, readonly Column[]>> = {
  containers: [
    text('code', 'code'),
    text('name', 'name'),
    text('cap_colour', 'capColour'),
    text('additive', 'additive'),
    figure('volume_ml', 'volumeMl'),
    figure('order_of_draw', 'orderOfDraw'),
    yesNo('retired', 'isRetired'),
  ],
  analytes: [
    text('code', 'code'),
    text('name', 'name'),
    maybe('loinc', 'loinc'),
    maybe('ucum', 'ucum'),
    text('unit_display', 'unitDisplay'),
    text('kind', 'kind'),
    figure('decimals', 'decimals'),
    list('choices', 'choices'),
    list('aliases', 'aliases'),
    maybe('formula', 'formula'),
    maybe('measured_as', 'measuredAs'),
    maybe('molar_mass', 'molarMass'),
    maybe('reportable_low', 'reportableLow'),
    maybe('reportable_high', 'reportableHigh'),
    yesNo('retired', 'isRetired'),
  ],
  tests: [
    text('code', 'code'),
    text('name', 'name'),
    text('short_name', 'shortName'),
    text('report_name', 'reportName'),
    list('synonyms', 'synonyms'),
    text('section', 'section'),
    text('specimen', 'specimen'),
    text('container', 'containerCode'),
    maybe('method', 'method'),
    maybe('loinc', 'loinc'),
    figure('turnaround_minutes', 'turnaroundMinutes'),
    figure('urgent_turnaround_minutes', 'urgentTurnaroundMinutes'),
    figure('price_paise', 'pricePaise'),
    list('analytes', 'analyteCodes'),
    yesNo('fasting', 'isFastingNeeded'),
    figure('min_volume_ml', 'minVolumeMl'),
    stability,
    maybe('timed_draw', 'timedDraw'),
    figure('after_minutes', 'afterMinutes'),
    yesNo('in_scope', 'isInScope'),
    maybe('referral_lab_id', 'referralLabId'),
    yesNo('consent', 'needsConsent'),
    maybe('status', 'status'),
  ],
  panels: [
    text('code', 'code'),
    text('name', 'name'),
    list('synonyms', 'synonyms'),
    list('members', 'memberCodes'),
    figure('price_paise', 'pricePaise'),
    maybe('loinc', 'loinc'),
    maybe('status', 'status'),
  ],
  ranges: [
    text('analyte', 'analyteCode'),
    text('sex', 'sex'),
    figure('age_from_days', 'ageFromDays'),
    figure('age_to_days', 'ageToDays'),
    maybe('low', 'low'),
    maybe('high', 'high'),
    maybe('text', 'text'),
    text('kind', 'kind'),
    maybe('critical_low', 'criticalLow'),
    maybe('critical_high', 'criticalHigh'),
    maybe('absurd_low', 'absurdLow'),
    maybe('absurd_high', 'absurdHigh'),
    list('critical_texts', 'criticalTexts'),
    maybe('unit', 'unit'),
    maybe('method', 'method'),
    figure('gestation_from_weeks', 'gestationFromWeeks'),
    figure('gestation_to_weeks', 'gestationToWeeks'),
    maybe('valid_from', 'validFrom'),
    maybe('valid_to', 'validTo'),
    text('source', 'source'),
    maybe('critical_source', 'criticalSource'),
    maybe('note', 'note'),
  ],
  deltas: [
    text('analyte', 'analyteCode'),
    text('mode', 'mode'),
    text('limit', 'limit'),
    text('direction', 'direction'),
    figure('look_back_days', 'lookBackDays'),
    yesNo('mix_up_marker', 'isMixUpMarker'),
    text('source', 'source'),
  ],
  index_rules: [
    text('analyte', 'analyteCode'),
    text('index', 'index'),
    text('limit', 'limit'),
    text('effect', 'effect'),
    text('action', 'action'),
    text('comment', 'comment'),
  ],
  interpretations: [
    text('analyte', 'analyteCode'),
    figure('position', 'position'),
    text('when', 'when'),
    text('text', 'text'),
  ],
  consistency: [
    text('code', 'code'),
    text('message', 'message'),
    text('contradiction', 'contradiction'),
    list('inputs', 'inputs'),
    list('holds', 'holds'),
  ],
  reflex: [
    text('code', 'code'),
    text('name', 'name'),
    text('when', 'when'),
    list('inputs', 'inputs'),
    text('add_test', 'addTestCode'),
    text('billing', 'billing'),
  ],
};
