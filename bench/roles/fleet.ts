/** A fleet of clients in a process of its own. */
import { connectFleet, type Fleet, type FleetPlan } from './fleets.ts';
import { type Memory, settledMemory } from './memory.ts';
import { type Offered, Offering, type OfferPlan } from './offering.ts';

const fleets: Fleet[] = [];
let offering: Offering | undefined;

export const role = {
  /** Resolves when all clients are connected. May be called again for more of them; the last fleet is the one that offers. */
  async connect(plan: FleetPlan): Promise<{ readonly connectMs: number }> {
    const start = performance.now();
    const fleet = await connectFleet(plan);
    fleets.push(fleet);
    offering = new Offering(fleet, plan.clients, plan.prefix);
    return { connectMs: performance.now() - start };
  },

  async offer(plan: OfferPlan): Promise<Offered> {
    if (offering === undefined) throw new Error('offer before connect');
    return offering.run(plan);
  },

  async memory(_: null): Promise<Memory> {
    return settledMemory();
  },
};
