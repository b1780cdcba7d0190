import type { Command, Population } from '../scenario/model.ts';
import { groupVars, type TemplateVars, templateVars } from '../scenario/template.ts';
import { purposeKey, unit } from '../schedule/counterRandom.ts';
import { BodyPlan, type BodyState } from './body.ts';

/** A command to be sent: to which member (target one), group (group) or 0 (all), and its JSON body. */
export interface Order {
  readonly target: number;
  readonly body: string;
}

/** The side of a service that sends one of its commands: picks the target and writes the body. The k-th order depends on the seed alone. */
export class Commander {
  readonly #command: Command;
  readonly #population: Population;
  readonly #plan: BodyPlan;
  readonly #state: BodyState;
  readonly #key: number;
  #k = 0;

  /** @throws CausewayError input.argument when the command's body makes no sense */
  constructor(service: string, command: Command, population: Population, seed: number) {
    this.#command = command;
    this.#population = population;
    this.#plan = new BodyPlan(command.body, `${service}.commands.${command.name}.body`, 'service');
    this.#key = purposeKey(seed, service, command.name, 'target');
    this.#state = this.#plan.start(purposeKey(seed, service, command.name, 'body'), 0, {}, undefined);
  }

  /** The next order, due `atUs` microseconds after the start of traffic. Templates in the body know the target's placeholders. */
  next(atUs: number): Order {
    const target = Math.floor(unit(this.#key, 0, this.#k) * this.#targets());
    this.#k += 1;
    return { target, body: this.bodyFor(target, atUs) };
  }

  /** The body of an order to a target that somebody has picked. */
  bodyFor(target: number, atUs: number): string {
    this.#state.vars = this.#varsOf(target);
    return this.#plan.write(this.#state, atUs);
  }

  #targets(): number {
    if (this.#command.target === 'one') return this.#population.count;
    return this.#command.target === 'group' ? (this.#population.group?.count ?? 1) : 1;
  }

  #varsOf(target: number): TemplateVars {
    if (this.#command.target === 'one') return templateVars(this.#population, target);
    return this.#command.target === 'group' ? groupVars(this.#population, target) : {};
  }
}
