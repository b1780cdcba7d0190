/** What measured figures say about "MQTT or MQ?", and the advisor. */
import type { LabTemplate } from '../lab.ts';

const reasons: readonly LabTemplate[] = [
  ['not measured yet', '尚未测量'],
  ['on both sides something was missing: neither is preferred by this', '两侧都有消息缺失：由此不能判定哪一侧更好'],
  [
    'on both sides something was missing: neither is preferred by this; by this either will do',
    '两侧都有消息缺失：由此不能判定哪一侧更好；仅就此而言两者皆可',
  ],
  ['over {side} something was missing or went astray', '经 {side} 有消息缺失或送错'],
  ['{side} is ahead in {figure}: MQTT {mqtt}, MQ {mq}', '{side} 在{figure*}上领先：MQTT {mqtt*}，MQ {mq*}'],
  ['what decides did not come to be measured on both sides', '起决定作用的数据没有在两侧都测得'],
  [
    'what decides did not come to be measured on both sides; by this either will do',
    '起决定作用的数据没有在两侧都测得；仅就此而言两者皆可',
  ],
  [
    'neither side is ahead by a factor of {factor} (a time needs that on an overloaded machine), in {figures}; by this either will do',
    '在{figures*}上，没有一侧领先达到 {factor} 倍（机器过载时，时间须达到这一倍数）；仅就此而言两者皆可',
  ],
  [
    'neither side is ahead by a factor of {factor} (a time needs that on an overloaded machine), in {figures}',
    '在{figures*}上，没有一侧领先达到 {factor} 倍（机器过载时，时间须达到这一倍数）',
  ],
  [
    'neither side is ahead by a factor of {factor}, in {figures}; by this either will do',
    '在{figures*}上，没有一侧领先达到 {factor} 倍；仅就此而言两者皆可',
  ],
  ['neither side is ahead by a factor of {factor}, in {figures}', '在{figures*}上，没有一侧领先达到 {factor} 倍'],
  ['both sides answer the WebSocket that a page in a browser opens', '两侧都应答浏览器页面打开的 WebSocket'],
  ['neither side answers the WebSocket that a page in a browser opens', '两侧都不应答浏览器页面打开的 WebSocket'],
  ['a page in a browser can be a client of MQTT, and not of MQ', '浏览器页面可以是 MQTT 的客户端，而不能是 MQ 的'],
  ['a page in a browser can be a client of MQ, and not of MQTT', '浏览器页面可以是 MQ 的客户端，而不能是 MQTT 的'],
  [
    'MQTT for everything to each, MQ for work that is shared; a system that needs both has both',
    '每个都收全部用 MQTT，分担处理用 MQ；两者都需要的系统可兼而用之',
  ],
  ['over MQTT not every subscriber got every message once', '经 MQTT，并非每个订阅者都恰好收到每条消息一次'],
  ['in MQ a group did not get each message once', '在 MQ 中，消费组没有恰好收到每条消息一次'],
  [
    'ordered consumers got each sender’s messages in order, which MQTT does not promise to those who receive',
    '顺序消费者按顺序收到了每个发送方的消息，而 MQTT 对接收方不作此承诺',
  ],
  ['ordered consumers in MQ got messages out of order, or not all', 'MQ 中的顺序消费者收到的消息乱序，或没有收全'],
  ['not everything came to be measured', '没有测得全部数据'],
  [
    'tried with success: MQTT from {mqtt}, MQ from {mq}; of those not tried this says nothing',
    '已验证可用：MQTT {mqtt*}，MQ {mq*}；未尝试的语言由此不能判断',
  ],
  ['each side has credentials of its own; {told}, MQ does not', '两侧各有凭证；{told*}，MQ 则不通知'],
  ['each side has credentials of its own; {told}, MQ was not tried', '两侧各有凭证；{told*}，MQ 未尝试'],
];

const notes: readonly LabTemplate[] = [
  [
    '{connected} of {asked} connected; a million at this cost would take {memory}. One machine cannot show millions.',
    '{asked} 个中连上了 {connected} 个；按此开销，一百万个需要 {memory*}。单台机器无法展示百万级。',
  ],
  [
    '{connected} of {asked} connected. One machine cannot show millions.',
    '{asked} 个中连上了 {connected} 个。单台机器无法展示百万级。',
  ],
  [
    'Holds when a client costs more than over MQTT: in memory, or else in the time to connect it. How many an engine bears at most is not tried.',
    '当每个客户端的开销高于 MQTT 时成立：先比内存，再比连接耗时。没有尝试引擎最多能承受多少客户端。',
  ],
  ['Holds when nothing sent at intervals or in a row is missing.', '当按间隔发送和连续发送的消息都无缺失时成立。'],
  ['Holds when large messages pass faster than over MQTT.', '当大消息比经 MQTT 更快时成立。'],
  ['A page can be a client.', '页面可以是客户端。'],
  ['No connection over WebSocket.', '无法经 WebSocket 连接。'],
  ['This engine answers a browser.', '此引擎会应答浏览器。'],
  ['No page can be a client: {why}.', '页面不能是客户端：{why*}。'],
  ['Each subscriber got every message once.', '每个订阅者都恰好收到每条消息一次。'],
  ['Not every subscriber got every message once.', '并非每个订阅者都恰好收到每条消息一次。'],
  ['Clustering: {shared}; broadcasting: {all}.', '集群消费：{shared*}；广播消费：{all*}。'],
  [
    'As sent: {kept}; none was reordered on the way down this time, and none is promised.',
    '发送顺序：{kept*}；这次下行没有乱序，但并不承诺。',
  ],
  [
    'As sent: {kept}; {count} reordered on the way down, where nothing is promised.',
    '发送顺序：{kept*}；下行有 {count} 条乱序，下行不作承诺。',
  ],
  ['Kept by ordered consumers; unordered ones are free to lose it.', '顺序消费者保持了顺序；非顺序消费者可以不保持。'],
  ['Not kept by ordered consumers.', '顺序消费者没有保持顺序。'],
  ['All that are named were tried.', '列出的语言都已尝试。'],
  ['Not tried: the others.', '未尝试：其余语言。'],
  ['Not tried: {languages}.', '未尝试：{languages}。'],
  ['Told in time, then closed with code 2 (expired).', '及时通知，随后以代码 2（已过期）关闭。'],
  ['Not told, or not closed in time with code 2.', '没有通知，或没有及时以代码 2 关闭。'],
  ['Closed at expiry, without a notice.', '到期时关闭，没有事先通知。'],
  ['Not closed in time.', '没有及时关闭。'],
  ['Not tried: the accounts of an engine outside are its own.', '未尝试：外部引擎的账号由其自行管理。'],
  ['Holds when sessions lose nothing while their clients are away.', '当客户端离线期间会话没有丢失消息时成立。'],
  ['Holds when a member takes longer to be back than an MQTT client.', '当组成员恢复得比 MQTT 客户端慢时成立。'],
  ['Holds when all receivers got every message.', '当所有接收者都收到每条消息时成立。'],
  [
    'Made for few: holds when a receiver costs more than over MQTT, in memory or else in the time to set it up.',
    '适合少量：当每个接收者的开销高于 MQTT 时成立，先比内存，再比建立耗时。',
  ],
  ['Holds when each command came to its device and to no other.', '当每条命令都到达其设备且没有到达其他设备时成立。'],
  [
    'Holds when the filters brought each command to its device and to no other.',
    '当过滤条件把每条命令送到其设备且没有送到其他设备时成立。',
  ],
];

const advice: readonly LabTemplate[] = [
  ['MQTT for the clients, MQ for the services, a bridge between them.', '客户端用 MQTT，服务用 MQ，两者之间用桥接。'],
  ['MQTT alone.', '只用 MQTT。'],
  ['MQ alone.', '只用 MQ。'],
  [
    '{summary} Total order needs a topic of one partition, and one consumer at a time.',
    '{summary*}全局有序需要只有一个分区的主题，且同一时间只有一个消费者。',
  ],
  ['They connect to the MQTT gateway.', '它们连接 MQTT 网关。'],
  ['They are few and on servers: they connect to the MQ directly.', '它们数量少且在服务器上：直接连接 MQ。'],
  ['{count} are more than the {most} that an MQ is meant for', '{count} 个，超过 MQ 所适合的 {most} 个'],
  ['A page in a browser has only WebSockets', '浏览器页面只有 WebSocket'],
  ['Their connections come and go', '它们频繁上下线'],
  ['One message goes to all', '一条消息发给所有人'],
  ['Each message has one receiver', '每条消息只有一个接收者'],
  ['A program on a server can use the client library of the engine', '服务器上的程序可以使用引擎的客户端库'],
  ['They read from the MQ and write to it.', '它们从 MQ 读取并写入 MQ。'],
  ['They are MQTT clients too: nothing that was asked for needs an MQ.', '它们也是 MQTT 客户端：所要求的都不需要 MQ。'],
  [
    'Workers share the messages, each to one of them; {count} messages a second are more than one of them should take',
    '处理者分担消息，每条只给其中一个；每秒 {count} 条，单个不宜承担',
  ],
  ['Workers share the messages, each to one of them', '处理者分担消息，每条只给其中一个'],
  ['Order must hold for those who receive', '接收方需要有序'],
  ['{count} messages a second are more than one of them should take', '每秒 {count} 条，单个不宜承担'],
  ['Messages are kept for who is away', '为离线者保留消息'],
  ['They are on the same side as their clients', '它们与其客户端在同一侧'],
  ['Each of them gets everything', '每个都收到全部消息'],
  ['A bridge carries messages and their properties both ways.', '桥接在两个方向上传递消息及其属性。'],
  ['One side does all of it: no bridge is needed.', '一侧即可完成全部：不需要桥接。'],
  ['What clients send over MQTT is read in MQ, behind the bridge', '客户端经 MQTT 发送的消息，在桥接之后的 MQ 中读取'],
];

export const choose: readonly LabTemplate[] = [...reasons, ...notes, ...advice];

export const chooseParts: readonly LabTemplate[] = [
  ['{first} or {second} or {third} or {fourth}', '{first!}、{second!}、{third!}或{fourth!}'],
  ['{first} or {second} or {third}', '{first!}、{second!}或{third!}'],
  ['{first} or {second}', '{first!}或{second!}'],
  ['not measured', '未测量'],
  ['{count} language', '从 {count!} 种语言'],
  ['{count} languages', '从 {count!} 种语言'],
  ['MQTT told its client before they expired', 'MQTT 在到期前通知了客户端'],
  ['MQTT did not tell its client beforehand', 'MQTT 没有事先通知客户端'],
  ['each message once', '每条消息恰好一次'],
  ['not each message once', '并非每条消息恰好一次'],
  ['each member everything', '每个成员收到全部'],
  ['not each member everything', '并非每个成员都收到全部'],
  ['kept', '保持'],
  ['not kept', '未保持'],
  ['refused', '被拒绝'],
];
