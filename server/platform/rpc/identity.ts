// The caller's identity between our own processes: a short-lived token signed with the internal secret. Never accepted
// from outside: the gateway does not look at it.
import { jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';

import { Actor } from '../actor.ts';
import { unauthenticated } from '../errors.ts';
import type { Scope } from '../scope.ts';
import { newScope } from '../scope.ts';

const AUDIENCE = 'nidaan-internal';
const Claims = z.object({ actor: Actor, requestId: z.string(), clientAddress: z.string() });

export interface InternalIdentity {
  sign(scope: Scope): Promise<string>;
  /** @throws platform.unauthenticated */
  verify(token: string | undefined): Promise<Scope>;
}

export function createInternalIdentity(secret: string): InternalIdentity {
  const key = new TextEncoder().encode(secret);
  return {
    sign: (scope) =>
      new SignJWT({ actor: scope.actor, requestId: scope.requestId, clientAddress: scope.clientAddress })
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience(AUDIENCE)
        .setExpirationTime('60s')
        .sign(key),
    verify: async (token) => {
      if (token === undefined) throw unauthenticated({});
      try {
        const { payload } = await jwtVerify(token, key, {
          audience: AUDIENCE,
          algorithms: ['HS256'],
          requiredClaims: ['exp'],
        });
        const { actor, requestId, clientAddress } = Claims.parse(payload);
        return newScope(actor, requestId, clientAddress);
      } catch {
        throw unauthenticated({});
      }
    },
  };
}
