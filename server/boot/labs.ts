// Which labs there are, asked before anybody can sign in.
import { systemActor } from '#platform/actor.ts';
import { ServiceError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { Dispatcher } from '#platform/runtime/dispatch.ts';
import { newScope } from '#platform/scope.ts';
import { findLab } from '#contract/organization.ts';

/** Id of the lab with this code, or, with null, of the only lab; undefined when there is none. @throws organization.lab_code_needed */
export async function findLabId({ call }: Pick<Dispatcher, 'call'>, code: string | null): Promise<string | undefined> {
  try {
    return (await call(findLab, { code }, newScope(systemActor(null, 'boot'), newId()))).id;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'organization.lab_not_found') return undefined;
    throw error;
  }
}

export async function hasAnyLab(calls: Pick<Dispatcher, 'call'>): Promise<boolean> {
  try {
    return (await findLabId(calls, null)) !== undefined;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'organization.lab_code_needed') return true;
    throw error;
  }
}
