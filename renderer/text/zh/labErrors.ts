/** What can go wrong: messages and hints of the lab's table of errors. {name*}: what stands there is a text of the lab itself. */
import { ERRORS, type ErrorCode } from '../../../core/protocol/errors.ts';
import type { LabTemplate } from '../lab.ts';

type Words = Readonly<Record<ErrorCode, { readonly message: string; readonly hint: string }>>;

const WORDS: Words = {
  'input.unreadable': {
    message: '无法读取 {path}：{reason*}',
    hint: '请给出存在且你有权读取的文件的路径；`causeway list` 会列出现有的场景',
  },
  'input.invalid': { message: '{path} 有 {count} 处问题', hint: '见下方列表；`causeway explain` 会说明有效的文件将做什么' },
  'input.argument': { message: '{argument*}：{value} 无效：{reason*}', hint: '{expected*}' },
  'choose.cancelled': { message: '测量已取消', hint: '之前测得的结果仍保留' },
  'choose.busy': { message: '正在进行测量：{row*}', hint: '请等待其结束，或取消测量' },
  'choose.store': {
    message: '{path} 中的测量结果无法使用：{reason*}',
    hint: '请重新测量；旧文件会保留在新文件旁，名称以 .damaged 结尾',
  },
  'port.taken': { message: '{host} 的端口 {port} 已被占用', hint: '请停止占用它的程序，或换一个端口（{option}）' },
  'port.denied': { message: '不允许在 {host} 的端口 {port} 上监听', hint: '请选择大于 1023 的端口' },
  'limit.descriptors': {
    message: '需要 {needed} 个文件描述符，本进程最多可打开 {limit} 个',
    hint: '请提高上限（ulimit -n {needed}），或减小 --scale',
  },
  'limit.ports': {
    message: '需要 {needed} 个本地端口，{addresses} 个回环地址上共有 {available} 个可用',
    hint: '请减小 --scale，或扩大 net.ipv4.ip_local_port_range',
  },
  'limit.memory': { message: '约需 {needed} MB 内存，可用 {available} MB', hint: '请减小 --scale' },
  'folder.unwritable': { message: '无法写入 {path}：{reason*}', hint: '请选择一个你有权写入、且没有其他进程在使用的位置' },
  'folder.occupied': { message: '{path} 中已有一次运行的结果', hint: '请换一个文件夹（--out），或用 --force 覆盖' },
  'network.unprotected': {
    message: '其他机器可以访问 {host}，而且没有设置用户，任何人都能连接',
    hint: '请加上 --user NAME，密码放在环境变量 CAUSEWAY_PASSWORD 中；或者只监听 127.0.0.1',
  },
  'network.unconfirmed': {
    message: '{what} {host}，这不只是本机{secrets}',
    hint: '如果确实要这样做，请加上 --allow-network；否则请把 {option} 设为 127.0.0.1',
  },
  'connect.failed': {
    message: '无法连接 {address}：{reason*}',
    hint: '那里的程序是否在运行？地址是否正确？`causeway gateway` 可以启动一个自己的实验室',
  },
  'swarm.closed': { message: '客户端 {client}：它所在的一组模拟客户端已关闭', hint: '不能再添加或连接客户端' },
  'connect.stuck': {
    message: '{clients} 个客户端中连上了 {connected} 个，{seconds} 秒内没有新的连接',
    hint: '请看事件日志；减小 --scale，或把 `connect.over` 设得更长',
  },
  'run.aborted': { message: '运行已被立即终止', hint: '只按一次 Ctrl-C 才会得到结果' },
  'secret.missing': {
    message: '没有设置环境变量 {variable}；{holder*} 的密码取自它',
    hint: '请在运行前设置：{variable}=... causeway run ...',
  },
  'credentials.unknown': {
    message: '没有这个{what*}：{id}',
    hint: '`causeway account list` 和 `causeway token list` 会列出现有的',
  },
  'credentials.damaged': { message: '{path} 不是凭证文件：{reason*}', hint: '请给出由 `causeway account add` 生成的文件' },
  'credentials.exposed': { message: '{path} 存有密钥，而其他人可以读取它（权限 {mode}）', hint: '请执行 chmod 600 {path}' },
  'credentials.locked': { message: '另一个程序正在修改 {path}', hint: '请重试；如果没有这样的程序在运行，请删除 {lock}' },
  'mqtt.refused': {
    message: '网关拒绝了 {client}：{reason*}',
    hint: '请对照网关的规则和限制，检查凭证、客户端 ID 和订阅',
  },
  'broker.unreachable': {
    message: '{url} 没有 MQTT 服务器应答：{reason*}',
    hint: '服务器是否在运行？协议、主机和端口是否正确（mqtt 1883、mqtts 8883、ws 和 wss 按其配置）？',
  },
  'broker.untrusted': {
    message: '无法与 {url} 的 MQTT 服务器建立 TLS 连接：{reason*}',
    hint: '请给出为其证书签名的机构（gateway.tls.ca 或 --broker-ca FILE），并使用证书上的主机名',
  },
  'broker.refused': {
    message: '{url} 的 MQTT 服务器拒绝了 {user*}：{reason*}',
    hint: '请给出服务器认识的用户（gateway.user 和 gateway.passwordFrom，或 --broker-user 加 CAUSEWAY_BROKER_PASSWORD）',
  },
  'broker.denied': {
    message: '{url} 的 MQTT 服务器不允许桥接{what*}：{reason*}',
    hint: '该用户需要有权订阅 {filter}，并在其下发布',
  },
  'broker.rejected': {
    message: '{url} 的 MQTT 服务器没有接收主题 {topic} 上的消息：{reason*}',
    hint: 'MQ 会再次投递；请对照服务器的限制和权限检查这条消息',
  },
  'broker.closed': { message: '与 {url} 的 MQTT 服务器的连接已关闭', hint: '不能再收发消息' },
  'mq.topic-unknown': { message: 'MQ 主题 {topic} 不存在', hint: '请先创建：场景中的 gateway.topics，或 --topic' },
  'mq.refused': {
    message: '{address*} 的 MQ 拒绝了 {user} 的凭证：{reason*}',
    hint: '请对照 MQ 的配置，检查用户和密码，或密钥和会话令牌',
  },
  'mq.untrusted': {
    message: '无法与 {address} 的 MQ 建立 TLS 连接：{reason*}',
    hint: '请给出为其证书签名的机构（mq.tls.ca 或 --mq-tls FILE），并使用证书上的主机名',
  },
  'mq.denied': { message: '{address} 的 MQ 不允许这样做：{reason*}', hint: '该用户需要有权读、写和创建实验室的主题与消费组' },
  'mq.version': { message: '{address} 的 MQ 所用的协议版本，实验室都不支持：{reason*}', hint: '{expected*}' },
  'mq.unsupported': {
    message: '{engine} 引擎没有此功能：{feature}（{value}）',
    hint: 'docs/engines.md 列出了每个引擎的能力；内置引擎全部支持',
  },
  'mq.connection-lost': {
    message: '与 {address} 的 MQ 引擎的连接已断开：{reason*}',
    hint: '发送中的消息可能已存储，也可能没有；请重新连接，再次发送未确认的消息',
  },
  'mq.folder-damaged': { message: '{path} 不是 MQ 引擎的文件：{reason*}', hint: '请换一个文件夹，或移走这个文件' },
  'mq.closed': { message: 'MQ 引擎已关闭', hint: '不能再收发消息' },
  'bridge.closed': {
    message: '桥接正在关闭：{clientId*} 在 {topic} 上的消息没有存储',
    hint: '设备会保留未确认的 QoS 1 或 2 消息，并再次发送',
  },
  'bridge.predecessor-failed': {
    message: '{clientId*} 在 {topic} 上的消息没有存储：它的前一条失败了，后一条不能超越',
    hint: '设备会按顺序把两条再次发送',
  },
  'bridge.refused': {
    message: '{clientId*} 在 {topic} 上的消息无法映射到 MQ：{reason*}',
    hint: '网关与桥接必须使用相同的规则和限制',
  },
  'bridge.started': { message: '消费组 {group} 的桥接已经启动', hint: '只需启动一次' },
  'run.busy': {
    message: '运行 {id*} 正在进行',
    hint: '请停止它，或等它结束：同一时间只能有一个运行，否则会互相干扰数据',
  },
  'run.not-under-way': { message: '运行 {id} 不在进行中', hint: '它已结束，或另一个运行已开始；请看运行列表' },
  'fleet.refused': { message: '没有下发指令：{reason*}', hint: '{expected*}' },
  'run.state': {
    message: '运行{phase*}，不能{what*}',
    hint: '有流量时才能暂停、注入故障和下发指令；暂停时才能继续',
  },
  'run.unknown': { message: '没有运行 {id}', hint: '它的文件夹已被删除或改名，或者其中没有运行记录' },
  'scenario.exists': { message: '{path} 已存在', hint: '请换一个名称，或替换它' },
  'scenario.shipped': { message: '{path} 是程序自带的，不会被改动', hint: '请用你自己的名称另存' },
  'window.path': {
    message: '此窗口不能使用文件 {path}',
    hint: '场景文件应位于列出的文件夹中、以 .yaml 结尾，或通过对话框打开',
  },
  'window.input': { message: '{call}：{where} 无效：{reason*}', hint: '窗口与实验室的版本可能不一致：请重新加载窗口' },
  'window.call-unknown': { message: '此实验室没有调用 {call}', hint: '窗口与实验室的版本可能不一致：请重新加载窗口' },
  'window.busy': { message: '此窗口有超过 {calls} 个调用在等待应答', hint: '请等其中一些得到应答后再试' },
  'window.desktop-only': { message: '系统对话框只在桌面版中提供', hint: '在浏览器中请用上传和下载' },
  'window.closing': { message: '实验室正在关闭', hint: '请重新启动它' },
  internal: { message: '{reason*}', hint: '这是实验室的缺陷：请附上事件日志反馈给我们' },
};

const codes = Object.keys(ERRORS) as ErrorCode[];

export const errorMessages: readonly LabTemplate[] = codes.map((code) => [ERRORS[code].message, WORDS[code].message]);
export const errorHints: readonly LabTemplate[] = codes.map((code) => [ERRORS[code].hint, WORDS[code].hint]);
