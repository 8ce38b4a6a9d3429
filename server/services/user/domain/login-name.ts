// Login names as they are kept, and as the login guard knows them.
import { createHash } from 'node:crypto';

const FORM = /^[a-z0-9][a-z0-9._-]{2,39}$/;

/** The name as an account would have it; undefined when no account can have such a name. */
export function toLoginName(typed: string): string | undefined {
  const name = typed.trim().toLowerCase();
  return FORM.test(name) ? name : undefined;
}

/** What the guard counts under: whatever was typed, in the same spelling, unreadable. */
export function loginSha256(typed: string): string {
  return createHash('sha256').update(typed.trim().toLowerCase()).digest('base64url');
}
