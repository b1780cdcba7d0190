/** Order per client: up over the bridge, down over the bridge, and in MQ alone with one and with many consumers. */
import { BRIDGED_TOPIC } from '../bench.ts';
import { figure } from '../figures.ts';
import { Book } from '../numbered.ts';
import { mqWay, openDevices } from '../ways.ts';
import type { Experiment } from './types.ts';

const SENDERS = 10;
const MEMBERS = 3;

export const sequence: Experiment = async (scope) => {
  const each = Math.max(10, Math.round(scope.bench.sizes.messages / SENDERS / 2));
  const total = each * SENDERS;
  const sub = scope.name();

  scope.step('MQTT: up, devices to services');
  const up = new Book(scope.nonce);
  const down = new Book(scope.nonce);
  const services = await scope.connect();
  const spec = { group: scope.group(), topics: [BRIDGED_TOPIC], mode: 'broadcasting', ordered: true } as const;
  const upConsumer = await services.consume(spec, (delivery) => up.take(0, delivery.body));
  const devices = await openDevices(scope, SENDERS, { onMessage: (device, _, payload) => down.take(device, payload) });
  for (let i = 0; i < each; i += 1) {
    for (const [s, client] of devices.clients.entries()) {
      void devices.publish(client, `${BRIDGED_TOPIC}/${sub}/up`, up.send(s, i));
    }
    if (i % 10 === 9) await scope.pause(0);
  }
  await scope.arrived(() => up.distinct, total);
  await upConsumer.close();

  scope.step('MQTT: down, services to devices');
  await devices.subscribe(`${BRIDGED_TOPIC}/${sub}/down`);
  const producer = await services.producer();
  const sends: Promise<unknown>[] = [];
  for (let i = 0; i < each; i += 1) {
    const properties = { mqttSecondTopic: `/${sub}/down` };
    sends.push(producer.send({ topic: BRIDGED_TOPIC, key: sub, properties, body: down.send(0, i) }));
  }
  await Promise.all(sends);
  await scope.arrived(() => down.received, each * SENDERS);

  const inMq = async (members: number, ordered: boolean): Promise<Book> => {
    scope.step(`MQ: ${members} ${ordered ? 'ordered' : 'unordered'} ${members === 1 ? 'consumer' : 'consumers'}`);
    const book = new Book(scope.nonce, true);
    const way = mqWay(scope, ordered);
    // The work takes a little, and not always the same: what waits for it is what keeps order.
    let n = 0;
    await way.receivers(members, 'share', async (receiver, body) => {
      n += 1;
      await new Promise((resolve) => setTimeout(resolve, (n * 7) % 4));
      book.take(receiver, body);
    });
    const senders = await way.senders(SENDERS);
    const few = Math.min(each, 20);
    await Promise.all(
      senders.map((sender, s) => Promise.all(Array.from({ length: few }, (_, i) => sender.send(book.send(s, i))))),
    );
    await scope.arrived(() => book.distinct, few * SENDERS);
    return book;
  };
  const one = await inMq(1, true);
  const many = await inMq(MEMBERS, true);
  const loose = await inMq(MEMBERS, false);
  const missing = (book: Book) => book.sent - book.distinct;
  return {
    mqtt: [
      figure('reordered as sent', up.distinct === 0 ? null : up.reordered, 'messages', 'lower'),
      figure('reordered as received', down.distinct === 0 ? null : down.reordered, 'messages', 'lower'),
      figure('missing', missing(up) + missing(down), 'messages', 'lower'),
    ],
    mq: [
      figure('reordered, one ordered consumer', one.distinct === 0 ? null : one.reordered, 'messages', 'lower'),
      figure('reordered, three ordered consumers', many.distinct === 0 ? null : many.reordered, 'messages', 'lower'),
      figure('reordered, three unordered consumers', loose.distinct === 0 ? null : loose.reordered, 'messages', 'lower'),
      figure('missing', missing(one) + missing(many), 'messages', 'lower'),
    ],
    method:
      `Up: ${SENDERS} devices sent ${each} numbered messages each over gateway and bridge to one ordered consumer. Down: a service sent ` +
      `${each} to all of them over the bridge. In MQ alone ${SENDERS} producers sent to one and to ${MEMBERS} consumers of a group, ordered and ` +
      'not, whose work takes 0 to 3 ms. A message is reordered when a higher number of its sender came before it.',
  };
};
