import { type ReactNode, useEffect, useRef, useState } from 'react';

/** Redraws what is inside only while it is on the screen (or nearly): what nobody sees costs nothing, and is up to date as it appears. */
export function WhileSeen({ children }: { readonly children: ReactNode }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(true);
  const [kept, setKept] = useState(children);
  useEffect(() => {
    if (place.current === null || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting ?? true), { rootMargin: '80px' });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  if (seen && kept !== children) setKept(children);
  return <div ref={place}>{seen ? children : kept}</div>;
}
