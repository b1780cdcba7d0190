/** What is wrong with a scenario, or odd about it. {place} is where, as populations.sensors.count. */
import type { LabTemplate } from '../lab.ts';

/** The file as a whole. */
const file: readonly LabTemplate[] = [
  ['a key must be a plain word', '键必须是普通的词'],
  ['duplicate key {key}: it stands already on line {line}', '键 {key} 重复：第 {line} 行已有'],
  ['the key "__proto__" is not allowed', '不允许使用键 "__proto__"'],
  ['this cannot be read as YAML: {reason}', '无法读作 YAML：{reason*}'],
  ['a tab is used for indentation; YAML allows only spaces there', '用了制表符缩进；YAML 只允许用空格'],
  ['the file holds more than one document (---)', '文件中有不止一个文档（---）'],
  ['not valid YAML: {reason}', '不是有效的 YAML：{reason*}'],
  ['the file is empty; start with "causeway: 1"', '文件为空；请以 "causeway: 1" 开头'],
  ['this cannot be used: {reason}', '无法使用：{reason*}'],
  ['the file must hold a map of keys, it holds a list', '文件内容必须是键值映射，而它是列表'],
  ['the file must hold a map of keys, it holds {value}', '文件内容必须是键值映射，而它是 {value}'],
  ['and {rest} more problems', '另有 {rest} 个问题'],
  ['the scenario has neither populations nor services, so that nothing would happen', '场景既没有设备也没有服务，什么也不会发生'],
  ['phases: they add up to {sum}, the duration is {duration}', 'phases：各阶段之和为 {sum}，而时长为 {duration}'],
];

/** Keys, types and units. */
const shape: readonly LabTemplate[] = [
  ['{place}: unknown {what} {key}', '{place*}：未知的{what*} {key}'],
  ['{place}: "{key}" is missing', '{place*}：缺少 "{key}"'],
  ['{place}: {value} is not {expected}', '{place*}：{value} 不符合要求，应为：{expected*}'],
  [
    '{place}: {name} is not a name of letters, digits, - and _, starting with a letter, at most 40',
    '{place*}：{name} 不是有效的名称：须以字母开头，由字母、数字、- 和 _ 组成，最多 40 个字符',
  ],
  ['"{path}" is not a path', '"{path}" 不是路径'],
  ['"{value}" is not a YAML value', '"{value}" 不是 YAML 值'],
  ['unknown path {path}: there is nothing below {place}', '未知路径 {path}：{place} 之下没有内容'],
  ['unknown path {path}: there is no {name} in {place}', '未知路径 {path}：{place*}中没有 {name}'],
];

const gateway: readonly LabTemplate[] = [
  [
    'gateway.host: {host} can be reached from other machines; 127.0.0.1 cannot',
    'gateway.host：其他机器可以访问 {host}；127.0.0.1 则不能',
  ],
  ['mq.address: {address} is not this machine', 'mq.address：{address} 不是本机'],
  [
    'gateway.topics: {name} has {count} characters, the limit is {limit}',
    'gateway.topics：{name} 有 {count} 个字符，上限为 {limit}',
  ],
  ['gateway.topics: {name}: {reason}', 'gateway.topics：{name}：{reason*}'],
  ['gateway.url: the load goes to {host}, which is not this machine', 'gateway.url：负载会发往 {host}，它不是本机'],
  ['gateway.url: {url}: {reason}', 'gateway.url：{url}：{reason*}'],
  ['gateway.tls: {url} is not encrypted', 'gateway.tls：{url} 不加密'],
  [
    'gateway.limits.{limit}: not in force; the broker has a limit of its own',
    'gateway.limits.{limit}：不起作用；外部 MQTT 服务器有自己的限制',
  ],
  [
    'gateway.{key}: it goes with the url of a broker outside; devices of the lab sign in by client or credentials',
    'gateway.{key}：只用于外部 MQTT 服务器的 url；实验室的设备用 client 或 credentials 登录',
  ],
  ['gateway.passwordFrom: user is missing', 'gateway.passwordFrom：缺少 user'],
  ['mq.{key}: it has no meaning with engine "{engine}"', 'mq.{key}：对引擎 "{engine}" 没有意义'],
  ['mq.{key}: {missing} is missing', 'mq.{key}：缺少 {missing}'],
  ['mq.address: RabbitMQ is connected to at one address', 'mq.address：RabbitMQ 只能用一个地址连接'],
  ['mq.address: {port} is not a port from 1 to 65535', 'mq.address：{port} 不是 1 到 65535 的端口'],
  ['{place}: the parent topic {topic} is not in gateway.topics', '{place}：gateway.topics 中没有父主题 {topic}'],
  [
    '{place}: {topic}: {reason} ({count} characters, the limit is {limit})',
    '{place}：{topic}：{reason*}（{count} 个字符，上限为 {limit}）',
  ],
  [
    '{place}: the scenario asks for {what}, which an external broker cannot check',
    '{place}：场景要求{what*}，外部 MQTT 服务器无法检查',
  ],
  [
    '{place}: the scenario asks for mqttRealTopic, which an external broker cannot show',
    '{place}：场景要求 mqttRealTopic，外部 MQTT 服务器无法显示',
  ],
  [
    '{place}: without cleanSessionFlag: false nothing should be kept, but an external broker keeps it for a member that is away, as the session of the member says',
    '{place}：没有设置 cleanSessionFlag: false，本不应保留，但外部 MQTT 服务器会按成员的会话为离线成员保留',
  ],
  [
    '{place}: {topic}: it also matches P2P messages ({parent}/p2p/…) for other members, which an external broker cannot keep from it',
    '{place}：{topic}：它也匹配发给其他成员的 P2P 消息（{parent}/p2p/…），外部 MQTT 服务器无法对它隐藏',
  ],
  [
    '{place}: {metric}: nothing tells when an external broker had a message',
    '{place}：{metric}：无从得知外部 MQTT 服务器何时收到消息',
  ],
  ['{place}: {metric}: it is measured with an external broker only', '{place}：{metric}：只有使用外部 MQTT 服务器时才会测量'],
];

const schedules: readonly LabTemplate[] = [
  ['{place}: exactly one of {kinds} is needed, none of them is there', '{place}：须有且仅有 {kinds} 之一，现在一个也没有'],
  ['{place}: exactly one of {kinds} is needed, {given} are there', '{place}：须有且仅有 {kinds} 之一，现在有 {given}'],
  ['{place}: jitter goes only with "every", not with "{kind}"', '{place}：jitter 只能与 "every" 同用，不能与 "{kind}" 同用'],
  [
    '{place}: pick does not go with "{kind}": there each member sends for itself',
    '{place}：pick 不能与 "{kind}" 同用：此时每个成员各自发送',
  ],
  ['{place}: one of from and to must be above 0', '{place}：from 和 to 中须有一个大于 0'],
  [
    '{place}: a burst cannot last longer than the time from one to the next (every)',
    '{place}：突发的时长不能超过两次突发的间隔（every）',
  ],
  ['{place}: the rate during a burst must not be below the rate between bursts', '{place}：突发期间的速率不能低于平时的速率'],
  ['{place}: the times of a replay must not go back', '{place}：replay 的时刻不能倒退'],
  ['{place}: {at} is not before the end of the run ({end})', '{place}：{at} 不早于运行结束（{end}）'],
  ['{place}: it is not before the end of the run ({end})', '{place}：它不早于运行结束（{end}）'],
  ['{place}: it begins after the end of the run ({end})', '{place}：它开始时运行已结束（{end}）'],
  ['{place}: it must be shorter than the life of a token (ttl)', '{place}：必须短于令牌的有效期（ttl）'],
  ['{place}: a token lives at least a second', '{place}：令牌的有效期至少一秒'],
  [
    '{place}: the broker at gateway.url is reached by {scheme}, not by {transport}',
    '{place}：gateway.url 的 MQTT 服务器使用 {scheme}，而不是 {transport}',
  ],
  ['{place}: a command has no closed loop', '{place}：指令不能用闭环'],
  ['{place}: min must not be above max', '{place}：min 不能大于 max'],
];

const thresholds: readonly LabTemplate[] = [
  ['{place}: there is no {what} {name} in this scenario', '{place}：此场景中没有{what*} {name}'],
  ['{place}: the command "{command}" expects no answer', '{place}：指令 "{command}" 不需要应答'],
  [
    '{place}: the command "{command}" goes to one member at a time and makes no wave',
    '{place}：指令 "{command}" 每次只发给一个成员，不形成应答波',
  ],
  ['{place}: {text} is not of the form metric < number', '{place}：{text} 不符合“指标 < 数值”的形式'],
  ['{place}: {text} names the unknown metric "{metric}"', '{place}：{text} 用了未知的指标 "{metric}"'],
  [
    '{place}: {text} compares with "{value}", which is no number of {unit}',
    '{place}：{text} 的比较值 "{value}" 不是有效数值（单位：{unit*}）',
  ],
];

export const problems: readonly LabTemplate[] = [...file, ...shape, ...gateway, ...schedules, ...thresholds];

export const problemParts: readonly LabTemplate[] = [
  ['the file', '文件'],
  ['key', '键'],
  ['generator', '生成器'],
  ['service', '服务'],
  ['command', '指令'],
  ['signatures', '签名'],
  ['tokens', '令牌'],
  ['share', '比例'],
  ['messages', '消息'],
  ['clients', '客户端'],
  ['anything', '任何'],
  ['there is more than one document', '有不止一个文档'],
  ['it is nested too deeply', '嵌套过深'],
  ['it is larger than 1 MiB', '超过 1 MiB'],
  ['it has more than {count} words and marks', '词和符号超过 {count} 个'],
  ['aliases make the file too large', '别名使文件过大'],
  ['it begins with none of {schemes}://', '开头不是 {schemes}:// 之一'],
  ['it is not an address', '它不是地址'],
  ['it holds a user or password, which stand elsewhere', '其中含有用户或密码，这些应写在别处'],
  ['nothing may stand behind ? or #', '? 或 # 之后不能有内容'],
  ['a path goes with ws and wss only', '只有 ws 和 wss 才能带路径'],
  ['its port is 0', '端口为 0'],
];
