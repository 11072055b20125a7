/** What the list of projects says: the first line of the page, the word below a standing, money, percentages, moments. Pure. */
import type { ProjectView, ProjectWork, Timestamp } from '../../rpc/schema';
import { approvedGates, projectNow, waitsForVerdict } from '../../state/project-gates';
import { sentence } from '../../state/fault-words';
import { plural } from '../../state/run-words';
import { formatClock, formatDay, formatElapsed, formatRelative, toMillis, type TimeZoneChoice } from '../../state/time-format';
import { agentWord } from './agents';
import { list, missingKinds, needsOf, provenSince, requiredKinds } from './needs';

/** Points that a plane gives for each row of a gate that is approved. */
const POINTS = 10;

export const usd = (amount: number): string => `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** The clock today, the day before: for narrow columns. */
export function shortMoment(at: Timestamp, zone: TimeZoneChoice, now: number): string {
  const ms = toMillis(at);
  if (zone === 'relative') return formatRelative(ms, now);
  const day = formatDay(ms, zone, now);
  return day === formatDay(now, zone, now) ? formatClock(ms, zone) : day;
}

/** `19 Aug 09:12`: a decision is evidence and never a distance. */
export const dayMinute = (at: Timestamp, zone: TimeZoneChoice, now: number): string => `${formatDay(toMillis(at), zone, now)} ${formatClock(toMillis(at), zone).slice(0, 5)}`;

/** A short word below the standing. */
export function remark(one: ProjectView, now: number): string {
  const { standing, gate, since } = projectNow(one);
  const lasts = since === null ? '' : formatElapsed(now - toMillis(since));
  switch (standing) {
    case 'review':
      return lasts && `for ${lasts}`;
    case 'working':
      return [one.project.working_agent ? agentWord(one.project.working_agent) : 'agent not told', lasts && `for ${lasts}`].filter(Boolean).join(', ');
    case 'blocked':
    case 'rejected':
      return gate?.failure?.message ?? '';
    case 'not_started':
      return lasts && `made ${lasts} ago`;
    default:
      return one.project.message ? `plane says: ${one.project.message}` : '';
  }
}

/** Why a plane says the percentage that it says; `null` where there is nothing to explain, or the rows behind it were not read. */
export function percentReason(one: ProjectView): { says: string; because: string } | null {
  const { percent, counted } = one.project;
  if (percent === null || counted === null) return null;
  const rows = counted.approved + counted.markers + counted.duplicates;
  if (rows === 0 && percent === 0) return null;
  const parts = [plural(counted.approved, 'gate'), ...(counted.markers > 0 ? [plural(counted.markers, 'closing marker')] : []), ...(counted.duplicates > 0 ? [plural(counted.duplicates, 'duplicate')] : [])];
  const because = rows * POINTS === percent
    ? `It counts ${plural(rows, 'approved row')} at ${POINTS} each: ${list(parts)}.`
    : `Its ${plural(rows, 'approved row')} (${list(parts)}) would make ${rows * POINTS} %, so something else has set it.`;
  return { says: `This plane says ${percent} %.`, because: `${because} Breakwater shows ${approvedGates(one)} of ${one.steps.length} gates.` };
}

const WHOLE = ['', 'its proof', 'both proofs'];

/** How the proofs of the gate that waits stand, where they were read. */
function proofs(one: ProjectView, work: ProjectWork | null, past: boolean, moment: (at: Timestamp) => string): { short: number; text: string } | null {
  const gate = projectNow(one).gate;
  const needs = gate && needsOf(work, gate.name);
  if (!gate || !needs) return null;
  const missing = missingKinds(needs);
  if (missing.length > 0) return { short: missing.length, text: `${gate.name} of ${one.name} ${past ? 'was' : 'is'} in review without a passing ${list(missing)}.` };
  const since = provenSince(needs);
  const count = requiredKinds(needs).length;
  if (count === 0) return null;
  return { short: 0, text: `${gate.name} of ${one.name} ${past ? 'had' : 'has'} ${WHOLE[count] ?? `all ${count} proofs`}${since === null ? '' : ` since ${moment(since)}`}.` };
}

/** The first line of the page and what stands below it. `opened` is the project whose work was read. */
export function verdict(all: readonly ProjectView[], opened: { key: string; work: ProjectWork | null } | null, past: boolean, keyOf: (one: ProjectView) => string, moment: (at: Timestamp) => string): { title: string; detail: string } {
  const waiting = all.filter(waitsForVerdict);
  const stuck = all.filter((one) => ['blocked', 'rejected'].includes(projectNow(one).standing));
  const working = all.filter((one) => projectNow(one).standing === 'working').length;
  const lead = waiting.find((one) => keyOf(one) === opened?.key) ?? waiting[0];
  const proven = lead && keyOf(lead) === opened?.key ? proofs(lead, opened.work, past, moment) : null;
  const gate = lead && projectNow(lead).gate;
  const asked = gate?.gate ? `It was asked at ${moment(gate.gate.asked_at)}${gate.gate.expires_at ? ` and ${past ? 'was to close' : 'closes'} at ${moment(gate.gate.expires_at)}` : ''}.` : '';
  const about = lead && gate ? (proven?.text ?? `${gate.name} of ${lead.name} ${past ? 'was' : 'is'} in review.`) : '';
  const also = stuck[0] ? sentence(`${stuck[0].name} ${past ? 'was' : 'is'} ${projectNow(stuck[0]).standing} at ${projectNow(stuck[0]).gate?.name ?? 'a gate'}${stuck.length > 1 ? `, and ${stuck.length - 1} more` : ''}`) : '';
  return { title: title(waiting.length, stuck.length, working, proven?.short ?? 0, past), detail: [about, past ? '' : asked, also].filter(Boolean).join(' ') || 'A project goes on from gate to gate: agents work, a person decides.' };
}

function title(waiting: number, stuck: number, working: number, short: number, past: boolean): string {
  const when = past ? 'When last seen, ' : '';
  if (waiting === 1 && short > 0) return past ? `When last seen, 1 gate was short of ${short === 1 ? 'one proof' : `${short} proofs`}` : `1 gate waits for you and lacks ${short === 1 ? 'one proof' : `${short} proofs`}`;
  if (waiting > 0) return `${when}${plural(waiting, 'gate')} ${past ? 'waited' : waiting === 1 ? 'waits' : 'wait'} for you`;
  if (stuck > 0) return `${when}${plural(stuck, 'project')} ${past ? 'did' : stuck === 1 ? 'does' : 'do'} not go on`;
  if (working > 0) return `${past ? 'When last seen, agents worked' : 'Agents work'} on ${plural(working, 'project')}`;
  return past ? 'When last seen, no gate waited for you' : 'No gate waits for you';
}
