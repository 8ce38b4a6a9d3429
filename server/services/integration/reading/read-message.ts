import type { MessageView } from '../contract.ts';
import type { MessageReading } from '../domain/reading.ts';
import { readAstm } from './read-astm.ts';
import { readHl7 } from './read-hl7.ts';

/** Reads stored bytes. Throws when they cannot be read, which listeners find out before they store a message as readable. */
export function readMessage(protocol: MessageView['protocol'], bytes: Uint8Array): MessageReading {
  switch (protocol) {
    case 'hl7':
      return readHl7(bytes);
    case 'astm':
      return readAstm(bytes);
    default:
      return protocol satisfies never;
  }
}
