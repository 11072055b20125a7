import { render, screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import HopList from './HopList.svelte';

describe('HopList', () => {
  it('names the failing hop, what was not tried, and the way out', () => {
    render(HopList, {
      test: {
        passed: false,
        kind: null,
        hops: [
          { name: 'Name', result: 'pass', detail: '127.0.0.1', duration_ms: 1 },
          { name: 'Connect', result: 'fail', detail: 'connection refused', duration_ms: 2 },
          { name: 'Live', result: 'not_tried', detail: '', duration_ms: null },
        ],
        error: { code: 'offline', message: 'Nobody listens there.', hint: 'Start it, then test again.', correlationId: 'c' },
      },
    });
    expect(screen.getByText('does not work'), 'the failing hop says so in words').toBeTruthy();
    expect(screen.getByText('not tried'), 'a hop behind it is not shown as failed').toBeTruthy();
    expect(screen.getByText('Start it, then test again.'), 'the way out is shown').toBeTruthy();
  });
});
