// What a message says once its protocol is read, the same for HL7 and ASTM. Places name segments or records: `OBX[3]`, `R[2]`.
import type { InboxReason } from '../contract.ts';

/** One observation that may become a result. */
export interface Finding {
  readonly location: string;
  /** Codes under which the analyte may be known, the instrument's own first. */
  readonly codes: readonly AnalyteCode[];
  readonly codeText: string;
  /** As sent; never empty. */
  readonly value: string;
  /** As sent; empty when none was. */
  readonly unit: string;
  /** What the instrument says against its own value. */
  readonly doubts: readonly string[];
  readonly isPreliminary: boolean;
  readonly note: string | null;
}

export interface AnalyteCode {
  readonly code: string;
  /** The message says it is a LOINC. */
  readonly isLoinc: boolean;
}

/** One tube of a message with its findings. */
export interface TubeReading {
  readonly location: string;
  /** What may be the tube's barcode, most trusted first, none twice. */
  readonly barcodes: readonly string[];
  /** What the instrument calls the work done. */
  readonly service: { readonly code: string; readonly text: string };
  readonly findings: readonly Finding[];
}

/** Something a person must look at: it may not, or cannot, become a result. */
export interface HeldPlace {
  readonly location: string;
  readonly reason: InboxReason;
  readonly barcode: string;
  readonly code: string;
  readonly codeText: string;
  readonly value: string;
  readonly unit: string;
}

/** A sample the analyzer calls a control; a calibrator is none. */
export interface ControlReading {
  readonly tube: TubeReading;
  /** Its places that are no values. */
  readonly held: readonly HeldPlace[];
}

export interface MessageReading {
  readonly tubes: readonly TubeReading[];
  readonly held: readonly HeldPlace[];
  /** Each stands in `held` as one item too, by its location, until quality control knows its lot. */
  readonly controls: readonly ControlReading[];
  /** Settings, images, raw signals and the like: no results, kept in the raw message only. */
  readonly skipped: number;
}

/** A stored message and what it says. */
export interface ReadMessage {
  readonly id: string;
  readonly receivedAt: string;
  readonly instrument: string;
  readonly reading: MessageReading;
}

export function heldPlace(
  location: string,
  reason: InboxReason,
  known: Partial<Omit<HeldPlace, 'location' | 'reason'>> = {},
): HeldPlace {
  return { location, reason, barcode: '', code: '', codeText: '', value: '', unit: '', ...known };
}

/** Holds one finding, with all that is known of it. */
export function holdFinding(finding: Finding, tube: TubeReading, reason: InboxReason): HeldPlace {
  return {
    location: finding.location,
    reason,
    barcode: tube.barcodes[0] ?? '',
    code: finding.codes[0]?.code ?? '',
    codeText: finding.codeText,
    value: finding.value,
    unit: finding.unit,
  };
}

/** Holds a whole tube as one item: thirty lines of one control or one wrong barcode would hide the rest of the inbox. */
export function holdTube(tube: TubeReading, reason: InboxReason): HeldPlace {
  const [only, another] = tube.findings;
  const isSingle = only !== undefined && another === undefined;
  return {
    location: tube.location,
    reason,
    barcode: tube.barcodes[0] ?? '',
    code: isSingle ? (only.codes[0]?.code ?? '') : tube.service.code,
    codeText: isSingle ? only.codeText : tube.service.text,
    value: isSingle ? only.value : '',
    unit: isSingle ? only.unit : '',
  };
}
