/** What arrives at devices: booked in the ledger, every property checked, every hop timed. */
import { nowUs } from '../clock.ts';
import type { QoS } from '../gateway/types.ts';
import { checkDevice, checkDown } from '../measure/mappingCheck.ts';
import { MappingMatrix } from '../measure/mappingMatrix.ts';
import { ReceiverLedger } from '../measure/receiverLedger.ts';
import { SEEN } from '../measure/sequenceTracker.ts';
import { bodyIntact, emptyStamp, readStamp } from '../measure/stamp.ts';
import { flagDirection } from '../measure/stampFlags.ts';
import { TRACE_POINTS, type TraceTable } from '../measure/traceTable.ts';
import type { Member } from './devices.ts';
import { HopRecorder, type Instruments, runCounters } from './instruments.ts';

export interface Arrival {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly dup: boolean;
  readonly retain: boolean;
}

const AT = runCounters.at;

export class DeviceInbox {
  readonly ledger = new ReceiverLedger();
  readonly matrix = new MappingMatrix();
  /** Stamp of the message taken last. */
  readonly stamp = emptyStamp();
  epochUs = Number.NaN;
  readonly #runId: number;
  readonly #wills: boolean;
  readonly #sharedMq: boolean;
  readonly #broker: boolean;
  readonly #instruments: Instruments;
  readonly #trace: TraceTable;
  readonly #downHops: HopRecorder;
  readonly #deviceHops: HopRecorder;
  readonly #downTimes = new Float64Array(5);
  readonly #deviceTimes: Float64Array;

  /**
   * `wills`: some devices of the scenario have a Will, which carries no stamp. `sharedMq`: the MQ outlives the run, and
   * may hold messages of others. `broker`: devices are on a broker outside, as others may be.
   */
  constructor(
    runId: number,
    instruments: Instruments,
    trace: TraceTable,
    { wills, sharedMq, broker }: { readonly wills: boolean; readonly sharedMq: boolean; readonly broker: boolean },
  ) {
    this.#runId = runId;
    this.#wills = wills;
    this.#sharedMq = sharedMq;
    this.#broker = broker;
    this.#deviceTimes = new Float64Array(broker ? 3 : 4);
    this.#instruments = instruments;
    this.#trace = trace;
    this.#downHops = new HopRecorder(instruments, 'down');
    this.#deviceHops = new HopRecorder(instruments, 'device', broker);
  }

  /** Takes a message; true for the first copy of one that this member was meant to get (see `stamp`). */
  take(m: Member, found: Arrival): boolean {
    const receivedUs = nowUs() - this.epochUs;
    const { stamp } = this;
    const { counters } = this.#instruments;
    const state = readStamp(found.payload, stamp);
    if (state === 'none' && (this.#wills || this.#broker)) return false;
    const down = state === 'ok' && flagDirection(stamp.flags) === 'down';
    const direction = down ? 'down' : 'device';
    if (state !== 'ok') {
      counters.add(state === 'damaged' ? AT.corrupted : AT.unexpected);
      this.ledger.note(direction, state === 'damaged' ? 'corrupted' : 'foreign');
      return false;
    }
    if (stamp.runId !== this.#runId) {
      if (this.#broker || (this.#sharedMq && down)) return false;
      counters.add(AT.unexpected);
      this.ledger.note(direction, 'foreign');
      return false;
    }
    const intact = bodyIntact(found.payload, stamp);
    if (!intact) {
      counters.add(AT.corrupted);
      this.ledger.note(direction, 'corrupted');
    }
    // Kept on its topic and sent again because of a new subscription [MQTT-3.3.1-8]: no second delivery of the same.
    const again = found.dup || found.retain;
    const seen = this.ledger.seen(m.receiver, stamp.stream, stamp.seq, again);
    counters.add(down ? AT.down : AT.device);
    if (seen === SEEN.late) counters.add(AT.reordered);
    else if (seen !== SEEN.next) counters.add(AT.duplicates);

    const granted = m.matched.get(stamp.stream);
    const p2p = granted === undefined && m.p2p.has(stamp.stream);
    if (granted === undefined && !p2p) counters.add(AT.unexpected);
    if (down) {
      const right = checkDown(
        stamp,
        found.topic,
        found.qos,
        granted ?? 'p2p',
        found.retain,
        m.client.options.clientId,
        !found.dup && this.#wasAwayWhenTaken(m),
        intact,
        m.receiver,
        this.matrix,
        this.#broker,
      );
      if (!right) this.#wrong(found);
    } else if (granted !== undefined || p2p) {
      const { topic, qos, retain } = found;
      const right = checkDevice(stamp, topic, qos, granted ?? 'p2p', retain, intact, m.receiver, this.matrix);
      if (!right) this.#wrong(found);
    }
    if (seen !== SEEN.next && seen !== SEEN.late) return false;
    this.#time(down, receivedUs);
    return granted !== undefined || p2p;
  }

  #wrong({ topic, qos, dup, retain, payload }: Arrival): void {
    this.#instruments.counters.add(AT.mappingFailed);
    this.matrix.attach({ topic, qos, dup, retain }, payload);
  }

  /**
   * Did the bridge hand the message on while this member was certainly without a network? Only then must it have come
   * out of storage. What was on its way when the network went may come again, and is marked DUP.
   */
  #wasAwayWhenTaken(m: Member): boolean {
    if (m.awayFromUs === Number.POSITIVE_INFINITY) return false;
    const taken = this.#trace.read(this.stamp.stream, this.stamp.seq, TRACE_POINTS.taken);
    return taken !== undefined && taken + this.epochUs > m.awayFromUs && taken + this.epochUs < m.awayToUs;
  }

  #time(down: boolean, receivedUs: number): void {
    const { stamp } = this;
    const point = (at: 0 | 1 | 2): number => this.#trace.read(stamp.stream, stamp.seq, at) ?? Number.NaN;
    const times = down ? this.#downTimes : this.#deviceTimes;
    times[0] = stamp.dueUs;
    times[1] = stamp.sentUs;
    if (down) {
      times[2] = point(TRACE_POINTS.stored);
      times[3] = point(TRACE_POINTS.taken);
      // The bridge holds it, so the engine has it: its receipt to the sender may come later than the message itself.
      if (Number.isNaN(times[2]!)) times[2] = times[3]!;
      times[4] = receivedUs;
    } else if (this.#broker) {
      times[2] = receivedUs;
    } else {
      times[2] = point(TRACE_POINTS.arrived);
      times[3] = receivedUs;
    }
    const traced = (down ? this.#downHops : this.#deviceHops).record(times);
    if (!traced) this.#instruments.counters.add(down ? AT.untracedDown : AT.untracedDevice);
  }
}
