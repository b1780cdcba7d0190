import type { ReactNode } from 'react';

/** The product's mark: a road on two arches over water. */
export function Mark({ size = 28 }: { readonly size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0b7078" />
      <g fill="none" stroke="#fff" strokeLinecap="round">
        <path d="M5 10.5h22" strokeWidth="3" />
        <path d="M6 20.5a5 5.5 0 0 1 10 0a5 5.5 0 0 1 10 0" strokeWidth="2.2" />
        <path d="M5 25.5q2.75-2 5.5 0t5.5 0t5.5 0t5.5 0" stroke="#7fd8d6" strokeWidth="1.8" />
      </g>
      <circle cx="12.5" cy="10.5" r="1.5" fill="#0b7078" />
      <circle cx="20" cy="10.5" r="1.5" fill="#f2a33c" />
    </svg>
  );
}
