// The part of the schema about cultures, narratives and images: what was found, and how it is entered.
import { typeRef } from '#platform/graphql/kit.ts';
import type { Builder } from '#platform/graphql/module.ts';

import type { ResultDetail, ResultView } from '../contract.ts';
import { badDetail, enterDetail } from '../contract.ts';

type CultureView = Extract<ResultDetail, { readonly kind: 'culture' }>;
type IsolateView = CultureView['isolates'][number];
type SusceptibilityView = IsolateView['antibiogram'][number];
type NarrativeView = Extract<ResultDetail, { readonly kind: 'narrative' }>;
type ImageView = Extract<ResultDetail, { readonly kind: 'image' }>;

export function kindFields(b: Builder): void {
  const enums = declareEnums(b);
  declareViews(b, enums);
  declareEntry(b, enums);
}

function declareEnums(b: Builder) {
  return {
    stage: b.enumType('CultureStage', {
      values: ['preliminary', 'final'] as const,
      description:
        'A preliminary culture may be signed as interim; its next stage is entered over it, and is no amendment',
    }),
    growth: b.enumType('CultureGrowth', { values: ['pending', 'none', 'growth', 'mixed'] as const }),
    method: b.enumType('SusceptibilityMethod', { values: ['disk', 'mic'] as const }),
    interpretation: b.enumType('SusceptibilityInterpretation', {
      values: ['S', 'I', 'SDD', 'R', 'NS'] as const,
      description:
        'S susceptible; I intermediate, or susceptible at increased exposure; SDD susceptible dose dependent; R resistant; NS not susceptible',
    }),
  };
}

type Enums = ReturnType<typeof declareEnums>;

function declareViews(b: Builder, enums: Enums): void {
  const Susceptibility = typeRef<SusceptibilityView>(b, 'Susceptibility');
  Susceptibility.implement({
    fields: (t) => ({
      antibiotic: t.exposeString('antibiotic'),
      method: t.field({ type: enums.method, nullable: true, resolve: (row) => row.method }),
      measured: t.exposeString('measured', { nullable: true, description: 'Zone in mm or MIC in mg/L' }),
      interpretation: t.field({ type: enums.interpretation, resolve: (row) => row.interpretation }),
      isReported: t.exposeBoolean('isReported', { description: 'False: tested, not printed (cascade reporting)' }),
    }),
  });
  const Isolate = typeRef<IsolateView>(b, 'Isolate');
  Isolate.implement({
    fields: (t) => ({
      organism: t.exposeString('organism'),
      quantity: t.exposeString('quantity', { nullable: true }),
      comment: t.exposeString('comment', { nullable: true }),
      antibiogram: t.field({ type: [Susceptibility], resolve: (isolate) => isolate.antibiogram }),
    }),
  });
  const Culture = typeRef<CultureView>(b, 'CultureFindings');
  Culture.implement({
    fields: (t) => ({
      stage: t.field({ type: enums.stage, resolve: (culture) => culture.stage }),
      growth: t.field({ type: enums.growth, resolve: (culture) => culture.growth }),
      incubationHours: t.exposeInt('incubationHours', { nullable: true }),
      microscopy: t.exposeString('microscopy', { nullable: true }),
      colonyCount: t.exposeString('colonyCount', { nullable: true }),
      isolates: t.field({ type: [Isolate], resolve: (culture) => culture.isolates }),
      comment: t.exposeString('comment', { nullable: true }),
    }),
  });
  const Section = typeRef<NarrativeView['sections'][number]>(b, 'NarrativeSection');
  Section.implement({ fields: (t) => ({ title: t.exposeString('title'), text: t.exposeString('text') }) });
  const Narrative = typeRef<NarrativeView>(b, 'NarrativeFindings');
  Narrative.implement({
    fields: (t) => ({
      sections: t.field({ type: [Section], resolve: (narrative) => narrative.sections }),
      impression: t.exposeString('impression', { description: 'Needed before it may be verified' }),
      codes: t.exposeStringList('codes', { description: 'SNOMED CT, ICD-O or ICD-10, as system|code' }),
    }),
  });
  const Image = typeRef<ImageView>(b, 'ImageFindings');
  Image.implement({
    fields: (t) => ({ fileIds: t.exposeIDList('fileIds'), caption: t.exposeString('caption') }),
  });
  b.objectFields(typeRef<ResultView>(b, 'Result'), (t) => ({
    culture: t.field({
      type: Culture,
      nullable: true,
      description: 'Of a culture; value is the line that sums it up',
      resolve: ({ detail }) => (detail?.kind === 'culture' ? detail : null),
    }),
    narrative: t.field({
      type: Narrative,
      nullable: true,
      description: 'Of histopathology and cytology; value is the impression',
      resolve: ({ detail }) => (detail?.kind === 'narrative' ? detail : null),
    }),
    image: t.field({
      type: Image,
      nullable: true,
      resolve: ({ detail }) => (detail?.kind === 'image' ? detail : null),
    }),
  }));
}

function declareEntry(b: Builder, enums: Enums): void {
  const SusceptibilityInput = b.inputType('SusceptibilityInput', {
    fields: (t) => ({
      antibiotic: t.string({ required: true }),
      method: t.field({ type: enums.method }),
      measured: t.string({ description: 'Zone in mm or MIC in mg/L, with < or > where the panel ends' }),
      interpretation: t.field({ type: enums.interpretation, required: true }),
      isReported: t.boolean({ description: 'True when left out' }),
    }),
  });
  const IsolateInput = b.inputType('IsolateInput', {
    fields: (t) => ({
      organism: t.string({ required: true }),
      quantity: t.string(),
      comment: t.string(),
      antibiogram: t.field({ type: [SusceptibilityInput] }),
    }),
  });
  const CultureInput = b.inputType('CultureInput', {
    fields: (t) => ({
      stage: t.field({ type: enums.stage, required: true }),
      growth: t.field({ type: enums.growth, required: true }),
      incubationHours: t.int(),
      microscopy: t.string(),
      colonyCount: t.string(),
      isolates: t.field({ type: [IsolateInput] }),
      comment: t.string(),
    }),
  });
  const NarrativeSectionInput = b.inputType('NarrativeSectionInput', {
    fields: (t) => ({ title: t.string({ required: true }), text: t.string({ required: true }) }),
  });
  const NarrativeInput = b.inputType('NarrativeInput', {
    fields: (t) => ({
      sections: t.field({
        type: [NarrativeSectionInput],
        required: true,
        description: 'In the order they are printed',
      }),
      impression: t.string({ description: 'May be left out of a draft' }),
      codes: t.stringList(),
    }),
  });
  const ImageInput = b.inputType('ImageInput', {
    fields: (t) => ({
      fileIds: t.idList({ required: true, description: 'Files of the order or its patient: PNG, JPEG or PDF' }),
      caption: t.string(),
    }),
  });
  const EnterDetailInput = b.inputType('EnterDetailInput', {
    description: 'Exactly one of culture, narrative and image',
    fields: (t) => ({
      resultId: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      note: t.string(),
      culture: t.field({ type: CultureInput }),
      narrative: t.field({ type: NarrativeInput }),
      image: t.field({ type: ImageInput }),
    }),
  });
  type Given = typeof EnterDetailInput.$inferInput;
  const toDetail = ({ culture, narrative, image }: Given): ResultDetail => {
    const details: readonly ResultDetail[] = [
      ...(culture ? [toCulture(culture)] : []),
      ...(narrative ? [toNarrative(narrative)] : []),
      ...(image ? [{ kind: 'image' as const, fileIds: image.fileIds.map(String), caption: image.caption ?? '' }] : []),
    ];
    const [detail, another] = details;
    if (detail === undefined || another !== undefined)
      throw badDetail({ faults: ['expected exactly one of culture, narrative and image'] });
    return detail;
  };
  const toCulture = (culture: NonNullable<Given['culture']>): CultureView => ({
    kind: 'culture',
    stage: culture.stage,
    growth: culture.growth,
    incubationHours: culture.incubationHours ?? null,
    microscopy: culture.microscopy ?? null,
    colonyCount: culture.colonyCount ?? null,
    comment: culture.comment ?? null,
    isolates: (culture.isolates ?? []).map((isolate) => ({
      organism: isolate.organism,
      quantity: isolate.quantity ?? null,
      comment: isolate.comment ?? null,
      antibiogram: (isolate.antibiogram ?? []).map((row) => ({
        antibiotic: row.antibiotic,
        method: row.method ?? null,
        measured: row.measured ?? null,
        interpretation: row.interpretation,
        isReported: row.isReported ?? true,
      })),
    })),
  });
  const toNarrative = (narrative: NonNullable<Given['narrative']>): NarrativeView => ({
    kind: 'narrative',
    sections: narrative.sections.map(({ title, text }) => ({ title, text })),
    impression: narrative.impression ?? '',
    codes: [...(narrative.codes ?? [])],
  });
  b.mutationField('enterResultDetail', (t) =>
    t.field({
      type: typeRef<ResultView>(b, 'Result'),
      description:
        'The findings of a culture, a narrative or an image; the next stage of a culture that was signed as interim',
      args: { input: t.arg({ type: EnterDetailInput, required: true }) },
      resolve: (_, { input }, ctx) =>
        ctx.call(enterDetail, {
          resultId: input.resultId,
          expectedVersion: input.expectedVersion,
          note: input.note,
          detail: toDetail(input),
        }),
    }),
  );
}
