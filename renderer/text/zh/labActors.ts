/** What is wrong with the populations, services and bodies of a scenario, or odd about them. */
import type { LabTemplate } from '../lab.ts';

const populations: readonly LabTemplate[] = [
  ['{place}: {id} gives all {count} members the same client ID', '{place}：{id} 使全部 {count} 个成员的客户端 ID 相同'],
  [
    '{place}: {id} has {count} characters, the limit of the {profile} profile is {limit}',
    '{place}：{id} 有 {count} 个字符，{profile*}规则的上限为 {limit}',
  ],
  ['{place}: {id} holds a control character', '{place}：{id} 含有控制字符'],
  [
    '{place}: {id} holds /, + or #: such a client cannot be addressed by P2P',
    '{place}：{id} 含有 /、+ 或 #：这样的客户端不能用 P2P 寻址',
  ],
  ['{place}: {id} is not of the form GroupID@@@DeviceID', '{place}：{id} 不符合 GroupID@@@DeviceID 的形式'],
  ['{place}: {id} is a client ID of population "{other}" too', '{place}：{id} 也是设备群体 "{other}" 的客户端 ID'],
  [
    '{place}: the topic {topic} has direction down: what devices publish there does not reach MQ',
    '{place}：主题 {topic} 的方向为 down：设备在此发布的消息不会到达 MQ',
  ],
  ['{place}: {filter} is not a valid topic filter', '{place}：{filter} 不是有效的主题过滤器'],
  [
    '{place}: the strict profile refuses QoS 2 together with cleanSession: false',
    '{place}：严格规则不允许 QoS 2 与 cleanSession: false 同用',
  ],
  ['{place}: {count} subscriptions, a client may hold {limit}', '{place}：有 {count} 个订阅，每个客户端最多 {limit} 个'],
  [
    '{place}: no member is subscribed to anything that matches {filter}, so it never happens',
    '{place}：没有成员的订阅与 {filter} 匹配，因此它永远不会发生',
  ],
  [
    '{place}: "{name}" is a placeholder of its own; give the group another name',
    '{place}："{name}" 已是占位符；请给分组换一个名称',
  ],
  ['{place}: {groups} groups for {members} members', '{place}：{members} 个成员却有 {groups} 个组'],
  ['{place}: only vehicles drive through tunnels', '{place}：只有车辆会驶入隧道'],
  [
    '{place}: an outage must be shorter than the time from one to the next (every)',
    '{place}：断网时长必须短于两次断网的间隔（every）',
  ],
  [
    '{place}: unknown placeholder {name}; population "{population}" has no group',
    '{place}：未知的占位符 {name}；设备群体 "{population}" 没有分组',
  ],
  ['{place}: unknown placeholder {name}', '{place}：未知的占位符 {name}'],
  [
    '{place}: user name and password follow from it; client.{key} must not be given as well',
    '{place}：用户名和密码由它得出；不能再设置 client.{key}',
  ],
  [
    '{place}: a member uses {count} topics, a token names at most {limit}',
    '{place}：每个成员使用 {count} 个主题，一个令牌最多写明 {limit} 个',
  ],
  ['{place}: the population has {count}', '{place}：设备群体只有 {count} 个成员'],
  [
    '{place}: each message causes {factor} more on average, so that the load grows without end',
    '{place}：每条消息平均引发 {factor} 条新消息，负载会无止境地增长',
  ],
];

const bodies: readonly LabTemplate[] = [
  ['{place}: min ({min}) must be below max ({max})', '{place}：min（{min}）必须小于 max（{max}）'],
  ['{place}: deviation ({value}) must be above 0', '{place}：deviation（{value}）必须大于 0'],
  ['{place}: step ({value}) must be above 0', '{place}：step（{value}）必须大于 0'],
  ['{place}: start ({value}) must lie between min and max', '{place}：start（{value}）必须在 min 与 max 之间'],
  ['{place}: {weights} weights for {values} values', '{place}：{values} 个值却有 {weights} 个权重'],
  ['{place}: one of the weights must be above 0', '{place}：至少一个权重必须大于 0'],
  [
    '{place}: the generator "{generator}" is only for actor {actor}, this is a {other}',
    '{place}：生成器 "{generator}" 只用于 {actor}，而这里是 {other}',
  ],
  ['{place}: about {bytes} bytes, the gateway takes at most {limit}', '{place}：约 {bytes} 字节，网关最多接收 {limit} 字节'],
  ['{place}: the body has no field {field}', '{place}：消息体没有字段 {field}'],
  ['{place}: the field {field} has no measure of change (it is a {kind})', '{place}：字段 {field} 无法衡量变化（它是 {kind}）'],
  ['{place}: exactly one generator is needed, found none', '{place}：须有且仅有一个生成器，现在没有'],
  ['{place}: exactly one generator is needed, found {given}', '{place}：须有且仅有一个生成器，现在有 {given}'],
];

const services: readonly LabTemplate[] = [
  ['{place}: the topic "{topic}" has direction none and is not in MQ', '{place}：主题 "{topic}" 的方向为 none，不在 MQ 中'],
  [
    '{place}: the topic "{topic}" has direction down: nothing that devices send arrives there',
    '{place}：主题 "{topic}" 的方向为 down：设备发送的消息不会到达那里',
  ],
  ['{place}: the topic "{topic}" stands twice in the list', '{place}：主题 "{topic}" 在列表中出现了两次'],
  ['{place}: a command to one member always goes to /p2p/{client}', '{place}：发给一个成员的指令总是发往 /p2p/{client}'],
  ['{place}: {topic} addresses a single client', '{place}：{topic} 是发给单个客户端的'],
  ['{place}: population "{population}" has no group', '{place}：设备群体 "{population}" 没有分组'],
  [
    '{place}: second is missing, so that a command to one group would reach all',
    '{place}：缺少 second，发给一个组的指令会到达所有组',
  ],
  [
    '{place}: {second} is the same for all groups, so that a command to one group would reach all',
    '{place}：{second} 对所有组都相同，发给一个组的指令会到达所有组',
  ],
  [
    '{place}: population "{population}" does not subscribe to {topic}, so nobody would receive it',
    '{place}：设备群体 "{population}" 没有订阅 {topic}，谁也收不到',
  ],
  [
    '{place}: the reaction "{reaction}" happens on {filter}, which does not match {topic}',
    '{place}：反应 "{reaction}" 在收到 {filter} 时发生，它与 {topic} 不匹配',
  ],
  ['{place}: population "{population}" has no reaction {reaction}', '{place}：设备群体 "{population}" 没有反应 {reaction}'],
  ['{place}: the answers go to {topic}, which no service consumes', '{place}：应答发往 {topic}，但没有服务消费它'],
  [
    '{place}: it has a meaning on commands to one member only, and is ignored here',
    '{place}：它只对发给一个成员的指令有意义，在此被忽略',
  ],
  [
    '{place}: the strict profile does not keep QoS 2 messages for offline receivers',
    '{place}：严格规则不为离线的接收方保留 QoS 2 消息',
  ],
  [
    '{place}: a message of qosLevel 0 is never kept for an offline receiver',
    '{place}：qosLevel 为 0 的消息从不为离线的接收方保留',
  ],
  [
    '{place}: nothing is kept, because population "{population}" connects with cleanSession: true',
    '{place}：不会保留，因为设备群体 "{population}" 以 cleanSession: true 连接',
  ],
  [
    '{place}: only vehicles are commanded by hand, "{population}" are {actor}s',
    '{place}：只有车辆可以手动下发指令，"{population}" 是 {actor*}',
  ],
  ['{place}: the lab writes this field itself', '{place}：此字段由实验室自己写入'],
  [
    '{place}: "{topic}" has direction {direction}: no message goes from MQ to devices there',
    '{place}："{topic}" 的方向为 {direction}：消息不会由此从 MQ 到设备',
  ],
  ['{place}: there is no population {population}', '{place}：没有设备群体 {population}'],
  [
    '{place}: the P2P topic {topic} has {count} characters, the limit is {limit}',
    '{place}：P2P 主题 {topic} 有 {count} 个字符，上限为 {limit}',
  ],
  ['{place}: it neither consumes nor commands, and does nothing', '{place}：它既不消费也不下发指令，什么也不做'],
  ['{place}: {group} is the group of the bridge itself', '{place}：{group} 是桥接自己的消费组'],
  ['{place}: service "{service}" is in the group {group} already', '{place}：服务 "{service}" 已在消费组 {group} 中'],
  ['{place}: service "{service}" has a command of this name already', '{place}：服务 "{service}" 已有同名的指令'],
];

export const actors: readonly LabTemplate[] = [...populations, ...bodies, ...services];

export const actorParts: readonly LabTemplate[] = [
  ['strict', '严格'],
  ['lenient', '宽松'],
  ['sensor', '传感器'],
  ['vehicle', '车辆'],
  ['chat-user', '聊天用户'],
];
