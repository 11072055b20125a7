import { expect, test } from 'vitest';
import { repairLocale } from './locale-guard';

test('a language that Intl refuses is replaced before anything formats with it', () => {
  const broken = { language: 'C', languages: ['C'] } as unknown as Navigator;
  repairLocale(broken);
  expect(() => new Intl.NumberFormat(broken.language), 'the replaced language must be usable').not.toThrow();
});

test('a good language is left alone', () => {
  const good = { language: 'nb-NO', languages: ['nb-NO'] } as unknown as Navigator;
  repairLocale(good);
  expect(good.language, 'what the reader chose must stay').toBe('nb-NO');
});
