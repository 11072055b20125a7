/** What was told in the night of the incident. */
import type { Notice, Notices } from '../../src/rpc/schema';
import { at } from './clock';
import { LUMEN } from './runs';

const notice = (cause: string, title: string, route: string, more: Partial<Notice> = {}): Notice => ({ cause, kind: 'failure', connection: 'flow-eu', title, text: '', route, began_at: at('03:04:38'), told_at: at('03:04:40'), over_at: null, in_hand: false, ...more });

export const notices: Notices = {
  items: [
    notice('breaker:plane:flow-eu:ai:anthropic', 'Breaker opened: ai:anthropic', '#/breakers/flow-eu/ai%3Aanthropic/blast', { kind: 'breaker' }),
    notice('failures:flow-eu:exit_code:build', '3 runs failed at build', `#/runs/flow-eu/${LUMEN}?step=build`),
    notice('checks:flow-eu', 'Readiness of flow-eu fell from 91 to 78', '#/readiness?check=plane.ready', { kind: 'readiness', in_hand: true }),
    notice('approval:flow-eu:run_8cbeef01:stp_publish', 'publish is about to close', '#/runs/flow-eu/run_8cbeef01?step=publish', { kind: 'approval', over_at: at('03:09:00') }),
  ],
  unresolved: 2,
  settings: { failure: 'banner', approval: 'sound', breaker: 'sound', readiness: 'badge', quiet: { from: '22:00', to: '07:00' } },
  is_quiet: false,
};
