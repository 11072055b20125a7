import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { ConnectionTest } from '../rpc/schema';
import HopList from './HopList.svelte';

const tried = (code: string, hint: string): ConnectionTest => ({
  passed: false,
  kind: null,
  hops: [
    { name: 'Name', result: 'pass', detail: '127.0.0.1', duration_ms: 1 },
    { name: 'Connect', result: code === 'offline' ? 'fail' : 'needed', detail: 'connection refused', duration_ms: 2 },
    { name: 'Live', result: 'not_tried', detail: '', duration_ms: null },
  ],
  error: { code, message: 'Nobody listens there.', hint, correlationId: 'c' },
});

describe('HopList', () => {
  it('names the failing hop and what was not tried, and does not advise the test that was just made', () => {
    render(HopList, { test: tried('offline', 'Test the connection to see which hop fails.') });
    expect(screen.getByText('does not work'), 'the failing hop says so in words').toBeTruthy();
    expect(screen.getByText('not tried'), 'a hop behind it is not shown as failed').toBeTruthy();
    expect(screen.queryByText(/Test the connection/), 'it was tested').toBeNull();
  });

  it('says the way out where there is one, apart from what happened', () => {
    render(HopList, { test: tried('unauthorised', 'Enter a valid token.') });
    expect(screen.getByText('Enter a valid token.').parentElement?.textContent, 'two sentences with a space').toBe('Nobody listens there. Enter a valid token.');
  });
});
