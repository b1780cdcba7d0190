/** What became of an inspected message: the sentence, and the rule of each property. */
import type { LabTemplate } from '../lab.ts';

const outcomes: readonly LabTemplate[] = [
  ['No MQ topic can have this name.', '没有 MQ 主题可以用这个名称。'],
  [
    'The gateway keeps the message for MQTT subscribers; MQ is not told that it was retained.',
    '网关为 MQTT 订阅者保留此消息；MQ 不会得知它是保留消息。',
  ],
  ['The gateway refused the {what}: {reason}.', '网关拒绝了{what*}：{reason*}。'],
  ['The gateway refused the device’s subscription: {reason}.', '网关拒绝了设备的订阅：{reason*}。'],
  ['The gateway refused the device: {reason}.', '网关拒绝了设备：{reason*}。'],
  ['The device’s subscription is not valid: {reason}.', '设备的订阅无效：{reason*}。'],
  ['{topic} is a topic of devices alone: nothing of it goes to MQ.', '{topic} 是设备之间的主题：其中的消息不会进入 MQ。'],
  [
    'MQ has stored it, and the device was told so only then. P2P: of all devices only {client} gets it.',
    'MQ 已存储它，之后设备才得到确认。P2P：所有设备中只有 {client} 收到它。',
  ],
  ['MQ has stored it, and the device was told so only then.', 'MQ 已存储它，之后设备才得到确认。'],
  ['MQ did not take the message: {reason}.', 'MQ 没有接收此消息：{reason*}。'],
  [
    'It carries the mark {mark} of messages that came from MQTT: the bridge does not send them back.',
    '它带有来自 MQTT 的消息的标记 {mark}：桥接不会把这样的消息送回去。',
  ],
  ['The device’s subscription matches.', '设备的订阅与之匹配。'],
  ['P2P: it went to this device alone, without any subscription.', 'P2P：它只发给了这个设备，不需要任何订阅。'],
  [
    'The device was offline and keeps its session: the message was stored, and it was delivered when the device came back.',
    '设备离线但保留会话：消息已保存，并在设备重新上线后送达。',
  ],
  [
    'The device was offline and keeps its session: the message was stored, and it did not come when the device was back.',
    '设备离线但保留会话：消息已保存，但设备重新上线后没有收到。',
  ],
  ['It went to the dead letters: {why} ({code}: {value}).', '它已成为死信：{why*}（{code}：{value}）。'],
  ['It went to the dead letters: {why} ({code}).', '它已成为死信：{why*}（{code}）。'],
  [
    'P2P: it is for {client}, which this gateway does not know. Nobody else gets it.',
    'P2P：它是发给 {client} 的，而此网关不认识该客户端。其他设备也不会收到。',
  ],
  ['No subscription matches: the device listens to {filter}.', '没有匹配的订阅：设备订阅的是 {filter}。'],
  [
    'The device is offline and its session ended with its connection (clean session): nothing is kept.',
    '设备离线，其会话已随连接结束（清除会话）：不保留任何消息。',
  ],
  [
    'The device is offline, and cleansessionflag is not false: nothing is kept for it.',
    '设备离线，且 cleansessionflag 不是 false：不为它保留消息。',
  ],
  [
    'The device is offline, and a message of QoS 0, or one that no subscription matches, is not kept.',
    '设备离线；QoS 0 的消息，或没有匹配订阅的消息，不会保留。',
  ],
];

const rules: readonly LabTemplate[] = [
  ['The first level of the MQTT topic is the MQ topic.', 'MQTT 主题的第一级就是 MQ 主题。'],
  ['There is nothing behind the first level, so there is no such property.', '第一级之后没有内容，因此没有此属性。'],
  ['All levels behind the first one, unchanged and with their leading slash.', '第一级之后的所有级，原样保留，并带开头的斜杠。'],
  ['Always there: the QoS of the PUBLISH, not of any subscription.', '总会带上：是 PUBLISH 的 QoS，而不是任何订阅的 QoS。'],
  ['Always there: the flag of the publisher’s CONNECT.', '总会带上：是发布者 CONNECT 中的标志。'],
  ['Always there: who published.', '总会带上：发布者是谁。'],
  [
    'The client ID is the ordering key: each device’s messages keep their order.',
    '客户端 ID 就是顺序键：每个设备的消息保持顺序。',
  ],
  ['Never written on the way up: it belongs to the way down.', '上行从不写入：它只用于下行。'],
  ['MQ has no such flag: it is not carried.', 'MQ 没有这个标志：不会携带。'],
  ['Byte for byte.', '逐字节相同。'],
  ['The MQ topic is the first level of the MQTT topic.', 'MQ 主题就是 MQTT 主题的第一级。'],
  ['P2P: goes to this device alone, whatever others subscribe to.', 'P2P：只发给这个设备，与其他设备的订阅无关。'],
  [
    'The levels behind the first one; absent: the MQ topic alone. Subscriptions are matched with it.',
    '第一级之后的各级；不设置时只有 MQ 主题。订阅按它匹配。',
  ],
  ['What the receiver sees behind the first level, in place of the subtopic.', '接收方在第一级之后看到的内容，代替子主题。'],
  ['Not set: the receiver sees the usual topic.', '未设置：接收方看到通常的主题。'],
  ['The QoS of the message: P2P needs no subscription.', '消息的 QoS：P2P 不需要订阅。'],
  ['The lower of the message’s QoS and the subscription’s ({qos}).', '取消息的 QoS 与订阅的 QoS（{qos}）中较低的。'],
  ['Not set: 1. {rule}', '未设置：为 1。{rule*}'],
  [
    'Not set: true. false keeps the message for a device that is offline, true does not. It does not travel to the device.',
    '未设置：为 true。false 为离线的设备保存消息，true 不保存。它不会传给设备。',
  ],
  [
    'false keeps the message for a device that is offline, true does not. It does not travel to the device.',
    'false 为离线的设备保存消息，true 不保存。它不会传给设备。',
  ],
  ['It has a meaning on P2P messages only: ignored on others.', '只对 P2P 消息有意义：其他消息会忽略它。'],
  ['Cannot be set from MQ: stripped, never seen by a device.', 'MQ 一侧不能设置：会被去掉，设备看不到它。'],
  ['Messages from MQ are never retained: always 0.', '来自 MQ 的消息从不保留：总是 0。'],
  [
    'A property of your own: devices speak MQTT 3.1.1, which has no place for it.',
    '你的自定义属性：设备使用 MQTT 3.1.1，没有存放它的位置。',
  ],
  [
    'Not {key}, which is spelled exactly so: ignored, the default applies.',
    '不是 {key}，后者必须完全这样书写：已忽略，按默认值处理。',
  ],
];

/** Names of fields that are no property keys. */
const fields: readonly LabTemplate[] = [
  ['clean session (CONNECT)', '清除会话（CONNECT）'],
  ['client ID (CONNECT)', '客户端 ID（CONNECT）'],
];

export const inspect: readonly LabTemplate[] = [...outcomes, ...rules, ...fields];

export const inspectParts: readonly LabTemplate[] = [
  ['connection', '连接'],
  ['message', '消息'],
  ['it closed the connection', '对方关闭了连接'],
  ['the bridge cannot map it', '桥接无法映射它'],
];
