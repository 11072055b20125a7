/** What the list of stores says: which are not ready, which one is stuck, and which wait behind it. Pure. */
import type { StoreView } from '../../rpc/schema';
import type { Appearance } from '../../state/appearance';
import { UNSEEN } from '../../state/appearance';
import { toMillis } from '../../state/time-format';

/** How long a platform lets Helm wait. A store that has not come further for longer than this will not by itself. */
export const LIMIT_MS = 10 * 60_000;

const LOOKS: Record<StoreView['store']['status'], Appearance> = {
  provisioning: { tone: 'running', word: 'Provisioning' },
  ready: { tone: 'ok', word: 'Ready' },
  failed: { tone: 'failed', word: 'Failed' },
  deleting: { tone: 'cancelled', word: 'Deleting' },
  gone: { tone: 'none', word: 'Gone' },
};

/** A store that is being made or removed while its platform is silent is Unknown, never its last colour. */
export function storeAppearance(one: StoreView): Appearance {
  const moves = one.store.status === 'provisioning' || one.store.status === 'deleting';
  if (moves && one.freshness.state === 'offline') return UNSEEN;
  if (one.store.status === 'provisioning' && one.status === 'queued') return { tone: 'waiting', word: 'Provisioning' };
  return LOOKS[one.store.status];
}

export const isGone = (one: StoreView): boolean => one.store.status === 'gone';
export const isReady = (one: StoreView): boolean => one.store.status === 'ready' && one.store.deletion_lost_at === null;
const isMaking = (one: StoreView): boolean => one.store.status === 'provisioning';

/** Since when it has been where it is: its running step, or since it was asked for. */
export function movedAt(one: StoreView): number {
  const running = one.steps.find((step) => step.status === 'running');
  return toMillis(running?.started_at ?? one.store.since);
}

/** Whether it has begun and then stood still for longer than its platform would wait. */
export const isStuck = (one: StoreView, now: number): boolean => isMaking(one) && one.status === 'running' && one.freshness.state !== 'offline' && now - movedAt(one) > LIMIT_MS;

/** Stores that a platform makes before this one: it works on one at a time, oldest first. */
export function ahead(one: StoreView, all: readonly StoreView[]): readonly StoreView[] {
  if (!isMaking(one)) return [];
  return all.filter((other) => isMaking(other) && other.connection === one.connection && other.run !== one.run && toMillis(other.store.created_at) < toMillis(one.store.created_at));
}

/** Stores that wait until this one ends or goes. */
export const behind = (one: StoreView, all: readonly StoreView[]): readonly StoreView[] => all.filter((other) => ahead(other, all).some((before) => before.run === one.run));

/** A short word below the status. */
export function remark(one: StoreView, all: readonly StoreView[], now: number): string {
  if (one.store.deletion_lost_at !== null && one.store.status === 'ready') return 'its deletion was lost';
  if (one.store.status === 'failed') {
    const step = one.steps.find((step) => step.status === 'failed');
    return step ? `at ${step.name}` : (one.failure?.message ?? '');
  }
  if (!isMaking(one)) return '';
  if (isStuck(one, now)) return 'stuck, limit 10m';
  const before = ahead(one, all).length;
  if (one.status === 'queued') return before > 0 ? `behind ${before}` : 'not started';
  return '';
}

/** Not ready first: what blocks others on top, then in the order in which the platform works; ready ones by name. */
export function inOrder(all: readonly StoreView[], now: number): StoreView[] {
  const rank = (one: StoreView): number => (isGone(one) ? 4 : isReady(one) ? 3 : isStuck(one, now) ? 0 : isMaking(one) ? 1 : 2);
  return [...all].sort((a, b) => rank(a) - rank(b) || (rank(a) === 3 ? a.store.name.localeCompare(b.store.name) : toMillis(a.store.created_at) - toMillis(b.store.created_at)));
}

/** The first line of the page, and what stands below it. */
export function verdict(all: readonly StoreView[], now: number): { title: string; detail: string } {
  const there = all.filter((one) => !isGone(one));
  const stuck = there.filter((one) => isStuck(one, now));
  const first = stuck[0];
  if (first) {
    const waiting = new Set(stuck.flatMap((one) => behind(one, there).map((other) => other.run))).size;
    const step = first.steps.find((one) => one.status === 'running')?.name ?? 'its provisioning';
    return {
      title: `${stuck.length} ${stuck.length === 1 ? 'store is' : 'stores are'} stuck${waiting > 0 ? `, and ${waiting} ${waiting === 1 ? 'waits' : 'wait'} behind` : ''}`,
      detail: `${first.store.name} has come no further than ${step}. Its platform works on one store at a time, oldest first.`,
    };
  }
  const open = there.filter((one) => !isReady(one)).length;
  if (open === 0) return { title: there.length === 1 ? 'The one store is ready' : `All ${there.length} stores are ready`, detail: 'Nothing is being made or removed.' };
  return { title: `${open} of ${there.length} stores ${open === 1 ? 'is' : 'are'} not ready`, detail: 'A platform works on one store at a time, oldest first.' };
}

/** Why this cannot be the name of a store; `null` if it can. */
export function nameFault(name: string): string | null {
  const text = name.trim();
  if (text === '') return 'It needs a name.';
  const odd = [...text].find((character) => !/[A-Za-z0-9 _-]/.test(character));
  if (odd !== undefined) return `"${odd}" is not allowed. Letters A to Z, digits, space, - and _ only.`;
  if (text.length > 48) return 'It is too long: with 48 characters its namespace has the 63 that Kubernetes allows.';
  if (!/[A-Za-z0-9]/.test(text)) return 'It needs a letter or a digit.';
  return null;
}

/** The namespace that a platform makes of a name; its last eight characters are known only afterwards. */
export const namespaceOf = (name: string): string => `store-${name.trim().toLowerCase().replace(/[^a-z0-9-]/g, '-')}-`;
