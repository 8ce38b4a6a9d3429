// The way of a courier bag and of a manifest, as tables. A step taken before leads back to where it is.
import { BagStatus, cannotMoveBag, cannotMoveManifest, ManifestStatus } from '../contract.ts';

export const BagMove = { send: 'send', receive: 'receive' } as const;
export type BagMove = (typeof BagMove)[keyof typeof BagMove];

const bag = BagStatus.enum;
const bagMoves: Readonly<Record<BagStatus, Readonly<Partial<Record<BagMove, BagStatus>>>>> = {
  // Received without having been scanned as sent: it is here, whatever the centre forgot.
  packed: { send: bag.sent, receive: bag.received },
  sent: { send: bag.sent, receive: bag.received },
  // Opened again: a tube was found between its layers.
  received: { receive: bag.received },
};

export function bagAfter(status: BagStatus, move: BagMove): BagStatus | undefined {
  return bagMoves[status][move];
}

export function cannotBag(status: BagStatus, move: BagMove): ReturnType<typeof cannotMoveBag> {
  const facts = {
    send: { move: 'sent', expected: 'packed', mayBy: 'sample.transport' },
    receive: { move: 'received', expected: 'packed or sent', mayBy: 'sample.receive' },
  } as const;
  return cannotMoveBag({ status, ...facts[move] });
}

export const ManifestMove = { send: 'send', report: 'report' } as const;
export type ManifestMove = (typeof ManifestMove)[keyof typeof ManifestMove];

const list = ManifestStatus.enum;
/** `report` leads to reported only when it is the last; until then the manifest stays sent. */
const manifestMoves: Readonly<Record<ManifestStatus, Readonly<Partial<Record<ManifestMove, ManifestStatus>>>>> = {
  made: { send: list.sent },
  sent: { send: list.sent, report: list.reported },
  // A corrected report may come after the last.
  reported: { send: list.reported, report: list.reported },
};

export function manifestAfter(status: ManifestStatus, move: ManifestMove): ManifestStatus | undefined {
  return manifestMoves[status][move];
}

export function cannotManifest(status: ManifestStatus, move: ManifestMove): ReturnType<typeof cannotMoveManifest> {
  const facts = {
    send: { move: 'sent', expected: 'made' },
    report: { move: 'reported on', expected: 'sent' },
  } as const;
  return cannotMoveManifest({ status, ...facts[move], mayBy: 'sample.outsource' });
}
