export { checksum, createFrameDecoder } from './frame.ts';
export type { AstmFrame, FrameDecoder, FrameDecoderOptions, FrameDefect, FrameToken } from './frame.ts';
export { buildFrames, buildRecords, encodeFrame, recordBytes } from './build.ts';
export type { FieldInput, Packing, RowInput } from './build.ts';
export { escapeText, standardDelimiters, unescapeText } from './delimiters.ts';
export type { Delimiters } from './delimiters.ts';
export { AstmError, errorTable } from './errors.ts';
export type { Again, AstmErrorCode, AstmFault, AstmFaultCode } from './errors.ts';
export { createSession } from './session.ts';
export { standardTimers } from './session-types.ts';
export type {
  AstmCommand,
  AstmSession,
  PartialReason,
  SendFailure,
  SessionOptions,
  SessionTimers,
  TimerName,
} from './session-types.ts';
export { fieldParts, fieldRepeats, fieldText, parseAstm, rawField } from './records.ts';
export type { AstmMessage, AstmRecord, AstmTransmission, ParseOptions } from './records.ts';
export { withField, writeAstm } from './write.ts';
export { isRecordType, recordFields } from './fields.ts';
export type { FieldName, RecordType } from './fields.ts';
export { buildMessage, isOfType, readFields } from './typed.ts';
export type {
  CommentInput,
  Fields,
  ManufacturerInput,
  MessageInput,
  OrderInput,
  PatientInput,
  QueryInput,
  ReadFields,
  ResultInput,
} from './typed.ts';
export { readAstmResults } from './results.ts';
export type {
  AstmComment,
  AstmObservation,
  AstmPatient,
  AstmQuery,
  AstmReading,
  AstmSpecimen,
  NotForPatient,
} from './results.ts';
export type { CodeCandidate, IdCandidate, IdKind, Position, QueryId } from './identify.ts';
export { createAstmServer } from './server.ts';
export type { AstmServer, AstmServerOptions } from './server.ts';
export { connectAstm, openLine, sendAstm } from './client.ts';
export type { AstmConnection, ConnectOptions, OpenLineOptions, SendOptions } from './client.ts';
export type { AstmPeer, AstmProblem, LinkHandlers, LineOptions, Received } from './link.ts';
