// What `readOru` gives: results as sent, by position, with the place of each in the message. No text is turned into a number.
import type { MessageCharset } from './message.ts';
import type { Hl7Warning } from './hl7-error.ts';
import type { AbnormalFlag } from './tables/abnormal-flags.ts';

/** Six components of a CE or CWE; '' where the sender left one out. */
export interface CodedText {
  readonly code: string;
  readonly text: string;
  readonly system: string;
  readonly alternateCode: string;
  readonly alternateText: string;
  readonly alternateSystem: string;
}

export interface PatientId {
  readonly id: string;
  /** CX-4, assigning authority: its namespace, else its universal id. */
  readonly authority: string;
  /** CX-5: MR, PI, AN… */
  readonly typeCode: string;
}

export interface Patient {
  /** `PID[1]`. */
  readonly location: string;
  /** PID-3 in order, then PID-2 and PID-4 where they hold another id. Do not take the first for the MRN: select by type or authority. */
  readonly ids: readonly PatientId[];
  readonly familyName: string;
  readonly givenName: string;
  /** PID-7 as sent; see `readTimestamp`. */
  readonly birthAt: string;
  /** PID-8. */
  readonly sex: string;
  readonly notes: readonly string[];
}

/** A number on or from a tube, and where it stood. */
export interface SpecimenIdCandidate {
  readonly id: string;
  /** Namespace sent with it (`BARCODE`), often ''. */
  readonly namespace: string;
  readonly source: 'SPM-2.1' | 'SPM-2.2' | 'SAC-3' | 'OBR-3' | 'OBR-2';
  readonly location: string;
}

export interface Specimen {
  /** `SPM[2]`; `SAC[2]` when there is only a container. */
  readonly location: string;
  /** SPM-4. */
  readonly type: CodedText;
  /** SPM-11, table 0369, as sent: P patient, Q control, C calibrator… '' when not said. */
  readonly role: string;
  /** SPM-17, start, as sent. */
  readonly collectedAt: string;
  /** SPM-18 as sent. */
  readonly receivedAt: string;
  /** OBX that describe the specimen, not a test. */
  readonly observations: readonly Observation[];
  readonly reagents: readonly Reagent[];
  readonly notes: readonly string[];
}

/** INV: a reagent pack, control or consumable. */
export interface Reagent {
  readonly location: string;
  readonly id: string;
  /** INV-3: SR, MR, CO… */
  readonly type: string;
  readonly containerId: string;
  /** INV-12 as sent. */
  readonly expiresAt: string;
  readonly lot: string;
}

export interface Attachment {
  readonly location: string;
  /** ED-2 to ED-4 as sent. */
  readonly type: string;
  readonly subtype: string;
  readonly encoding: string;
  /** ED-5, unescaped, still encoded; see `attachmentBytes`. */
  readonly data: string;
}

export interface Observation {
  /** `OBX[3]`: third OBX of the message. */
  readonly location: string;
  readonly setId: string;
  /** OBX-2; '' is to be read as text. */
  readonly valueType: string;
  /** OBX-3. */
  readonly code: string;
  readonly codeText: string;
  readonly codeSystem: string;
  readonly alternateCode: string;
  readonly alternateText: string;
  readonly alternateSystem: string;
  /** OBX-4; the run number in LAW. */
  readonly subId: string;
  /**
   * One text per repetition of OBX-5. SN as it is spoken (`>100`, `1:128`), coded values as their text (else their code),
   * everything else as sent, unescaped. [] when there is no value, and for attachments.
   */
  readonly values: readonly string[];
  /** Codes behind `values` where OBX-2 is CE, CWE, CNE or CF. */
  readonly codedValues: readonly CodedText[];
  readonly attachments: readonly Attachment[];
  /** OBX-5 is the explicit null `""`. In analyser results it means "no value", not "erase". */
  readonly isNullValue: boolean;
  readonly unitsCode: string;
  readonly unitsText: string;
  readonly unitsSystem: string;
  /** OBX-7. */
  readonly rangeText: string;
  /** OBX-8 repetitions exactly as sent, empty ones included. */
  readonly flags: readonly string[];
  /** Those of table 0078 among them. */
  readonly knownFlags: readonly AbnormalFlag[];
  /** OBX-11 as sent; '' must not be taken for final. */
  readonly status: string;
  /** OBX-14 as sent. */
  readonly observedAt: string;
  /** OBX-19 as sent. */
  readonly analysedAt: string;
  /** OBX-16, ids. */
  readonly operators: readonly string[];
  /** OBX-17, code or text. */
  readonly method: string;
  /** OBX-18, repetitions: model, serial, module. */
  readonly equipment: readonly string[];
  readonly reagents: readonly Reagent[];
  /** NTE that follow, one text per repetition of NTE-3. */
  readonly notes: readonly string[];
}

/** One OBR with what belongs to it. */
export interface ResultGroup {
  /** `OBR[2]`; undefined when the observations came without an OBR. */
  readonly location: string | undefined;
  readonly patient: Patient | undefined;
  readonly specimens: readonly Specimen[];
  /** Best first: SPM-2, else SAC-3 of the same group, else OBR-3 and OBR-2. Never from another group. At most 100 of a specimen. */
  readonly specimenIds: readonly SpecimenIdCandidate[];
  /** SPM-11 of the first specimen that says one; '' otherwise. */
  readonly specimenRole: string;
  /** OBR-15.7, where senders without SPM put the role of the specimen, as sent; '' otherwise. */
  readonly sourceRole: string;
  /** OBR-2 and OBR-3, first component; '' also for LAW's `""`, a result nobody ordered. */
  readonly placerOrderId: string;
  readonly fillerOrderId: string;
  /** OBR-4. */
  readonly service: CodedText;
  /** OBR-25; OBX-11 rules per observation. */
  readonly status: string;
  /** ORC-1 and ORC-5; '' when there is no ORC. */
  readonly orderControl: string;
  readonly orderStatus: string;
  /** As sent: SPM-17 of the first specimen, else OBR-7. */
  readonly collectedAt: string;
  /** OBR-7 as sent. */
  readonly observedAt: string;
  /** OBR-14 as sent. */
  readonly receivedAt: string;
  /** OBR-22 as sent. */
  readonly reportedAt: string;
  readonly observations: readonly Observation[];
  readonly reagents: readonly Reagent[];
  readonly notes: readonly string[];
}

export interface OruMessage {
  /** MSH-9: `ORU`, `OUL`. */
  readonly type: string;
  readonly event: string;
  /** MSH-12, first component, as sent. */
  readonly version: string;
  /** MSH-10. */
  readonly controlId: string;
  /** MSH-11: anything but P must not reach a patient report; Q marks a QC run of Mindray haematology. */
  readonly processingId: string;
  readonly sendingApplication: string;
  readonly sendingFacility: string;
  /** MSH-7 as sent; its zone holds for timestamps without one. */
  readonly sentAt: string;
  readonly charset: MessageCharset;
  readonly patients: readonly Patient[];
  readonly groups: readonly ResultGroup[];
  /** NTE before the first patient or order. */
  readonly notes: readonly string[];
  readonly warnings: readonly Hl7Warning[];
}
