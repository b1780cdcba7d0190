/** How the rows of "MQTT or MQ?" are measured: methods, notes on figures, steps of an experiment. */
import type { LabTemplate } from '../lab.ts';

const methods: readonly LabTemplate[] = [
  [
    'A client connected to the gateway over WebSocket, as a page in a browser would, and sent itself 20 messages. A WebSocket was then tried on the port of the MQ: all that a page can open.',
    '一个客户端像浏览器页面那样经 WebSocket 连接网关，给自己发送 20 条消息。然后在 MQ 的端口上尝试 WebSocket：页面只能打开这种连接。',
  ],
  [
    'Up: {senders} devices sent {each} numbered messages each over gateway and bridge to one ordered consumer. Down: a service sent {down} to all of them over the bridge. In MQ alone {producers} producers sent to one and to {members} consumers of a group, ordered and not, whose work takes 0 to 3 ms. A message is reordered when a higher number of its sender came before it.',
    '上行：{senders} 个设备各发送 {each} 条编号消息，经网关和桥接到一个顺序消费者。下行：一个服务经桥接向它们全部发送 {down} 条。仅在 MQ 中：{producers} 个生产者发给同组的 1 个和 {members} 个消费者，分顺序与非顺序，每条处理 0 到 3 毫秒。若同一发送方编号更大的消息先到，即为乱序。',
  ],
  [
    'A JavaScript client sent itself {trips} messages over each transport; medians. MQTT clients of other languages were tried with the gateway before, both ways, with bodies of every kind (docs/clients.md), and that record is counted here. Other clients of the MQ are not tried: they come with the engine.',
    '一个 JavaScript 客户端经每种传输方式给自己发送 {trips} 条消息；取中位数。其他语言的 MQTT 客户端此前已与网关在两个方向上、以各种消息体验证过（docs/clients.md），此处计入该记录。MQ 的其他客户端没有尝试：它们随引擎提供。',
  ],
  [
    '{crowd} subscribers of one MQTT topic and {consumers} broadcasting consumers of MQ, each with a connection of its own, got {repeats} messages, one by one, by turns. Measured from the send to the receipt by half, 95 % and all of them; medians of the messages.',
    '同一 MQTT 主题的 {crowd} 个订阅者和 MQ 的 {consumers} 个广播消费者，各有自己的连接，轮流逐条接收 {repeats} 条消息。测量从发送到半数、95 % 和全部收到的耗时；取各条消息的中位数。',
  ],
  [
    '{commands} commands, one at a time, each to one of {devices} devices. Over MQTT: P2P, to clients that have subscribed to nothing. In MQ: a broadcasting consumer per device with a filter on the device’s name, since a topic per device is no plan for many devices. The time to set up a device, of MQTT.js and of the MQ, is a median of rounds by turns.',
    '{commands} 条命令，逐条发给 {devices} 台设备中的一台。经 MQTT：P2P，客户端没有任何订阅。在 MQ 中：每台设备一个广播消费者，按设备名过滤，因为设备众多时不宜每台一个主题。每台设备的建立耗时（MQTT.js 与 MQ 的客户端）取轮流多轮的中位数。',
  ],
  [
    '{devices} devices, each with a connection of its own, sent {each} reports of 64 bytes to one receiver, ten at a time with 10 ms between: as MQTT clients (QoS 1) through the gateway, and as clients of the MQ.',
    '{devices} 台设备，各有自己的连接，各向一个接收者发送 {each} 份 64 字节的上报，每次十台，间隔 10 毫秒：分别作为 MQTT 客户端（QoS 1）经网关，和作为 MQ 的客户端。',
  ],
  [
    '{senders} clients sent {each} messages of 256 bytes each as fast as they were taken, to {workers} workers: subscribers of the gateway, and members of a clustering group in MQ. Copies per message: 1 means that the work is shared, more that each worker does all of it.',
    '{senders} 个客户端以能被接收的最快速度各发送 {each} 条 256 字节的消息，给 {workers} 个处理者：分别是网关的订阅者，和 MQ 集群消费组的成员。每条消息的份数：1 表示分担处理，更多表示每个处理者都处理全部。',
  ],
  [
    '{people} people wrote {lines} lines each, one every 5 ms, and everybody got every line: as MQTT clients, and as producers and broadcasting consumers of MQ. Joining is connecting to listen and to write, with a connection each.',
    '{people} 人各写 {lines} 行，每 5 毫秒一行，每人都收到每一行：分别作为 MQTT 客户端，和作为 MQ 的生产者与广播消费者。加入是指为收听和书写各建立一个连接。',
  ],
  [
    '{people} people on MQTT wrote {lines} lines each. {analysts} analysts read them: as subscribers of the gateway, then as ordered members of a clustering group in MQ, behind the bridge.',
    'MQTT 上的 {people} 人各写 {lines} 行。{analysts} 个分析者读取：先作为网关的订阅者，再作为桥接之后 MQ 集群消费组的顺序成员。',
  ],
];

/** Where what a client costs is measured with clients of a library. */
const withLibrary: readonly LabTemplate[] = [
  [
    '{clients} simulated MQTT clients were connected to the gateway, at most 200 at a time, to see that it bears them. What one client costs was then measured with {each} on either side, 10 at a time: clients of MQTT.js, and clients of the MQ with a producer each. Memory is what this process had in use afterwards, less what it had before, garbage collected. Which number of clients a side bears at most is not tried.',
    '先将 {clients} 个模拟 MQTT 客户端连接到网关，同时最多 200 个，以确认它能够承受。然后在每一侧用 {each} 个客户端测量单个的开销，每次 10 个：MQTT.js 的客户端，以及各有一个生产者的 MQ 客户端。内存为本进程在垃圾回收后、连接之后减去之前的用量。没有尝试每一侧最多能承受多少客户端。',
  ],
  [
    'One client sent to one other, by turns over MQTT (QoS 1) and over MQ, {rounds} times: {messages} messages of {bytes} bytes and {large} of {kib} KiB, at most {window} unacknowledged at a time; medians. The MQ kept each message for its consumers ({stored}), the gateway none; the consumer in MQ asked for no order. Then {steady} small ones, one every {every} ms: the median of the time from send to receipt.',
    '一个客户端发给另一个，轮流经 MQTT（QoS 1）和 MQ，共 {rounds} 次：{messages} 条 {bytes} 字节的消息和 {large} 条 {kib} KiB 的消息，同时未确认的最多 {window} 条；取中位数。MQ 为消费者保留每条消息（{stored*}），网关不保留；MQ 的消费者不要求顺序。然后发送 {steady} 条小消息，每 {every} 毫秒一条：取从发送到收到的耗时中位数。',
  ],
  [
    '{messages} messages of 10 senders went to {members} receivers, and every receipt was counted, by message and receiver: MQTT subscribers of one topic; MQ consumers of one group, broadcasting and clustering. MQTT was also asked for a shared subscription.',
    '10 个发送方的 {messages} 条消息发给 {members} 个接收者，按消息和接收者逐次计数：同一主题的 MQTT 订阅者；同一消费组的 MQ 消费者，分别用广播消费和集群消费。还向 MQTT 请求了共享订阅。',
  ],
  [
    'A device connected with the signature of its account, and one with a wrong signature. Another had a token that is good for {seconds} s, with a notice due after half of that, and did not renew it. {services}',
    '一个设备用其账号的签名连接，另一个用错误的签名。还有一个设备持有有效期 {seconds} 秒的令牌，过半时应收到通知，但不更新令牌。{services*}',
  ],
  [
    '{seconds} seconds of messages (more where {least} reconnects take longer), one every {every} ms, while a tenth of the clients, one at the least, lost their connection each second and came back {away} ms later: {clients} MQTT clients with persistent sessions (QoS 1), where each message goes to the one that was cut off last; {members} members of a clustering group in MQ that closed their connection and opened another, where each message goes to any of them. The time to recover is from the new connection until the client would receive again, without the time it was away; medians.',
    '持续 {seconds} 秒（{least} 次重连需要更久时则更长），每 {every} 毫秒一条消息，同时每秒有十分之一、至少一个客户端断开连接，{away} 毫秒后恢复：{clients} 个有持久会话的 MQTT 客户端（QoS 1），每条消息发给最近断开的那个；MQ 集群消费组的 {members} 个成员关闭连接再新建，每条消息发给其中任意一个。恢复耗时从新连接算起，到客户端能再次接收为止，不含离线时间；取中位数。',
  ],
  [
    'A server sent {commands} commands to {devices} devices on MQTT as fast as they were accepted: once as an MQTT client (QoS 1), on a topic per device to which that device is subscribed, past the bridge; once through MQ and the bridge, to the device’s client ID (P2P). Accepted: acknowledged to the server. Another service that records commands was subscribed before and away meanwhile (over MQTT with a persistent session, QoS 1, to the topics of all devices; in MQ as a group), then came back, and what it got was counted; and so was that of one that had never been there, waited for until nothing had come for {seconds} s. No command was retained.',
    '一台服务器以能被受理的最快速度，向 MQTT 上的 {devices} 台设备发送 {commands} 条命令：一次作为 MQTT 客户端（QoS 1），发往每台设备各自订阅的主题，不经桥接；一次经 MQ 和桥接，发往设备的客户端 ID（P2P）。已受理指服务器已得到确认。另有一个记录命令的服务，事先订阅、期间离线（经 MQTT 时用持久会话，以 QoS 1 订阅所有设备的主题；在 MQ 中作为消费组），之后恢复并统计收到的命令；还有一个此前从未出现过的服务也这样统计，等到 {seconds} 秒内不再有命令为止。没有命令被设为保留消息。',
  ],
  [
    '{measured} The memory, and the time to set one up, are those of clients of MQTT.js, and of the consumers of MQ.',
    '{measured*}内存和建立耗时是 MQTT.js 客户端和 MQ 消费者的。',
  ],
  [
    '{measured} The memory of a device, and the time to connect it, are those of clients of MQTT.js, and of the MQ.',
    '{measured*}每台设备的内存和连接耗时是 MQTT.js 客户端和 MQ 客户端的。',
  ],
  [
    '{measured} The memory of a person, and the time to join, are those of clients of MQTT.js, and of the MQ.',
    '{measured*}每人的内存和加入耗时是 MQTT.js 客户端和 MQ 客户端的。',
  ],
];

const notes: readonly LabTemplate[] = [
  ['nothing came to be measured in the time', '在规定时间内没有测得数据'],
  ['fewer than {least} reconnects in the time', '规定时间内的重连少于 {least} 次'],
  ['stopped by the time allowed, or the first that was refused', '因时间用尽或首次被拒绝而停止'],
  ['the client alone; what the engine needs comes on top', '仅客户端；引擎所需的另计'],
  ['gateway and a client of MQTT.js together, in this process', '网关与一个 MQTT.js 客户端合计，均在本进程中'],
  ['measured with simulated clients, whose own memory is in it', '用模拟客户端测得，包含其自身的内存'],
  ['not tried: no user was given for this engine', '未尝试：没有为此引擎给出用户'],
  ['code {code}', '代码 {code*}'],
  ['stopped by the time allowed', '因时间用尽而停止'],
  ['stopped by the limit asked for', '达到要求的数量后停止'],
  ['too little to be told from noise', '过小，无法与噪声区分'],
  ['MQ and its client together, in this process', 'MQ 与其客户端合计，均在本进程中'],
  ['it answers no WebSocket: {why}', '它不应答 WebSocket：{why*}'],
  ['not tried: the accounts of an engine outside are its own', '未尝试：外部引擎的账号由其自行管理'],
  ['there is no such notice on this side', '这一侧没有这种通知'],
  ['this engine cannot: it keeps nothing for a group that comes later', '此引擎做不到：它不为后来的消费组保留消息'],
  ['none', '没有'],
  ['{languages}; recorded on {date} with Causeway {version}', '{languages*}；记录于 {date}，Causeway {version}'],
];

const steps: readonly LabTemplate[] = [
  ['connecting {count} MQTT clients', '正在连接 {count} 个 MQTT 客户端'],
  ['connecting {count} simulated MQTT clients', '正在连接 {count} 个模拟 MQTT 客户端'],
  ['connecting {count} clients of MQTT.js', '正在连接 {count} 个 MQTT.js 客户端'],
  ['permanent credentials, right and wrong', '永久凭证，正确的与错误的'],
  ['credentials that are good for {seconds} s', '有效期 {seconds} 秒的凭证'],
  ['connecting {count} MQ clients', '正在连接 {count} 个 MQ 客户端'],
  ['a sender and a receiver on each side', '每侧一个发送方和一个接收方'],
  ['{side}: round {round} of {rounds}', '{side}：第 {round} 轮，共 {rounds} 轮'],
  ['{side}: small messages at intervals', '{side}：按间隔发送小消息'],
  ['{side}: setting up clients, round {round}', '{side}：建立客户端，第 {round} 轮'],
  ['MQTT over WebSocket', '经 WebSocket 的 MQTT'],
  ['WebSocket to the MQ', '用 WebSocket 连接 MQ'],
  ['{side}: everything to each', '{side}：每个都收全部'],
  ['{side}: shared', '{side}：分担'],
  ['MQTT: a shared subscription', 'MQTT：共享订阅'],
  ['MQTT: up, devices to services', 'MQTT：上行，设备到服务'],
  ['MQTT: down, services to devices', 'MQTT：下行，服务到设备'],
  ['MQ: {count} ordered consumer', 'MQ：{count} 个顺序消费者'],
  ['MQ: {count} ordered consumers', 'MQ：{count} 个顺序消费者'],
  ['MQ: {count} unordered consumers', 'MQ：{count} 个非顺序消费者'],
  ['JavaScript over TCP', '经 TCP 的 JavaScript'],
  ['JavaScript over WebSocket', '经 WebSocket 的 JavaScript'],
  ['JavaScript to the MQ', '用 JavaScript 连接 MQ'],
  ['a token that is good for {seconds} s', '有效期 {seconds} 秒的令牌'],
  ['MQTT: clients with sessions', 'MQTT：有会话的客户端'],
  ['MQ: members of a group', 'MQ：消费组的成员'],
  ['{side}: {count} receivers', '{side}：{count} 个接收者'],
  ['{side}: message {number} of {count}', '{side}：第 {number} 条消息，共 {count} 条'],
  ['{side}: {count} devices', '{side}：{count} 台设备'],
  ['{side}: {count} devices report', '{side}：{count} 台设备上报'],
  ['{side}: {count} commands', '{side}：{count} 条命令'],
  ['{side}: {count} workers', '{side}：{count} 个处理者'],
  ['{side}: services that were away, or come later', '{side}：离线过的服务，或后来的服务'],
  ['{side}: {count} people in a room', '{side}：房间里有 {count} 人'],
  ['{side}: {lines} lines, {count} analysts', '{side}：{lines} 行，{count} 个分析者'],
  ['measured', '已测量'],
  ['cancelled', '已取消'],
  ['done', '已完成'],
];

export const measured: readonly LabTemplate[] = [...methods, ...withLibrary, ...notes, ...steps];

export const measuredParts: readonly LabTemplate[] = [
  [
    'Services did the same at the MQ port: with the account’s key pair, with a wrong one, and with temporary credentials of the same length.',
    '服务在 MQ 端口上做了同样的事：用账号的密钥对、用错误的密钥对，以及用同样有效期的临时凭证。',
  ],
  ['Nothing of the kind was tried on the engine, whose accounts are its own.', '没有在引擎上做类似尝试，其账号由引擎自行管理。'],
  [
    'At the engine the user of the connection was tried, and the same with a wrong password; nothing that expires, whose accounts are its own.',
    '在引擎上尝试了该连接的用户，以及同一用户用错误的密码；没有尝试会过期的凭证，其账号由引擎自行管理。',
  ],
  ['in memory', '在内存中'],
  ['as it does by its own settings', '按其自身的设置'],
  ['its answer is not HTTP', '它的应答不是 HTTP'],
  ['the connection was closed', '连接被关闭'],
];
