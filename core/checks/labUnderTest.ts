/**
 * What the conformance suite needs of whatever it examines. A lab of another MQ engine, or with an external broker,
 * leaves out what it does not have; the cases that need it then say so instead of passing.
 */

import type { BridgeStats } from '../bridge/types.ts';
import type { Issuer } from '../credentials/issuer.ts';
import type { MqCredentials } from '../credentials/mqGuard.ts';
import type { Account } from '../credentials/types.ts';
import type { GatewayStats, Limits, Profile } from '../gateway/types.ts';
import type { MqEngine } from '../mq/engine.ts';

export interface LabChanges {
  readonly profile?: Profile;
  readonly limits?: Partial<Limits>;
  /** Parent topics, bridged both ways, in place of the lab's own. */
  readonly topics?: readonly string[];
}

export interface Login {
  readonly username?: string;
  readonly password?: string;
}

export interface CheckedCredentials {
  readonly issuer: Issuer;
  /** The account by which devices of the suite log in, with its secret. */
  readonly account: Account;
  readonly instance: string;
  /** Absent where the MQ has users of its own. @throws CausewayError mq.refused */
  connectMq?(credentials: MqCredentials): Promise<MqEngine>;
}

export interface LabUnderTest {
  /** Shown in the report, e.g. `embedded`. */
  readonly name: string;
  readonly profile: Profile;
  readonly limits: Limits;
  /** `mqtt://host:port` and `ws://host:port/mqtt`. */
  readonly mqttUrl: string;
  readonly wsUrl: string | undefined;
  /** With what a device of this client ID connects; absent: anonymously. */
  readonly login?: (clientId: string) => Login;
  /** The service that issues and revokes credentials for gateway and MQ. */
  readonly credentials?: CheckedCredentials;
  /** A connection to the engine as a service has it; the suite does not close it, the lab does. */
  readonly engine: MqEngine;
  /** Parent topics bridged both ways that nobody else uses. Each case has one for itself while it runs. */
  readonly topics: readonly string[];
  /** A parent topic of MQTT only. */
  readonly unbridgedTopic: string | undefined;
  /** An MQ topic that starts with `$` and is listed as bridged; undefined where the engine knows no such names. */
  readonly reservedTopic: string | undefined;
  /** Where the bridge puts what it cannot map. */
  readonly deadLetterTopic: string | undefined;
  /** Counts of gateway and bridge, where they can be read. */
  readonly counters?: () => { readonly gateway: GatewayStats; readonly bridge: BridgeStats };
  /** Has the gateway this client's connection? For knowing that it has noticed the end of one. */
  readonly isOnline?: (clientId: string) => boolean;
  readonly restartBridge?: () => Promise<void>;
  /** Moves the gateway's clock ahead, for the age of offline messages. */
  readonly passTime?: (ms: number) => void;
  /** Another lab of the same make with other settings; whoever opens it closes it. */
  readonly variant?: (changes: LabChanges) => Promise<LabUnderTest>;
  /** Idempotent. */
  close(): Promise<void>;
}
