/** Why a run did not pass, what is worth knowing of it, and whether the generator was the limit. */
import type { LabTemplate } from '../lab.ts';

export const verdicts: readonly LabTemplate[] = [
  ['no message was delivered to any receiver', '没有任何消息送达任何接收方'],
  ['nothing was sent: no message was due in this time', '没有发送任何消息：这段时间内没有应发的消息'],
  [
    'messages were still on their way when the time to drain was over: what is missing may only be late',
    '收尾时间用尽时仍有消息在途：缺失的消息可能只是迟到',
  ],
  [
    '{direction}: {property} was wrong in {failed} of {checked} deliveries, e.g. expected {expected}, found {found}',
    '{direction*}：{checked} 次送达中有 {failed} 次 {property} 错误，例如应为 {expected*}，实为 {found}',
  ],
  [
    '{direction}: {property} was wrong in {failed} of {checked} deliveries, e.g. expected {expected}, found absent',
    '{direction*}：{checked} 次送达中有 {failed} 次 {property} 错误，例如应为 {expected*}，实为 不存在',
  ],
  [
    '{direction}: {property} was wrong in {failed} of {checked} deliveries, e.g. expected {expected}, found other bytes',
    '{direction*}：{checked} 次送达中有 {failed} 次 {property} 错误，例如应为 {expected*}，实为 内容不同',
  ],
  [
    '{direction}: {property} was wrong in {failed} of {checked} deliveries, e.g. expected {expected}, found delivered from storage',
    '{direction*}：{checked} 次送达中有 {failed} 次 {property} 错误，例如应为 {expected*}，实为 由存储投递',
  ],
  [
    '{direction}: {property} was wrong in {failed} of {checked} deliveries',
    '{direction*}：{checked} 次送达中有 {failed} 次 {property} 错误',
  ],
  ['ended before its time; what was measured until then counts', '提前结束；此前测得的数据有效'],
  [
    "{group} was so far behind on {topic} that the MQ's retention took {messages} message(s) before it had read them",
    '消费组 {group} 在主题 {topic} 上积压过多，有 {messages} 条消息尚未读取就因 MQ 的保留期限而被清除',
  ],
  ['{threshold}: the command {command} was not due once in this time', '{threshold}：这段时间内指令 {command} 一次也没有到期'],
  ['{threshold}: found {found}, but {why}', '{threshold}：实测 {found*}，但{why*}'],
  ['{threshold}: found {found}', '{threshold}：实测 {found*}'],
  [
    '{direction}: {count} command(s) to MQ were sent and never acknowledged',
    '{direction*}：发往 MQ 的 {count} 条指令始终没有得到确认',
  ],
  [
    '{direction}: {count} message(s) of QoS 1 or 2 were sent and never acknowledged',
    '{direction*}：已发送的 {count} 条 QoS 1 或 2 消息始终没有得到确认',
  ],
  ['{away} of {planned} clients had no connection at the end', '结束时 {planned} 个客户端中有 {away} 个没有连接'],
  [
    '{direction}: {count} message(s) of QoS 0 never arrived although both ends were connected all the time, and nothing was counted as dropped',
    '{direction*}：有 {count} 条 QoS 0 消息始终没有到达，而两端一直保持连接，也没有任何丢弃计数',
  ],
  [
    '{direction}: {count} message(s) of QoS 0 never arrived although both ends were connected all the time',
    '{direction*}：有 {count} 条 QoS 0 消息始终没有到达，而两端一直保持连接',
  ],
  ['{direction}: {count} acknowledged message(s) never arrived', '{direction*}：有 {count} 条已确认的消息始终没有到达'],
  [
    '{direction}: {count} second copies that are not marked and were not sent again',
    '{direction*}：有 {count} 份重复，既没有标记，也不是重发',
  ],
  ['{direction}: {count} message(s) arrived with other bytes', '{direction*}：有 {count} 条消息到达时内容已改变'],
  [
    '{direction}: {count} message(s) that nobody sent, or not to that receiver',
    '{direction*}：有 {count} 条消息无人发送过，或不是发给该接收方的',
  ],
  [
    '{direction}: {count} message(s) out of order where order is promised (up to {distance} too late)',
    '{direction*}：在承诺顺序之处有 {count} 条消息乱序（最多被 {distance} 条超越）',
  ],
  ['{direction}: {share} % of the deliveries count in no hop', '{direction*}：{share} % 的送达未计入任何一段'],
  [
    "{direction}: the hops' means add up to {sum} µs, the end-to-end mean is {mean} µs",
    '{direction*}：各段均值之和为 {sum} 微秒，端到端均值为 {mean} 微秒',
  ],
  ['only {share} of the offered messages were sent (at least {least} needed)', '应发消息中只发出了 {share}（至少需要 {least}）'],
  ['p99 of the schedule slip is {slip} ms (at most {most} ms)', '发送滞后的 p99 为 {slip} 毫秒（最多 {most} 毫秒）'],
  [
    "thread {thread} was fully busy in {share} of its windows while the slip's p99 was {slip} ms",
    '线程 {thread} 在 {share} 的时间窗内满载，同时发送滞后的 p99 为 {slip} 毫秒',
  ],
  [
    'thread {thread} waited for a core {share} of the time (at most {most})',
    '线程 {thread} 有 {share} 的时间在等待处理器（最多 {most}）',
  ],
];

/** What the mapping checks expected of a property. What was found stands as it came, but for these. */
export const expectations: readonly LabTemplate[] = [
  ['nothing kept while offline (flag {flag})', '离线期间不保留（标志 {flag*}）'],
  ['subtopic published below {topic} ({hash})', '在 {topic} 之下发布的子主题（{hash*}）'],
  ['parent of the published topic ({hash})', '发布主题的父主题（{hash*}）'],
  ['{qos} (QoS of the PUBLISH)', '{qos}（PUBLISH 的 QoS）'],
  ['{value} (CONNECT flag)', '{value}（CONNECT 标志）'],
  ['ordering key: the topic ({hash})', '顺序键：主题（{hash*}）'],
  ['ordering key {key}', '顺序键 {key}'],
  ["publisher's client ID ({hash})", '发布者的客户端 ID（{hash*}）'],
  ['body checksum {hash}', '消息体校验和 {hash}'],
  ['absent (unknown over an external broker)', '不存在（经外部 MQTT 服务器无从得知）'],
  ['QoS {qos} (qoslevel {level}, subscription {subscription})', 'QoS {qos}（qoslevel {level*}，订阅 {subscription}）'],
  ['QoS {qos} (published at {level}, subscription {subscription})', 'QoS {qos}（发布时为 {level}，订阅 {subscription}）'],
  ['topic checksum {hash}, retain=0', '主题校验和 {hash}，retain=0'],
  ['the parent alone ({hash})', '仅父主题（{hash*}）'],
  ['its target only ({hash})', '仅其目标（{hash*}）'],
  ['the topic published to ({hash})', '所发布的主题（{hash*}）'],
  ['other bytes', '内容不同'],
  ['delivered from storage', '由存储投递'],
  ['absent', '不存在'],
];

export const verdictParts: readonly LabTemplate[] = [
  ['nothing', '无测量值'],
  ['checksum {hash}', '校验和 {hash}'],
  ['whole: checksum {hash}', '完整主题的校验和 {hash}'],
  ['{parent} (checksum {hash})', '{parent}（校验和 {hash}）'],
];
