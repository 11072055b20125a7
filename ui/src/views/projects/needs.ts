/** What a gate asks for, what its plane will refuse while that is missing, and what was given since it was asked. Pure. */
import type { Deliverable, GateNeeds, ProjectWork, Proof, ProofResult, Timestamp, WorkStatus } from '../../rpc/schema';
import type { Tone } from '../../state/appearance';
import { toMillis } from '../../state/time-format';

/** The gate at which one failed proof is enough for a refusal, whatever else holds. */
const NO_FAILURE_AT = 'G6';

/** One that passes is enough. A proof that is not required counts nowhere, even where it is of the same kind. */
const given = (needs: GateNeeds, kind: string): Proof[] => needs.proofs.filter((proof) => proof.kind === kind && proof.is_required);
const holds = (needs: GateNeeds, kind: string): boolean => given(needs, kind).some((proof) => proof.result === 'pass');
const distinct = (kinds: readonly string[]): string[] => [...new Set(kinds)];

export const needsOf = (work: ProjectWork | null, gate: string): GateNeeds | null => work?.needs?.find((needs) => needs.gate === gate) ?? null;
export const requiredKinds = (needs: GateNeeds): string[] => (needs.asks_for_proof ? distinct(needs.proofs.filter((proof) => proof.is_required).map((proof) => proof.kind)) : []);
export const missingKinds = (needs: GateNeeds): string[] => requiredKinds(needs).filter((kind) => !holds(needs, kind));

/** `1 of 2 proofs`; `null` where its plane looks at none. */
export function proofCount(needs: GateNeeds | null): { text: string; short: boolean } | null {
  if (needs === null) return null;
  const required = requiredKinds(needs);
  if (required.length === 0) return null;
  const missing = missingKinds(needs).length;
  return { text: `${required.length - missing} of ${required.length} proofs`, short: missing > 0 };
}

/** Since when every required proof holds; `null` while one does not. */
export function provenSince(needs: GateNeeds): Timestamp | null {
  const required = requiredKinds(needs);
  if (required.length === 0 || missingKinds(needs).length > 0) return null;
  const first = (kind: string): Timestamp[] => given(needs, kind).flatMap((proof) => (proof.result === 'pass' && proof.at !== null ? [proof.at] : [])).sort().slice(0, 1);
  return required.flatMap(first).sort().at(-1) ?? null;
}

export const isComplete = (one: Deliverable): boolean => one.status === 'complete';

/** What its plane will refuse both a yes and a no for, as parts of a sentence; `known` is false where it does not tell all of it. */
export interface Forbidden {
  because: string[];
  known: boolean;
}

export function forbiddenAt(gate: string, work: ProjectWork | null): Forbidden {
  const needs = needsOf(work, gate);
  const open = work?.deliverables?.filter((one) => !isComplete(one)) ?? [];
  const because: string[] = [];
  if (needs?.asks_for_proof) {
    const [missing, short] = [missingKinds(needs).filter((kind) => given(needs, kind).every((proof) => proof.result === null)), missingKinds(needs)];
    const unproven = short.filter((kind) => !missing.includes(kind));
    if (missing.length > 0) because.push(`${list(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`);
    if (unproven.length > 0) because.push(`${list(unproven)} ${unproven.length === 1 ? 'does' : 'do'} not pass`);
    if (short.length === 0 && requiredKinds(needs).length === 0 && !needs.proofs.some((proof) => proof.result === 'pass')) because.push('no proof holds');
    const failed = gate === NO_FAILURE_AT ? distinct(needs.proofs.filter((proof) => proof.result === 'fail' && !short.includes(proof.kind)).map((proof) => proof.kind)) : [];
    if (failed.length > 0) because.push(`${list(failed)} ${failed.length === 1 ? 'has' : 'have'} failed`);
  }
  const first = open[0];
  if (first) because.push(open.length === 1 ? `deliverable ${first.name} is not complete` : `${open.length} deliverables of the project are not complete`);
  return { because, known: work !== null && work.needs !== null && work.deliverables !== null };
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

const RESULTS: Record<ProofResult, { word: string; tone: Tone }> = {
  pass: { word: 'pass', tone: 'ok' },
  fail: { word: 'fail', tone: 'failed' },
  warning: { word: 'warning, does not count', tone: 'warn' },
  info: { word: 'given, not judged', tone: 'unknown' },
};
export const proofLook = (proof: Proof): { word: string; tone: Tone } => (proof.result === null ? { word: 'missing', tone: 'none' } : RESULTS[proof.result]);

/** Kinds of proof that somebody other than the plane can give at this gate; those that it waits for first. */
export function addableKinds(needs: GateNeeds | null): string[] {
  const addable = needs?.proofs.filter((proof) => proof.can_be_added) ?? [];
  const missing = needs ? missingKinds(needs) : [];
  return distinct([...addable.filter((proof) => missing.includes(proof.kind)), ...addable].map((proof) => proof.kind));
}

const STATUSES: Record<WorkStatus, { word: string; tone: Tone }> = {
  not_started: { word: 'not started', tone: 'none' },
  in_progress: { word: 'in progress', tone: 'running' },
  in_review: { word: 'in review', tone: 'blocked' },
  complete: { word: 'complete', tone: 'ok' },
  blocked: { word: 'blocked', tone: 'failed' },
  skipped: { word: 'skipped', tone: 'cancelled' },
};
export const workLook = (status: WorkStatus): { word: string; tone: Tone } => STATUSES[status];

/** Open deliverables of other gates that are shown: early in a project nearly all of them are open. */
const OTHERS = 5;

/** Deliverables that the gate looks for, then some others that are not complete; the rest is only counted. */
export function deliverablesAt(needs: GateNeeds | null, all: readonly Deliverable[]): { shown: Deliverable[]; rest: Deliverable[] } {
  const own = (one: Deliverable): boolean => one.path !== null && (needs?.paths.includes(one.path) ?? false);
  const shown = [...all.filter(own), ...all.filter((one) => !own(one) && !isComplete(one)).slice(0, OTHERS)];
  return { shown, rest: all.filter((one) => !shown.includes(one)) };
}

/** One thing of a project that is other than when a verdict was asked for. */
export interface Change {
  what: string;
  now: string;
  at: Timestamp;
}

/** What was given or reported since the verdict was asked for, newest first. */
export function changedSince(gate: string, asked: Timestamp, work: ProjectWork | null): Change[] {
  const proofs = needsOf(work, gate)?.proofs.flatMap((proof) => (proof.at === null ? [] : [{ what: proof.kind, now: proofLook(proof).word, at: proof.at }])) ?? [];
  const documents = work?.documents?.map((one) => ({ what: one.title, now: `version ${one.version}`, at: one.updated_at })) ?? [];
  const blockers = work?.blockers?.map((one) => ({ what: one.description, now: one.resolved_at === null ? 'blocks' : 'resolved', at: one.resolved_at ?? one.opened_at })) ?? [];
  return [...proofs, ...documents, ...blockers].filter((one) => toMillis(one.at) > toMillis(asked)).sort((a, b) => toMillis(b.at) - toMillis(a.at));
}
