// Result messages: ORU^R01, ORU^R30 to R32, OUL^R21 to R23. Segments are tied together by their position, not by a grammar:
// an OBX belongs to the OBR before it, an NTE to the segment before it, a specimen to its group and to no other.
import type { Segment } from './segment.ts';
import type { Hl7Message } from './message.ts';
import type { Hl7Warning } from './hl7-error.ts';
import type { OpenObservation, OpenPatient } from './read-observation.ts';
import type { OruMessage, Reagent, ResultGroup, Specimen, SpecimenIdCandidate } from './oru-types.ts';
import { readCoded, readNote, readObservation, readPatient, readReagent } from './read-observation.ts';

/** Ids taken of one specimen: every order that shares it carries them. */
const MAX_IDS = 100;

interface OpenSpecimen {
  readonly spm: Segment | undefined;
  readonly location: string;
  readonly containers: { readonly sac: Segment; readonly location: string }[];
  readonly observations: OpenObservation[];
  readonly reagents: Reagent[];
  readonly notes: string[];
}

interface OpenGroup {
  readonly obr: Segment | undefined;
  readonly location: string | undefined;
  readonly patient: OpenPatient | undefined;
  readonly specimens: OpenSpecimen[];
  orc: Segment | undefined;
  readonly observations: OpenObservation[];
  readonly reagents: Reagent[];
  readonly notes: string[];
}

/**
 * Reads a result message. Takes any message whose OBX are worth reading; whether the type is one we take is `checkOru`'s
 * question. Never throws on content.
 */
export function readOru(message: Hl7Message): OruMessage {
  const { header } = message;
  const type = header.leaf(9, 1, 1);
  const collector = new OruCollector(type === 'OUL');
  for (const segment of message.segments) collector.take(segment);
  collector.finish();
  return {
    type,
    event: header.leaf(9, 1, 2),
    version: header.leaf(12, 1, 1),
    controlId: header.plain(10),
    processingId: header.leaf(11, 1, 1),
    sendingApplication: header.leaf(3, 1, 1),
    sendingFacility: header.leaf(4, 1, 1),
    sentAt: header.leaf(7, 1, 1),
    charset: message.charset,
    patients: collector.patients,
    groups: collector.groups.map(groupCloser()),
    notes: collector.notes,
    warnings: [...message.warnings, ...collector.warnings],
  };
}

class OruCollector {
  readonly patients: OpenPatient[] = [];
  readonly groups: OpenGroup[] = [];
  readonly notes: string[] = [];
  readonly warnings: Hl7Warning[] = [];
  /** Specimen first (OUL): SPM opens a group of orders and ORC follows OBR. Order first (ORU): both the other way round. */
  readonly #isSpecimenFirst: boolean;
  readonly #counts = new Map<string, number>();
  #patient: OpenPatient | undefined;
  #specimen: OpenSpecimen | undefined;
  #group: OpenGroup | undefined;
  #pendingOrc: Segment | undefined;
  #pendingNotes: string[] = [];
  /** Specimens no order has claimed yet. */
  readonly #unclaimed = new Set<OpenSpecimen>();
  /** What an OBX describes right now. */
  #subject: 'order' | 'specimen' = 'order';
  #noteTarget: string[] = this.notes;
  #reagentTarget: Reagent[] | undefined;

  constructor(isSpecimenFirst: boolean) {
    this.#isSpecimenFirst = isSpecimenFirst;
  }

  take(segment: Segment): void {
    const { name } = segment;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    const location = `${name}[${String(count)}]`;
    switch (name) {
      case 'PID':
        this.finish();
        this.#patient = readPatient(segment, location);
        this.patients.push(this.#patient);
        this.#pendingOrc = undefined;
        this.#pendingNotes = [];
        this.#noteTarget = this.#patient.notes;
        break;
      case 'ORC':
        if (this.#isSpecimenFirst && this.#group !== undefined && this.#group.orc === undefined)
          this.#group.orc = segment;
        else this.#awaitOrder(segment);
        break;
      case 'OBR':
        this.#openGroup(segment, location);
        break;
      case 'SPM':
        this.#openSpecimen(segment, location);
        break;
      case 'SAC':
        this.#takeContainer(segment, location);
        break;
      case 'OBX':
        this.#takeObservation(segment, location);
        break;
      case 'INV':
        this.#reagentTarget?.push(readReagent(segment, location));
        break;
      case 'FT1':
      case 'CTI':
        if (this.#group !== undefined) this.#noteTarget = this.#group.notes;
        break;
      case 'NTE':
        this.#noteTarget.push(...readNote(segment));
        break;
      default:
        // Unknown and unneeded segments do not break the ties between those around them.
        break;
    }
  }

  /** Call after the last segment: a specimen that no order claimed becomes a group of its own, so that nothing is lost. */
  finish(): void {
    for (const specimen of this.#unclaimed) {
      this.#specimen = specimen;
      this.#openGroup(undefined, undefined);
      this.warnings.push({ code: 'oru.no_order', text: 'A specimen without an OBR.', location: specimen.location });
    }
    this.#group = undefined;
    this.#specimen = undefined;
    this.#subject = 'order';
  }

  #awaitOrder(orc: Segment): void {
    this.#pendingOrc = orc;
    this.#pendingNotes = [];
    this.#noteTarget = this.#pendingNotes;
  }

  #openGroup(obr: Segment | undefined, location: string | undefined): OpenGroup {
    const specimens = this.#specimen === undefined ? [] : [this.#specimen];
    for (const specimen of specimens) this.#unclaimed.delete(specimen);
    const group: OpenGroup = {
      obr,
      location,
      patient: this.#patient,
      specimens,
      orc: this.#pendingOrc,
      observations: [],
      reagents: [],
      notes: this.#pendingNotes,
    };
    this.#pendingNotes = [];
    this.groups.push(group);
    this.#group = group;
    this.#pendingOrc = undefined;
    // In an order-first message a specimen stands before an OBR only out of order, and then for this OBR alone.
    if (!this.#isSpecimenFirst) this.#specimen = undefined;
    this.#subject = 'order';
    this.#noteTarget = group.notes;
    this.#reagentTarget = group.reagents;
    return group;
  }

  #openSpecimen(spm: Segment | undefined, location: string): OpenSpecimen {
    const specimen: OpenSpecimen = { spm, location, containers: [], observations: [], reagents: [], notes: [] };
    this.#noteTarget = specimen.notes;
    this.#reagentTarget = specimen.reagents;
    if (this.#isSpecimenFirst || this.#group === undefined) {
      this.#specimen = specimen;
      this.#unclaimed.add(specimen);
      this.#group = undefined;
      this.#subject = 'specimen';
    } else {
      this.#group.specimens.push(specimen);
      // After the results SPM closes the order and its OBX describe the specimen. Before any result the sender put it out of
      // order: what follows are the results, and they must not vanish into the specimen.
      this.#subject = this.#group.observations.length > 0 ? 'specimen' : 'order';
    }
    return specimen;
  }

  #takeContainer(sac: Segment, location: string): void {
    const orderFirst = this.#isSpecimenFirst ? undefined : this.#group?.specimens.at(-1);
    let specimen = orderFirst ?? this.#specimen;
    if (specimen === undefined) {
      specimen = this.#openSpecimen(undefined, location);
    } else if (this.#isSpecimenFirst && this.#group !== undefined) {
      // A container after orders begins the next tube: of the same specimen (R23), or of another where there is no SPM (R21).
      const { spm } = specimen;
      specimen = this.#openSpecimen(spm, spm === undefined ? location : specimen.location);
    }
    specimen.containers.push({ sac, location });
    this.#reagentTarget = specimen.reagents;
  }

  #takeObservation(obx: Segment, location: string): void {
    const observation = readObservation(obx, location);
    this.#noteTarget = observation.notes;
    const specimen = this.#specimen ?? this.#group?.specimens.at(-1);
    if (this.#subject === 'specimen' && specimen !== undefined) {
      specimen.observations.push(observation);
      return;
    }
    this.#reagentTarget = observation.reagents;
    let group = this.#group;
    if (group === undefined) {
      group = this.#openGroup(undefined, undefined);
      this.#noteTarget = observation.notes;
      this.#reagentTarget = observation.reagents;
      this.warnings.push({ code: 'oru.no_order', text: 'An observation without an OBR before it.', location });
    } else if (group.specimens.length > 0 && !this.#isSpecimenFirst && group.observations.length === 0) {
      this.warnings.push({
        code: 'oru.specimen_before_result',
        text: 'A specimen stands before the first result.',
        location,
      });
    }
    group.observations.push(observation);
  }
}

interface ClosedSpecimen {
  readonly specimen: Specimen;
  readonly ids: readonly SpecimenIdCandidate[];
}

/** Reads each specimen once, however many orders share it: per order, many orders of one specimen would cost their product. */
function groupCloser(): (group: OpenGroup) => ResultGroup {
  const closed = new Map<OpenSpecimen, ClosedSpecimen>();
  return (group) =>
    closeGroup(
      group,
      group.specimens.map((open) => {
        const known = closed.get(open) ?? { specimen: closeSpecimen(open), ids: idsOfSpecimen(open) };
        closed.set(open, known);
        return known;
      }),
    );
}

function closeGroup({ obr, orc, ...rest }: OpenGroup, closed: readonly ClosedSpecimen[]): ResultGroup {
  const specimens = closed.map(({ specimen }) => specimen);
  const observedAt = obr?.leaf(7, 1, 1) ?? '';
  return {
    ...rest,
    specimens,
    specimenIds: [...bestFirst(closed), ...idsOfOrder(obr, rest.location)],
    specimenRole: specimens.find((specimen) => specimen.role !== '')?.role ?? '',
    sourceRole: obr?.leaf(15, 1, 7) ?? '',
    placerOrderId: obr?.leaf(2, 1, 1) ?? '',
    fillerOrderId: obr?.leaf(3, 1, 1) ?? '',
    service: readCoded(obr, 4),
    status: obr?.leaf(25, 1, 1) ?? '',
    orderControl: orc?.leaf(1, 1, 1) ?? '',
    orderStatus: orc?.leaf(5, 1, 1) ?? '',
    collectedAt: specimens[0]?.collectedAt || observedAt,
    observedAt,
    receivedAt: obr?.leaf(14, 1, 1) ?? '',
    reportedAt: obr?.leaf(22, 1, 1) ?? '',
  };
}

function closeSpecimen({ spm, location, observations, reagents, notes }: OpenSpecimen): Specimen {
  return {
    location,
    type: readCoded(spm, 4),
    role: spm?.leaf(11, 1, 1) ?? '',
    collectedAt: spm?.leaf(17, 1, 1) ?? '',
    receivedAt: spm?.leaf(18, 1, 1) ?? '',
    observations,
    reagents,
    notes,
  };
}

/** What the SPM of all specimens of a group say before what their containers say. */
function bestFirst(closed: readonly ClosedSpecimen[]): readonly SpecimenIdCandidate[] {
  const ids = closed.flatMap((each) => each.ids);
  return [...ids.filter(({ source }) => source !== 'SAC-3'), ...ids.filter(({ source }) => source === 'SAC-3')];
}

// SPM-2 is an EIP: component 1 the placer's id, 2 the filler's, each with its namespace as second subcomponent.
function idsOfSpecimen({ spm, location, containers }: OpenSpecimen): readonly SpecimenIdCandidate[] {
  const ofSpm =
    spm === undefined
      ? []
      : [
          ...candidate(spm.leaf(2, 1, 1, 1), spm.leaf(2, 1, 1, 2), 'SPM-2.1', `${location}-2.1`),
          ...candidate(spm.leaf(2, 1, 2, 1), spm.leaf(2, 1, 2, 2), 'SPM-2.2', `${location}-2.2`),
        ];
  const ofContainers = containers
    .slice(0, MAX_IDS)
    .flatMap((container) =>
      candidate(container.sac.leaf(3, 1, 1), container.sac.leaf(3, 1, 2), 'SAC-3', `${container.location}-3`),
    );
  return [...ofSpm, ...ofContainers].slice(0, MAX_IDS);
}

function idsOfOrder(obr: Segment | undefined, location: string | undefined): readonly SpecimenIdCandidate[] {
  if (obr === undefined || location === undefined) return [];
  return [
    ...candidate(obr.leaf(3, 1, 1), obr.leaf(3, 1, 2), 'OBR-3', `${location}-3`),
    ...candidate(obr.leaf(2, 1, 1), obr.leaf(2, 1, 2), 'OBR-2', `${location}-2`),
  ];
}

function candidate(
  id: string,
  namespace: string,
  source: SpecimenIdCandidate['source'],
  location: string,
): readonly SpecimenIdCandidate[] {
  return id.trim() === '' ? [] : [{ id, namespace, source, location }];
}
