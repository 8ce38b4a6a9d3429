// Controls among what analyzers sent go to quality control and to no patient: tubes the analyzer calls controls, and tubes under the
// sample id of a control lot. What quality control cannot place waits in the inbox as `control_sample`.
import { recogniseControls, takeControls } from '#contract/qc.ts';
import type { ControlObservation } from '#contract/qc.ts';
import { Barcode, findTubes } from '#contract/sample.ts';
import { inBatches } from '#platform/batches.ts';
import type { CallOutput } from '#platform/contract.ts';
import type { Ctx } from '#platform/service.ts';

import type { CodeBook } from '../domain/code-book.ts';
import type { ControlReading, Finding, HeldPlace, ReadMessage, TubeReading } from '../domain/reading.ts';
import { holdFinding, holdTube } from '../domain/reading.ts';
import { isTooLong, MAX_BARCODE } from '../reading/clamp.ts';

/** Limits of the calls. */
const MAX_IDS = 2000;
const MAX_BARCODES = 500;
const MAX_OBSERVATIONS = 2000;
/** What a control may say at most; a longer value is no number. */
const MAX_VALUE = 100;

/** A message with its controls taken out. */
export interface SortedMessage {
  readonly id: string;
  readonly instrument: string;
  /** What is left for patients. */
  readonly tubes: readonly TubeReading[];
  readonly held: readonly HeldPlace[];
  /** Control values that quality control has, from now or before. */
  readonly recorded: number;
}

interface ControlTube extends ControlReading {
  readonly message: ReadMessage;
  /** The id under which a lot is known. */
  readonly sampleId: string;
}

interface Sorting {
  readonly tubes: TubeReading[];
  held: HeldPlace[];
  recorded: number;
}

type Outcomes = ReadonlyMap<string, CallOutput<typeof takeControls>[number]['outcome']>;

/** Safe to repeat: the key of a value is its message and place. */
export async function takeControlTubes(
  ctx: Ctx,
  book: CodeBook,
  messages: readonly ReadMessage[],
): Promise<readonly SortedMessage[]> {
  const known = await knownIds(ctx, messages);
  const controlTubes: ControlTube[] = [];
  const bySample: { readonly message: ReadMessage; readonly tube: TubeReading; readonly sampleId: string }[] = [];
  const sortings = new Map(
    messages.map((message): [string, Sorting] => {
      const tubes: TubeReading[] = [];
      const idOf = (tube: TubeReading): string | undefined => tube.barcodes.find((barcode) => known.has(barcode));
      for (const control of message.reading.controls) {
        const sampleId = idOf(control.tube);
        if (sampleId !== undefined) controlTubes.push({ ...control, message, sampleId });
      }
      for (const tube of message.reading.tubes) {
        const sampleId = idOf(tube);
        if (sampleId === undefined) tubes.push(tube);
        else bySample.push({ message, tube, sampleId });
      }
      return [message.id, { tubes, held: [...message.reading.held], recorded: 0 }];
    }),
  );
  const sortingOf = (message: ReadMessage): Sorting => sortings.get(message.id) ?? { tubes: [], held: [], recorded: 0 };
  const ofPatients = await patientTubes(
    ctx,
    bySample.map(({ sampleId }) => sampleId),
  );
  for (const { message, tube, sampleId } of bySample) {
    // Both a control's id and a patient's tube: whose blood it is, a person has to say.
    if (ofPatients.has(sampleId)) sortingOf(message).held.push(holdTube(tube, 'control_sample'));
    else controlTubes.push({ message, tube, sampleId, held: [] });
  }
  const prepared = controlTubes.map((control) => ({ control, ...prepare(control, book) }));
  const outcomes = await send(
    ctx,
    prepared.flatMap(({ observations }) => observations.map(({ observation }) => observation)),
  );
  for (const { control, observations, held } of prepared) {
    settle(control, observations, held, outcomes, sortingOf(control.message));
  }
  return messages.map((message) => ({ id: message.id, instrument: message.instrument, ...sortingOf(message) }));
}

async function knownIds(ctx: Ctx, messages: readonly ReadMessage[]): Promise<ReadonlySet<string>> {
  const tubes = messages.flatMap(({ reading }) => [...reading.tubes, ...reading.controls.map(({ tube }) => tube)]);
  const ids = [...new Set(tubes.flatMap(({ barcodes }) => barcodes))].filter((id) => id.length <= MAX_BARCODE);
  return new Set(await inBatches(ids, MAX_IDS, (sampleIds) => ctx.callAsSystem(recogniseControls, { sampleIds })));
}

async function patientTubes(ctx: Ctx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const wanted = [...new Set(ids)].filter((id) => Barcode.safeParse(id).success);
  const found = await inBatches(wanted, MAX_BARCODES, (barcodes) => ctx.callAsSystem(findTubes, { barcodes }));
  return new Set(found.map(({ barcode }) => barcode));
}

interface Prepared {
  readonly observations: readonly { readonly finding: Finding; readonly observation: ControlObservation }[];
  readonly held: readonly HeldPlace[];
}

function prepare({ message, tube, sampleId }: ControlTube, book: CodeBook): Prepared {
  const observations: { finding: Finding; observation: ControlObservation }[] = [];
  const held: HeldPlace[] = [];
  const named: TubeReading = { ...tube, barcodes: [sampleId] };
  for (const finding of tube.findings) {
    const analyteCode = book.find(message.instrument, finding.codes);
    if (analyteCode === undefined) held.push(holdFinding(finding, named, 'unknown_code'));
    else if (isTooLong(finding)) held.push(holdFinding(finding, named, 'fault'));
    // A value the analyzer may still change would be judged twice.
    else if (finding.isPreliminary || finding.value.length > MAX_VALUE)
      held.push(holdFinding(finding, named, 'control_sample'));
    else
      observations.push({
        finding,
        observation: {
          key: `${message.id}/${finding.location}`,
          messageId: message.id,
          instrument: message.instrument,
          sampleId,
          analyteCode,
          value: finding.value,
          unit: finding.unit,
          reagentLot: null,
          measuredAt: message.receivedAt,
        },
      });
  }
  return { observations, held };
}

async function send(ctx: Ctx, observations: readonly ControlObservation[]): Promise<Outcomes> {
  const taken = await inBatches(observations, MAX_OBSERVATIONS, (some) =>
    ctx.callAsSystem(takeControls, { observations: some }),
  );
  return new Map(taken.map(({ key, outcome }) => [key, outcome]));
}

function settle(
  { tube, held: noValues, sampleId }: ControlTube,
  observations: Prepared['observations'],
  held: readonly HeldPlace[],
  outcomes: Outcomes,
  sorting: Sorting,
): void {
  const named: TubeReading = { ...tube, barcodes: [sampleId] };
  const outcomeOf = ({ observation }: Prepared['observations'][number]) => outcomes.get(observation.key);
  // The one item for the tube gives way to what is said of its places.
  sorting.held = sorting.held.filter(({ location }) => location !== tube.location);
  if (observations.length > 0 && observations.every((each) => outcomeOf(each) === 'unknown_lot')) {
    sorting.held.push(holdTube(named, 'control_sample'));
    return;
  }
  sorting.held.push(...noValues, ...held);
  for (const each of observations) {
    const outcome = outcomeOf(each);
    switch (outcome) {
      case 'recorded':
      case 'repeated':
        sorting.recorded += 1;
        break;
      case 'unit_mismatch':
        sorting.held.push(holdFinding(each.finding, named, 'unit_mismatch'));
        break;
      case 'unknown_lot':
      case 'not_numeric':
        sorting.held.push(holdFinding(each.finding, named, 'control_sample'));
        break;
      case undefined:
        // Quality control answers every key; a missing answer must be seen.
        sorting.held.push(holdFinding(each.finding, named, 'fault'));
        break;
      default:
        outcome satisfies never;
    }
  }
}
