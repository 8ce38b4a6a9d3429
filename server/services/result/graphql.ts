import { given, typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { ResultView, UsedRange as UsedRangeView } from './contract.ts';
import { Flag, Hold, lastResults, ResultStatus } from './contract.ts';
import { judgingFields } from './graphql/judging.ts';
import { kindFields } from './graphql/kinds.ts';
import { releaseFields } from './graphql/release.ts';
import { worklistFields } from './graphql/worklists.ts';

export function graphql(b: Builder): void {
  const Status = b.enumType('ResultStatus', {
    values: ResultStatus.options,
    description:
      'expected: tube not drawn yet; awaiting: drawn, no value; then entered, verified, authorised; cancelled: taken back before',
  });
  const ResultFlag = b.enumType('ResultFlag', {
    values: Flag.options,
    description:
      'L, H: outside the range; LL, HH: beyond the critical limit; A: not the expected text; AA: critical text; D: unusual change; X: beyond the physiological limit',
  });
  const ResultHold = b.enumType('ResultHold', {
    values: Hold.options,
    description: 'Why a person must look before the value may be verified; named in holdsSeen by who has looked',
  });

  const UsedRange = typeRef<UsedRangeView>(b, 'UsedRange');
  UsedRange.implement({
    description:
      'The range a value was judged by, as stored with it. Limits are decimal text; ages are days at collection, [from, to).',
    fields: (t) => ({
      low: t.exposeString('low', { nullable: true }),
      high: t.exposeString('high', { nullable: true }),
      text: t.exposeString('text', {
        nullable: true,
        description: 'Expected text, or wording that replaces the numbers',
      }),
      kind: t.exposeString('kind', {
        description: 'reference, decision (a decision limit) or none (no range established)',
      }),
      criticalLow: t.exposeString('criticalLow', { nullable: true }),
      criticalHigh: t.exposeString('criticalHigh', { nullable: true }),
      criticalTexts: t.stringList({
        resolve: ({ criticalTexts }) => criticalTexts ?? [],
        description: 'Texts that are critical; growth or mixed of a culture',
      }),
      sex: t.exposeString('sex', { description: 'any, male or female' }),
      ageFromDays: t.exposeInt('ageFromDays'),
      ageToDays: t.exposeInt('ageToDays', { nullable: true }),
      ageDays: t.exposeInt('ageDays', { description: "The patient's age at collection" }),
      source: t.exposeString('source'),
    }),
  });

  const OtherValue = typeRef<ResultView['otherValues'][number]>(b, 'OtherValue');
  OtherValue.implement({
    description: 'A further value for the same analyte, as sent, kept beside the reported one',
    fields: (t) => ({
      value: t.exposeString('value'),
      unit: t.exposeString('unit'),
      source: t.exposeString('source'),
      messageId: t.exposeID('messageId', { nullable: true }),
      at: t.field({ type: 'DateTime', resolve: (other) => other.at }),
      why: t.string({
        nullable: true,
        description: 'Why it was set aside, when it stood in the result before',
        resolve: (other) => other.why ?? null,
      }),
    }),
  });

  const Result = typeRef<ResultView>(b, 'Result');
  Result.implement({
    fields: (t) => {
      const instant = (pick: (result: ResultView) => string | null) =>
        t.field({ type: 'DateTime', nullable: true, resolve: (result) => pick(result) });
      return {
        id: t.exposeID('id'),
        orderId: t.exposeID('orderId'),
        lineId: t.exposeID('lineId'),
        patientId: t.exposeID('patientId'),
        testCode: t.exposeString('testCode'),
        testName: t.exposeString('testName'),
        section: t.exposeString('section'),
        specimen: t.exposeString('specimen'),
        method: t.exposeString('method', { nullable: true }),
        analyteCode: t.exposeString('analyteCode'),
        analyteName: t.exposeString('analyteName'),
        loinc: t.exposeString('loinc', { nullable: true }),
        kind: t.exposeString('kind', { description: 'numeric, text, coded, titre, culture, narrative or image' }),
        unit: t.exposeString('unit', { description: 'As printed; empty when it has none' }),
        barcode: t.exposeString('barcode', { nullable: true }),
        status: t.field({ type: Status, resolve: (result) => result.status }),
        value: t.exposeString('value', { nullable: true, description: 'As reported: rounded, with < or > in front' }),
        rawValue: t.exposeString('rawValue', { nullable: true, description: 'As typed or sent' }),
        flags: t.field({ type: [ResultFlag], resolve: (result) => result.flags }),
        holds: t.field({ type: [ResultHold], resolve: (result) => result.holds }),
        range: t.field({ type: UsedRange, nullable: true, resolve: (result) => result.range }),
        note: t.exposeString('note', { nullable: true }),
        source: t.exposeString('source', { nullable: true, description: "manual, or the instrument's name" }),
        messageId: t.exposeID('messageId', { nullable: true, description: 'The raw message it came from' }),
        otherValues: t.field({ type: [OtherValue], resolve: (result) => result.otherValues }),
        collectedAt: instant((result) => result.collectedAt),
        receivedAt: instant((result) => result.receivedAt),
        enteredAt: instant((result) => result.enteredAt),
        enteredBy: t.exposeString('enteredBy', { nullable: true }),
        verifiedAt: instant((result) => result.verifiedAt),
        verifiedBy: t.exposeString('verifiedBy', { nullable: true }),
        authorisedAt: instant((result) => result.authorisedAt),
        authorisedBy: t.exposeString('authorisedBy', { nullable: true }),
        authorisedById: t.exposeID('authorisedById', { nullable: true }),
        sentBackReason: t.string({
          nullable: true,
          description: 'Why it is back at the bench, in words; until it is verified again',
          resolve: (result) => result.sentBackReason ?? null,
        }),
        version: t.exposeInt('version', { description: 'Give it back as expectedVersion' }),
      };
    },
  });

  b.queryFields((t) => ({
    previousResults: t.field({
      type: [Result],
      description: 'Authorised values of one patient and analyte, newest first',
      args: {
        patientId: t.arg.id({ required: true }),
        analyteCode: t.arg.string({ required: true }),
        first: t.arg.int(),
      },
      resolve: (_, args, ctx) => ctx.call(lastResults, given(args)),
    }),
  }));
  judgingFields(b, { flag: ResultFlag, hold: ResultHold });
  releaseFields(b, { flag: ResultFlag, hold: ResultHold });
  kindFields(b);
  worklistFields(b, { flag: ResultFlag, hold: ResultHold, status: Status });
}
