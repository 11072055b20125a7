/** What was used of a plan, against what is allowed, and what a plan costs, in words. Pure. */
import type { BillingPlan, UsageLine } from '../../rpc/schema';

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 2 });

/** `api_calls` is written API calls; what a later version measures is written as its plane calls it. */
export function metricName(metric: string): string {
  const words = metric.replaceAll('_', ' ').trim().replace(/\bapi\b/gi, 'API').replace(/\bgb\b/gi, 'GB').replace(/\busd\b/gi, 'USD');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export interface Measured {
  /** `412 of 1,000`, `412, unlimited` or `412, limit not told`. */
  text: string;
  /** What needs a look: `over by 12`, `92 % used`. */
  remark: string | null;
  /** The used part, 0 to 1; `null` where there is no limit to measure against. */
  share: number | null;
  tone: 'ok' | 'warn' | 'failed';
}

/** From this part on, the rest is little. */
const LITTLE_LEFT = 0.9;

export function measured({ used, limit }: UsageLine): Measured {
  if (limit.is === 'unlimited') return { text: `${number(used)}, unlimited`, remark: null, share: null, tone: 'ok' };
  if (limit.is === 'not_told') return { text: `${number(used)}, limit not told`, remark: null, share: null, tone: 'ok' };
  const text = `${number(used)} of ${number(limit.amount)}`;
  const share = limit.amount > 0 ? used / limit.amount : used > 0 ? 1 : 0;
  if (used > limit.amount) return { text, remark: `over by ${number(used - limit.amount)}`, share: 1, tone: 'failed' };
  if (share >= LITTLE_LEFT) return { text, remark: share >= 1 ? 'used up' : `${Math.floor(share * 100)} % used`, share, tone: 'warn' };
  return { text, remark: null, share, tone: 'ok' };
}

/** `49 EUR each month`. */
export function priceOf({ amount, currency, interval }: BillingPlan): string {
  if (amount === null) return 'its price is not told';
  const cost = (amount / 100).toLocaleString('en-US', { minimumFractionDigits: amount % 100 === 0 ? 0 : 2, maximumFractionDigits: 2 });
  return `${cost}${currency === null ? '' : ` ${currency.toUpperCase()}`}${interval === null ? '' : ` each ${interval}`}`;
}

/** The host of a page where a person goes on; `null` where it is no address of a web page. */
export function hostOf(page: string): string | null {
  try {
    const { protocol, host } = new URL(page);
    return protocol === 'https:' || protocol === 'http:' ? host : null;
  } catch {
    return null;
  }
}

/** Why there is nothing to subscribe to, by the code that our own plane gives, and what to do about it. */
export function troubleWords(code: string): string {
  if (code === 'billing_not_configured') return 'This plane has no key for Stripe, so nothing can be subscribed to. Whoever looks after it sets [billing.stripe] in plane.toml and starts it again.';
  return `What can be subscribed to is not told now: Stripe was asked in vain (${code.replaceAll('_', ' ')}). It is asked again.`;
}
