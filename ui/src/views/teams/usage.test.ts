import { expect, test } from 'vitest';
import type { UsageLimit } from '../../rpc/schema';
import { hostOf, measured, metricName, priceOf } from './usage';

const of = (used: number, limit: UsageLimit) => measured({ metric: 'runs', used, limit });
const most = (amount: number): UsageLimit => ({ is: 'at_most', amount });

test('unlimited and not told are said in words, and no bar stands for them', () => {
  expect(of(7, { is: 'unlimited' })).toMatchObject({ text: '7, unlimited', share: null, remark: null });
  expect(of(12.25, { is: 'not_told' })).toMatchObject({ text: '12.25, limit not told', share: null, remark: null });
});

test.each<[number, number, string, string | null, number, string]>([
  [412, 1_000, '412 of 1,000', null, 0.412, 'ok'],
  [899, 1_000, '899 of 1,000', null, 0.899, 'ok'],
  [900, 1_000, '900 of 1,000', '90 % used', 0.9, 'warn'],
  [999, 1_000, '999 of 1,000', '99 % used', 0.999, 'warn'],
  [1_000, 1_000, '1,000 of 1,000', 'used up', 1, 'warn'],
  [1_012, 1_000, '1,012 of 1,000', 'over by 12', 1, 'failed'],
  [0, 0, '0 of 0', null, 0, 'ok'],
  [1, 0, '1 of 0', 'over by 1', 1, 'failed'],
])('%i of %i', (used, amount, text, remark, share, tone) => {
  expect(of(used, most(amount))).toEqual({ text, remark, share, tone });
});

test('a metric of a later version is written as its plane calls it', () => {
  expect(['api_calls', 'compute_minutes', 'storage_gb', 'cost_usd', 'quantum_hops'].map(metricName)).toEqual(['API calls', 'Compute minutes', 'Storage GB', 'Cost USD', 'Quantum hops']);
});

test('what a plan costs', () => {
  const plan = { price: 'p', name: 'Pro', amount: 4_900, currency: 'eur', interval: 'month' };
  expect(priceOf(plan)).toBe('49 EUR each month');
  expect(priceOf({ ...plan, amount: 19_950 })).toBe('199.50 EUR each month');
  expect(priceOf({ ...plan, amount: 0 }), 'nothing is a price too').toBe('0 EUR each month');
  expect(priceOf({ ...plan, amount: null })).toBe('its price is not told');
});

test('the host that is named is the one that is reached, and only of a web page', () => {
  expect(hostOf('https://checkout.stripe.com/c/pay/1')).toBe('checkout.stripe.com');
  expect(hostOf('https://checkout.stripe.com@evil.example/'), 'what stands before the @ is no host').toBe('evil.example');
  expect(hostOf('http://127.0.0.1:3000/pay')).toBe('127.0.0.1:3000');
  expect(['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', '/billing', ''].map(hostOf)).toEqual([null, null, null, null, null]);
});
