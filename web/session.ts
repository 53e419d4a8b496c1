/** Where the reader is and by which token: kept for this tab only, and never in the address. */
import { useEffect, useState } from 'preact/hooks';
import { addressOf, readFragment, type Route } from './model/route.ts';

const KEY = 'kindred-token';

export function token(): string | null {
  return sessionStorage.getItem(KEY);
}

/** Takes a token out of the address, whichever way it came there. */
function currentRoute(): Route {
  const { token: given, route } = readFragment(location.hash);
  if (given !== null) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, '', `${location.pathname}${addressOf(route)}`);
  }
  return route;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(currentRoute);
  useEffect(() => {
    const onChange = (): void => setRoute(currentRoute());
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return route;
}
