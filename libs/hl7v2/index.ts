export { acknowledgementMode, isReplyDue } from './acknowledgement-mode.ts';
export type { AcknowledgementMode, ReplyCondition } from './acknowledgement-mode.ts';
export { readBatch, splitMessages } from './batch.ts';
export type { BatchContents } from './batch.ts';
export type { BatchCounts, BatchGroup } from './batch-tracker.ts';
export { createMessageSplitter } from './message-splitter.ts';
export type { MessageSplitter, SplitterOptions } from './message-splitter.ts';
export { buildAck, buildRefusal } from './build-ack.ts';
export type { AckCode, AckError, AckOptions, RefusalOptions } from './build-ack.ts';
export { buildMessage } from './build-message.ts';
export type { FieldsByNumber, NewMessage, SegmentValues } from './build-message.ts';
export type { Encoding } from './charset.ts';
export { checkOru, whyUnreadable } from './check-message.ts';
export type { CheckOutcome, Problem } from './check-message.ts';
export { standardDelimiters } from './delimiters.ts';
export type { Delimiters } from './delimiters.ts';
export { editMessage } from './edit-message.ts';
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
export { parseFile } from './parse-file.ts';
export type { Hl7File, UnreadMessage } from './parse-file.ts';
export { serialise, wireForm } from './pieces.ts';
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
export { codeTables, tableOfPlace } from './tables/code-tables.ts';
export type { CodeTable, CodeTableNumber } from './tables/code-tables.ts';
export { dataTypes } from './tables/data-types.ts';
export type { AnyMessageType, MessageType, TypedReading } from './typed/message-type.ts';
export { defineMessage } from './typed/message-type.ts';
export {
  ack,
  adrA19,
  adtA01,
  adtA08,
  adtA40,
  dsrQ03,
  messageTypeOf,
  messageTypes,
  omlO21,
  omlO33,
  orlO22,
  orlO34,
  ormO01,
  orrO02,
  oruR01,
  oulR22,
  qbpQ11,
  qckQ02,
  qryA19,
  qryQ02,
  rspK11,
} from './typed/message-types.ts';
export type {
  AnyComposite,
  Composite,
  Draft,
  Group,
  Members,
  ObservationValue,
  OtherSegment,
  Reading,
  SegmentData,
  SegmentName,
} from './typed/plain-types.ts';
export type { UnplacedSegment } from './typed/read-structure.ts';
