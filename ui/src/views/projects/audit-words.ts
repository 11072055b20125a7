/** Events of a project as short sentences: who did what, in the words of the field where there are some, else in those of the plane. Pure. */
import type { Event, JsonValue } from '../../rpc/schema';
import { agentWord } from './agents';

const text = (value: JsonValue | undefined): string | null => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null);
/** `DocumentRevised` is read as `document revised`. */
const spoken = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll('_', ' ').toLowerCase();

export function eventWord(event: Pick<Event, 'kind' | 'step' | 'data'>): string {
  const gate = event.step === null ? '' : ` ${event.step}`;
  switch (event.kind) {
    case 'run.created':
      return 'project made';
    case 'run.succeeded':
      return `approved${gate}, the last one`;
    case 'gate.opened':
      return `asked for review of${gate || ' a gate'}`;
    case 'gate.approved':
      return `approved${gate}`;
    case 'gate.rejected':
      return `rejected${gate}`;
    case 'step.waiting':
      return `in review${gate && ` at${gate}`}`;
    case 'step.started':
      return `agents began${gate}`;
    case 'step.succeeded':
      return `approved${gate}`;
    case 'step.failed':
      return `rejected or blocked${gate && ` at${gate}`}`;
    case 'run.noted':
      return `${spoken(text(event.data['type']) ?? 'noted')}${gate && ` at${gate}`}`;
    default:
      return `${spoken(event.kind.replace('.', ' '))}${gate}`;
  }
}

/** Who did it: a person, or else the agent that its plane names. */
export function eventActor(event: Pick<Event, 'actor' | 'data'>): string {
  const agent = text(event.data['agentType']) ?? text(event.data['agent']);
  return event.actor ?? (agent === null ? '' : agentWord(agent));
}
