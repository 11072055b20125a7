/** What happened to a breaker, as a reader says it. Pure. */
import type { BreakerEvent } from '../../rpc/schema';
import { formatDuration, toMillis } from '../../state/time-format';
import { CAUSES } from '../../state/breaker-words';

/** What, why, and for how long if nothing else happens. */
export function happening(event: BreakerEvent, now: number): string {
  const why = event.cause === null ? '' : CAUSES[event.cause].charAt(0).toLowerCase() + CAUSES[event.cause].slice(1);
  const lasts = event.until === null ? '' : `, for ${formatDuration(toMillis(event.until) - toMillis(event.at))}${toMillis(event.until) > now ? '' : ' at most'}`;
  const said = event.reason === null ? '' : `: ${event.reason}`;
  switch (event.what) {
    case 'opened':
      return `${event.from === 'half_open' ? 'The probe failed' : 'It opened'}${why ? `: ${why}` : ''}${lasts}`;
    case 'half_opened':
      return event.actor === null ? 'Its time was over, so the next call probes' : `A probe was let through${said}`;
    case 'closed':
      return 'Its probes succeeded';
    case 'reset':
      return `It was reset${said}`;
    case 'isolated':
      return `It was isolated${lasts}${said}`;
    case 'released':
      return `An isolation was lifted${said}`;
    case 'isolation_expired':
      return 'An isolation ended by itself';
    case 'mode_changed':
      return `It was told how far it may act${said}`;
    case 'threshold_reached':
      return `It would have opened${why ? `: ${why}` : ''}`;
    case 'probe_lost':
      return 'Nothing was heard of a probe';
    case 'restored':
      return 'It went on as it was before a restart';
  }
}
