/** What a scenario will do, in sentences: who talks to whom, and what is checked. */
import type { LabTemplate } from '../lab.ts';

const talk: readonly LabTemplate[] = [
  [
    '{population} ({quantity}) publish {name} to {topic} at QoS {qos}, {schedule}; {way}',
    '{population}（{quantity*}）向 {topic} 以 QoS {qos} 发布 {name}，{schedule*}；{way*}',
  ],
  ['{population} subscribe to {topic} at QoS {qos}', '{population} 以 QoS {qos} 订阅 {topic}'],
  [
    '{population} answer messages on {filter} with probability {share} after {from} to {to}: {name} to {topic} at QoS {qos}',
    '{population} 收到 {filter} 上的消息后，以 {share} 的概率在 {from} 到 {to} 后应答：以 QoS {qos} 向 {topic} 发送 {name}',
  ],
  [
    '{population} answer messages on {filter} after {from} to {to}: {name} to {topic} at QoS {qos}',
    '{population} 收到 {filter} 上的消息后，在 {from} 到 {to} 后应答：以 QoS {qos} 向 {topic} 发送 {name}',
  ],
  ["{population} sign in with the account's secret", '{population} 用账号的密钥登录'],
  [
    '{population} hold tokens of {ttl}, renewed {renew} before they expire; {count} of them are revoked after {at}',
    '{population} 持有有效期 {ttl} 的令牌，到期前 {renew} 更新；其中 {count} 个在 {at} 后被吊销',
  ],
  [
    '{population} hold tokens of {ttl}, renewed {renew} before they expire',
    '{population} 持有有效期 {ttl} 的令牌，到期前 {renew} 更新',
  ],
  ['{population} lose the network in the tunnels of the city', '{population} 在城市隧道中断网'],
  [
    '{share} of {population} lose the network for {length} in every {period}',
    '{population} 中有 {share} 每 {period} 断网 {length}',
  ],
  [
    '{service} commands {whom} through MQ topic {topic}: {name} at {qos}, {schedule}, kept while it is offline, answered by {answer}',
    '{service} 经 MQ 主题 {topic} 下发指令 {name}，对象：{whom*}，{qos*}，{schedule*}，离线时为其保留，以 {answer} 应答',
  ],
  [
    '{service} commands {whom} through MQ topic {topic}: {name} at {qos}, {schedule}, kept while it is offline',
    '{service} 经 MQ 主题 {topic} 下发指令 {name}，对象：{whom*}，{qos*}，{schedule*}，离线时为其保留',
  ],
  [
    '{service} commands {whom} through MQ topic {topic}: {name} at {qos}, {schedule}, answered by {answer}',
    '{service} 经 MQ 主题 {topic} 下发指令 {name}，对象：{whom*}，{qos*}，{schedule*}，以 {answer} 应答',
  ],
  [
    '{service} commands {whom} through MQ topic {topic}: {name} at {qos}, {schedule}',
    '{service} 经 MQ 主题 {topic} 下发指令 {name}，对象：{whom*}，{qos*}，{schedule*}',
  ],
  [
    '{service} consumes {topics} from MQ as group {group}: each of its {members} member(s) gets every message (broadcasting, in order per device)',
    '{service} 以消费组 {group} 从 MQ 消费 {topics}：{members} 个成员各自收到每条消息（广播消费，同一设备内有序）',
  ],
  [
    '{service} consumes {topics} from MQ as group {group}: each of its {members} member(s) gets every message (broadcasting)',
    '{service} 以消费组 {group} 从 MQ 消费 {topics}：{members} 个成员各自收到每条消息（广播消费）',
  ],
  [
    '{service} consumes {topics} from MQ as group {group}: its {members} member(s) share the messages (clustering, in order per device)',
    '{service} 以消费组 {group} 从 MQ 消费 {topics}：{members} 个成员分担消息（集群消费，同一设备内有序）',
  ],
  [
    '{service} consumes {topics} from MQ as group {group}: its {members} member(s) share the messages (clustering)',
    '{service} 以消费组 {group} 从 MQ 消费 {topics}：{members} 个成员分担消息（集群消费）',
  ],
];

const checks: readonly LabTemplate[] = [
  [
    'ledger: no message acknowledged at QoS 1 or 2 is lost, none is corrupted or at the wrong receiver, each second copy is explained',
    '账目：以 QoS 1 或 2 确认的消息无一丢失，没有损坏，没有到达错误的接收方，每份重复都有原因',
  ],
  [
    'mapping: topic, properties and payload of every message that crosses the bridge',
    '映射：每条跨过桥接的消息的主题、属性和消息体',
  ],
  [
    'order: per device at {services}; order towards devices is measured, not guaranteed',
    '顺序：在 {services} 处同一设备内有序；发往设备的顺序只测量，不保证',
  ],
  ['answers: who answers {commands}, and how soon', '应答：谁应答了 {commands}，用时多久'],
  [
    'load: the schedule was kept; if the lab itself was too slow, the run is invalid',
    '负载：按计划发送；如果实验室自身太慢，运行无效',
  ],
  [
    'deliberate fault from {at} on: {fault} one in {every} messages {direction}, at most {count}',
    '人为故障，从 {at} 起：{direction*}每 {every} 条消息{fault*}一条，最多 {count} 条',
  ],
  ['threshold: {threshold}', '阈值：{threshold}'],
];

export const explained: readonly LabTemplate[] = [...talk, ...checks];

const change = ', and when {field} has moved by {by}';
const changed = '，并在 {field} 变化 {by} 时';

export const explainedParts: readonly LabTemplate[] = [
  ['{count} sensors in {groups} groups ({name})', '{count} 个传感器，分 {groups} 组（{name}）'],
  ['{count} vehicles in {groups} groups ({name})', '{count} 辆车，分 {groups} 组（{name}）'],
  ['{count} chat-users in {groups} groups ({name})', '{count} 个聊天用户，分 {groups} 组（{name}）'],
  ['{count} sensors', '{count!} 个传感器'],
  ['{count} vehicles', '{count!} 辆车'],
  ['{count} chat-users', '{count!} 个聊天用户'],
  [`{schedule}${change}`, `{schedule*}${changed}`],
  ['each every {period} ± {jitter}', '每个设备每 {period} ± {jitter} 一次'],
  ['each every {period}', '每个设备每 {period} 一次'],
  ['every {period} ± {jitter}', '每 {period} ± {jitter} 一次'],
  ['every {period}', '每 {period} 一次'],
  ['{rate} together', '合计 {rate}'],
  ['from {from} to {to} over {length}', '在 {length} 内从 {from} 变到 {to}'],
  ['{rate}, {peak} for {length} in every {period}', '{rate}，每 {period} 中有 {length} 为 {peak}'],
  ['at {times}, … ({count} times)', '于 {times} 等时刻（共 {count} 次）'],
  ['at {times}', '在 {times}'],
  ['{schedule}, in turn', '{schedule*}，轮流'],
  ['{schedule}, picked at random', '{schedule*}，随机选取'],
  ['{schedule}, few of them often, most rarely (Zipf)', '{schedule*}，少数频繁、多数很少（Zipf）'],
  ['closed loop: each waits for its acknowledgement, then {pause}', '闭环：每个等到确认后再停顿 {pause}'],
  ['when somebody asks for it', '有人要求时'],
  ['to one client (P2P)', '发给一个客户端（P2P）'],
  ['and on to MQ', '并转发到 MQ'],
  ['MQTT only', '仅 MQTT'],
  // Also what a value may be.
  ['one of {population}', '{population} 中的一个'],
  ['one group of {population}', '{population} 中的一组'],
  ['all {population}', '全部 {population}'],
  ['the QoS asked for', '按要求的 QoS'],
  ['default QoS 1', '默认 QoS 1'],
];
