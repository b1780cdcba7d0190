/** The token of `causeway serve`: taken out of the address at once, so that neither history nor a picture of the window shows it. */
const KEPT = 'causeway.token';

/** Kept for this tab, which may be reloaded. Empty: the page was opened without one. */
export function serveToken(): string {
  const { pathname, search, hash } = window.location;
  const parameters = new URLSearchParams(search);
  const given = parameters.get('token');
  if (given === null) return sessionStorage.getItem(KEPT) ?? '';
  sessionStorage.setItem(KEPT, given);
  parameters.delete('token');
  const rest = parameters.toString();
  window.history.replaceState(null, '', `${pathname}${rest === '' ? '' : `?${rest}`}${hash}`);
  return given;
}
