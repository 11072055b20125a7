/** What the console says went wrong, in whole sentences: a message may be followed by what to do about it. */
import type { Fault } from '../rpc/schema';

/** With a full stop. It begins as it was written, since that may be a name. */
export function sentence(text: string): string {
  const words = text.trim();
  return words === '' || /[.!?]$/.test(words) ? words : `${words}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A fault beside the field that it is about: what is wrong, and what to write. */
export function faultText(fault: Pick<Fault, 'message' | 'remedy'>): string {
  return [fault.message, fault.remedy].map((part) => capital(sentence(part))).filter(Boolean).join(' ');
}
