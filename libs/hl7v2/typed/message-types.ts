import type { Hl7Message } from '../message.ts';
import type { AnyMessageType } from './message-type.ts';
import { defineMessage } from './message-type.ts';
import * as structures from './structures.ts';

/** General acknowledgement, original and enhanced mode; see `buildAck` for the reply to a message at hand. */
export const ack = defineMessage('ACK', [], 'ACK', structures.ackMembers);
export const ormO01 = defineMessage('ORM', ['O01'], 'ORM_O01', structures.ormO01Members);
export const orrO02 = defineMessage('ORR', ['O02'], 'ORR_O02', structures.orrO02Members);
export const omlO21 = defineMessage('OML', ['O21'], 'OML_O21', structures.omlO21Members);
export const omlO33 = defineMessage('OML', ['O33'], 'OML_O33', structures.omlO33Members);
export const orlO22 = defineMessage('ORL', ['O22'], 'ORL_O22', structures.orlO22Members);
export const orlO34 = defineMessage('ORL', ['O34'], 'ORL_O34', structures.orlO34Members);
export const oruR01 = defineMessage('ORU', ['R01'], 'ORU_R01', structures.oruR01Members);
export const oulR22 = defineMessage('OUL', ['R22'], 'OUL_R22', structures.oulR22Members);
export const adtA01 = defineMessage('ADT', ['A01', 'A04', 'A13'], 'ADT_A01', structures.adtA01Members);
export const adtA08 = defineMessage('ADT', ['A08'], 'ADT_A01', structures.adtA01Members);
export const adtA40 = defineMessage('ADT', ['A40'], 'ADT_A39', structures.adtA40Members);
export const qryA19 = defineMessage('QRY', ['A19'], 'QRY_A19', structures.qryA19Members);
export const adrA19 = defineMessage('ADR', ['A19'], 'ADR_A19', structures.adrA19Members);
export const qryQ02 = defineMessage('QRY', ['Q02', 'Q01'], 'QRY_Q02', structures.qryQ02Members);
export const qckQ02 = defineMessage('QCK', ['Q02'], 'QCK_Q02', structures.qckQ02Members);
export const dsrQ03 = defineMessage('DSR', ['Q03', 'Q01'], 'DSR_Q03', structures.dsrQ03Members);
export const qbpQ11 = defineMessage('QBP', ['Q11'], 'QBP_Q11', structures.qbpQ11Members);
export const rspK11 = defineMessage('RSP', ['K11'], 'RSP_K11', structures.rspK11Members);

/** All of them, for programs that take what comes. */
export const messageTypes: readonly AnyMessageType[] = [
  ack,
  ormO01,
  orrO02,
  omlO21,
  omlO33,
  orlO22,
  orlO34,
  oruR01,
  oulR22,
  adtA01,
  adtA08,
  adtA40,
  qryA19,
  adrA19,
  qryQ02,
  qckQ02,
  dsrQ03,
  qbpQ11,
  rspK11,
];

/** The type that reads a message by code and event (never by MSH-9.3 alone, which senders misspell); undefined when there is none. */
export function messageTypeOf(message: Hl7Message): AnyMessageType | undefined {
  return messageTypes.find((type) => type.matches(message));
}
