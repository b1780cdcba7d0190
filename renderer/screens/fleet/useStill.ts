import { useMediaQuery } from '@mantine/hooks';

/** Has the person asked the system for less motion? */
export const useStill = (): boolean => useMediaQuery('(prefers-reduced-motion: reduce)') === true;
