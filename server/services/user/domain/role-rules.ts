// What roles add up to, and the one thing a lab may not lose: somebody who can manage its users.
import { EVERYTHING, permissions } from './permissions.ts';

export interface Role {
  readonly name: string;
  readonly permissions: readonly string[];
}

const MANAGING = 'user.manage';

/** The first name that is no permission; undefined when all are. */
export function firstUnknownPermission(names: readonly string[]): string | undefined {
  return names.find((name) => name !== EVERYTHING && !Object.hasOwn(permissions, name));
}

/** Each permission once, in order of name. */
export function inOrder(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** Names of the roles whose holders may manage users. */
export function managingRoles(roles: readonly Role[]): readonly string[] {
  return roles
    .filter((role) => role.permissions.includes(EVERYTHING) || role.permissions.includes(MANAGING))
    .map((role) => role.name);
}

/** The first name that is no role of the lab; undefined when all are. */
export function firstUnknownRole(names: readonly string[], roles: readonly Role[]): string | undefined {
  return names.find((name) => roles.every((role) => role.name !== name));
}
