/** Small drawings for the scenario cards, in the colours of what flows: up, down, between devices. */
import type { ReactNode } from 'react';

const frame = { viewBox: '0 0 240 84', className: 'cw-picture' } as const;

/** Buildings whose sensors report to a service. */
export function SensorsPicture(): ReactNode {
  const windows = [16, 30, 44].flatMap((x) => [26, 40, 54].map((y) => [x, y] as const));
  return (
    <svg {...frame} aria-hidden="true">
      <path d="M4 74h232" className="cw-p-line" />
      <rect x="8" y="16" width="52" height="58" rx="3" className="cw-p-fill" />
      <rect x="66" y="34" width="34" height="40" rx="3" className="cw-p-fill" />
      {windows.map(([x, y], index) => (
        <circle key={`${x}-${y}`} cx={x + 4} cy={y + 4} r="3" className={index % 2 === 0 ? 'cw-p-up-fill' : 'cw-p-dim-fill'} />
      ))}
      {[44, 58].map((y, index) => (
        <g key={y}>
          <circle cx="76" cy={y} r="3" className={index === 0 ? 'cw-p-up-fill' : 'cw-p-dim-fill'} />
          <circle cx="90" cy={y} r="3" className={index === 0 ? 'cw-p-dim-fill' : 'cw-p-up-fill'} />
        </g>
      ))}
      {[26, 44, 62].map((y) => (
        <path key={y} d={`M106 ${y}C134 ${y} 138 44 162 44`} className="cw-p-up" />
      ))}
      <rect x="166" y="24" width="62" height="40" rx="5" className="cw-p-box" />
      <path d="M174 54l10-10l8 5l10-14l8 8l10-12" className="cw-p-accent" />
    </svg>
  );
}

/** A road with vehicles, reports up and a command down to them. */
export function VehiclesPicture(): ReactNode {
  const cars = [26, 92, 158];
  return (
    <svg {...frame} aria-hidden="true">
      <rect x="0" y="56" width="240" height="24" rx="4" className="cw-p-fill" />
      <path d="M6 68h228" className="cw-p-road" />
      {cars.map((x) => (
        <g key={x}>
          <path d={`M${x} 62v-7q0-3 3-3h4l5-7h14l6 7h4q3 0 3 3v7z`} className="cw-p-car" />
          <circle cx={x + 9} cy="63" r="4" className="cw-p-wheel" />
          <circle cx={x + 30} cy="63" r="4" className="cw-p-wheel" />
        </g>
      ))}
      <rect x="98" y="4" width="44" height="20" rx="5" className="cw-p-box" />
      <path d="M106 14h28M106 19h18" className="cw-p-accent" />
      <path d="M44 42C52 22 72 14 92 14" className="cw-p-up" />
      <path d="M108 42C106 36 108 32 112 28" className="cw-p-up" />
      <path d="M122 28C124 32 124 36 122 42" className="cw-p-down" />
      <path d="M146 14C164 14 178 24 182 40" className="cw-p-down" />
      <path d="M178 36l4.500 5l4-5.500" className="cw-p-head" />
      <path d="M118.500 38l3.500 5l4.500-4" className="cw-p-head" />
    </svg>
  );
}

/** Bubbles of a room, flowing between devices, read by a service. */
export function ChatPicture(): ReactNode {
  return (
    <svg {...frame} aria-hidden="true">
      <path d="M8 12h74q6 0 6 6v16q0 6-6 6h-56l-10 9v-9h-8q-6 0-6-6v-16q0-6 6-6z" className="cw-p-fill" />
      <path d="M16 22h52M16 31h34" className="cw-p-dim" />
      <path d="M70 46h74q6 0 6 6v14q0 6-6 6h-8v8l-10-8h-56q-6 0-6-6v-14q0-6 6-6z" className="cw-p-talk" />
      <path d="M78 56h50M78 64h30" className="cw-p-device" />
      <path d="M96 24C116 22 124 30 124 40" className="cw-p-device cw-p-dots" />
      <path d="M156 58C172 56 176 44 190 36" className="cw-p-up" />
      <rect x="184" y="8" width="50" height="28" rx="5" className="cw-p-box" />
      <circle cx="203" cy="21" r="6.500" className="cw-p-accent" />
      <path d="M208 26l6 5" className="cw-p-accent" />
    </svg>
  );
}
