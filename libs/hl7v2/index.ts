export { acknowledgementMode, isReplyDue } from './acknowledgement-mode.ts';
export type { AcknowledgementMode, ReplyCondition } from './acknowledgement-mode.ts';
export { readBatch, splitMessages } from './batch.ts';
export type { BatchContents, BatchGroup } from './batch.ts';
export { buildAck, buildRefusal } from './build-ack.ts';
export type { AckCode, AckError, AckOptions, RefusalOptions } from './build-ack.ts';
export { buildMessage } from './build-message.ts';
export type { FieldsByNumber, NewMessage, SegmentValues } from './build-message.ts';
export type { Encoding } from './charset.ts';
export { checkOru, whyUnreadable } from './check-message.ts';
export type { CheckOutcome, Problem } from './check-message.ts';
export { standardDelimiters } from './delimiters.ts';
export type { Delimiters } from './delimiters.ts';
export { editMessage, serialise } from './edit-message.ts';
export type { MessageEditor } from './edit-message.ts';
export { escapeText, unescapeText } from './escape.ts';
export { repeated } from './field-value.ts';
export type { Component, FieldValue, Leaf, RawValue, Repeated } from './field-value.ts';
export { Hl7Error, hl7ErrorCode } from './hl7-error.ts';
export type { Hl7ErrorCode, Hl7Warning } from './hl7-error.ts';
export type { Hl7Message, MessageCharset } from './message.ts';
export type {
  Attachment,
  CodedText,
  Observation,
  OruMessage,
  Patient,
  PatientId,
  Reagent,
  ResultGroup,
  Specimen,
  SpecimenIdCandidate,
} from './oru-types.ts';
export { parseMessage } from './parse-message.ts';
export type { ParseOptions } from './parse-message.ts';
export { attachmentBytes } from './read-observation.ts';
export { readOru } from './read-oru.ts';
export type { Repetition } from './repetition.ts';
export type { LeafPlace, Segment } from './segment.ts';
export { abnormalFlags, isAbnormalFlag } from './tables/abnormal-flags.ts';
export type { AbnormalFlag } from './tables/abnormal-flags.ts';
export { errorCodes } from './tables/error-codes.ts';
export type { ErrorCode } from './tables/error-codes.ts';
export { resultStatuses } from './tables/result-statuses.ts';
export type { ResultStatus } from './tables/result-statuses.ts';
export { instantOf, readTimestamp, timestampPrecision, writeTimestamp } from './timestamp.ts';
export type { Hl7Timestamp, TimestampPrecision } from './timestamp.ts';
