/**
 * Makes `navigator.language` a tag that Intl accepts. Must be the first import of the page.
 *
 * WebKitGTK under LANG=C, C.UTF-8 or POSIX says "C", which every Intl constructor refuses with a RangeError;
 * a library that formats a number while it is being imported would then leave a blank window.
 */
export function repairLocale(target: Navigator): void {
  try {
    new Intl.NumberFormat(target.language);
  } catch {
    Object.defineProperty(target, 'language', { value: 'en-US', configurable: true });
    Object.defineProperty(target, 'languages', { value: ['en-US'], configurable: true });
  }
}

repairLocale(navigator);
