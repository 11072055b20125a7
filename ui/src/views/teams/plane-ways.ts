/** What the kinds of planes that have teams do differently, where no capability says so. Pure. */
import type { ConnectionView, ControlPlaneKind } from '../../rpc/schema';

/** Whether it writes to whoever is invited. One that does not tells the invitation to us, to be handed over. */
export const writesToInvited = (kind: ControlPlaneKind | undefined): boolean => kind !== 'breakwater';

/** Why a member cannot do more or less than the role allows; `null` if that is possible. */
export const exceptionRefusal = (kind: ControlPlaneKind | undefined): string | null => (kind === 'breakwater' ? null : 'This plane lets a member do what the role allows, and nothing else');

/** Why somebody who is invited cannot be invited again; `null` if that is possible. */
export const againRefusal = (kind: ControlPlaneKind | undefined): string | null => (kind === 'breakwater' ? null : 'This plane invites an address anew only after its invitation is taken back');

/** Whether its keys belong to a team and may end; elsewhere they are ours, for all that we may do, and their end is not told. */
export const keysOfTeams = (kind: ControlPlaneKind | undefined): boolean => kind === 'breakwater';

/** Why a team there is not ours to make; `null` if it is, or if its plane does not tell who we are and decides by itself. */
export const foundingRefusal = (plane: Pick<ConnectionView, 'name' | 'who'> | undefined): string | null => (plane?.who && !plane.who.may.includes('write') ? `Only somebody who may change ${plane.name} itself may make a team there` : null);
