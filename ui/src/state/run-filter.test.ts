import { expect, test } from 'vitest';
import { parseFilter, tokenFault, toRequest, viewOf, writeFilter } from './run-filter';

const NOW = Date.parse('2026-08-22T03:14:22Z');
const ask = (query: string, scope: string | null = null) => toRequest(parseFilter(query), scope, NOW, (name) => (name === 'flow eu' ? 'con_1' : undefined));

test('tokens and text survive being written into the address', () => {
  const query = 'status:failed connection:"flow eu" overloaded at codegen';
  expect(writeFilter(parseFilter(query)), 'the address is the only source').toBe(query);
});

test('an address in the text is text, not a filter', () => {
  expect(parseFilter('https://harbor.example/x'), 'a pasted address must be searched for').toEqual({ tokens: [], text: 'https://harbor.example/x' });
});

test('every token becomes part of the request', () => {
  const { request } = ask('status:failed status:cancelled kind:nofx kind:store-platform created:30m connection:"flow eu" 529');
  expect(request, 'nothing that is shown as a filter may be left out').toEqual({
    statuses: ['failed', 'cancelled'],
    since: '2026-08-22T02:44:00.000Z',
    connection: 'con_1',
    kinds: ['nofx', 'store-platform'],
    text: '529',
  });
});

test('the chosen connection holds unless the query names another', () => {
  expect(ask('', 'con_9').request.connection, 'the scope applies').toBe('con_9');
  expect(ask('connection:"flow eu"', 'con_9').request.connection, 'the query is more exact').toBe('con_1');
});

test('a wrong token is marked with the nearest right one and never guessed', () => {
  expect(tokenFault({ key: 'statsu', value: 'failed' })?.instead, 'the key is offered').toEqual({ key: 'status', value: 'failed' });
  expect(tokenFault({ key: 'status', value: 'faild' })?.instead, 'the value is offered').toEqual({ key: 'status', value: 'failed' });
  expect(tokenFault({ key: 'flavour', value: 'x' })?.instead, 'nothing is near').toBeNull();
  expect(ask('status:faild').request.statuses, 'a guess would show other runs than asked for').toBeUndefined();
});

test('a tab stays chosen while its query is refined', () => {
  expect(viewOf(parseFilter('status:failed created:24h codegen')), 'more filters refine the same view').toBe('failing');
  expect(viewOf(parseFilter('status:failed')), 'without its tokens it is another question').toBe('all');
});
