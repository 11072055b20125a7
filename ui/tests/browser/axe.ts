/** Judges an open page by the rules of WCAG 2.2 AA and axe's best practices. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import type { AxeResults } from 'axe-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** One line for each broken rule and place; empty when there is nothing to say. */
export async function violations(page: Page): Promise<string[]> {
  // The page's own policy forbids a script tag; evaluating in the page is the tester's right, not the page's.
  await page.evaluate(source);
  const results = await page.evaluate(() => (window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run());
  return results.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${rule.help} at ${node.target.join(' ')}: ${node.failureSummary ?? ''}`));
}
