import { render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { connection } from '../../tests/incident/around';
import { breaker } from '../../tests/incident/breakers';
import { at } from '../../tests/incident/clock';
import { ScriptedPlatform } from '../../tests/scripted-platform';
import { fixedSession } from '../../tests/session';
import Rail from './Rail.svelte';

test('the rail counts the breakers that refuse calls, not those that nothing calls', async () => {
  const breakers = [
    breaker({ id: 'a', state: 'open', next_probe_at: at('03:18:27') }),
    breaker({ id: 'b', state: 'open', last_call_at: at('02:00:00'), rejections: 9 }),
  ];
  const { session, context } = fixedSession(new ScriptedPlatform({ 'connections.list': () => [connection('flow-eu')], 'breakers.list': () => breakers }));
  session.connections.resource.want(null, []);
  render(Rail, { context });
  expect((await screen.findByText(/refusing calls/)).textContent, 'one of the two needs a person').toContain('(1 refusing calls');
});
