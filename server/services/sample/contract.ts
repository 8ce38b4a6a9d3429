// Tubes from the plan to the bin: drawn, carried, received, rejected, poured off, stored, sent to other labs.
export * from './contract/tubes.ts';
export * from './contract/custody.ts';
export * from './contract/transport.ts';
export * from './contract/storage.ts';
export * from './contract/outsourcing.ts';
