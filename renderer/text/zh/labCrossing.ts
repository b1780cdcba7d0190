/** Why a message cannot cross, and why the gateway lets something not in: by code, as the event log has them, and in words. */
import type { LabTemplate } from '../lab.ts';

type Reasons = Readonly<Record<string, LabTemplate>>;

const UNMAPPABLE: Reasons = {
  'topic-empty': ['the parent topic is empty', '父主题为空'],
  'topic-reserved': ['topics that start with $ cannot be reached across the bridge', '以 $ 开头的主题不能跨过桥接'],
  'topic-parent-invalid': ['the parent topic holds a character that this profile does not allow', '父主题含有此规则不允许的字符'],
  'topic-wildcard': ['a topic name may not hold + or #', '主题名不能含有 + 或 #'],
  'topic-control-character': ['the topic holds a control character', '主题含有控制字符'],
  'topic-not-unicode': ['the topic is not well-formed Unicode', '主题不是合法的 Unicode'],
  'topic-too-long': ['the whole topic is longer than the limit', '完整主题超过长度上限'],
  'topic-too-many-levels': ['the whole topic has more than 128 levels', '完整主题超过 128 级'],
  'payload-too-large': ['the payload is larger than the limit', '消息体超过大小上限'],
  'payload-invalid': ['the body is not a sequence of bytes', '消息体不是字节序列'],
  'qoslevel-invalid': ['qoslevel must be 0, 1 or 2', 'qoslevel 只能是 0、1 或 2'],
  'cleansessionflag-invalid': ['cleansessionflag must be true or false', 'cleansessionflag 只能是 true 或 false'],
  'second-topic-empty': [
    'mqttSecondTopic is set but empty; leave it out for the parent topic alone',
    '设置了 mqttSecondTopic 但为空；只用父主题时请不要设置它',
  ],
  'second-topic-not-text': ['mqttSecondTopic is not a text', 'mqttSecondTopic 不是文本'],
  'second-topic-wildcard': ['mqttSecondTopic may not hold + or #', 'mqttSecondTopic 不能含有 + 或 #'],
  'second-topic-control-character': ['mqttSecondTopic holds a control character', 'mqttSecondTopic 含有控制字符'],
  'second-topic-not-unicode': ['mqttSecondTopic is not well-formed Unicode', 'mqttSecondTopic 不是合法的 Unicode'],
  'real-topic-empty': [
    'mqttRealTopic is set but empty; leave it out to show the usual topic',
    '设置了 mqttRealTopic 但为空；要显示通常的主题，请不要设置它',
  ],
  'real-topic-not-text': ['mqttRealTopic is not a text', 'mqttRealTopic 不是文本'],
  'real-topic-wildcard': ['mqttRealTopic may not hold + or #', 'mqttRealTopic 不能含有 + 或 #'],
  'real-topic-control-character': ['mqttRealTopic holds a control character', 'mqttRealTopic 含有控制字符'],
  'real-topic-not-unicode': ['mqttRealTopic is not well-formed Unicode', 'mqttRealTopic 不是合法的 Unicode'],
  'p2p-qos2-kept': [
    'QoS 2 with cleansessionflag=false is not supported in the strict profile',
    '严格规则不支持 QoS 2 与 cleansessionflag=false 同时使用',
  ],
};

const REFUSED: Reasons = {
  'client-id-empty': ['the client ID is empty', '客户端 ID 为空'],
  'client-id-too-long': [
    'the client ID is longer than the profile allows (strict: 64 characters)',
    '客户端 ID 超过规则允许的长度（严格：64 个字符）',
  ],
  'client-id-control-character': ['the client ID holds a control character', '客户端 ID 含有控制字符'],
  'not-authorised': ['user or password are wrong', '用户名或密码错误'],
  'credentials-account': ['the account is not known', '账号不存在'],
  'credentials-forged': ['the token is forged', '令牌是伪造的'],
  'credentials-expired': ['the token has expired', '令牌已过期'],
  'credentials-revoked': ['the token was revoked', '令牌已被吊销'],
  'credentials-resource': ['the token does not reach this topic', '令牌不包含此主题'],
  'credentials-permission': ['the token does not allow this', '令牌不允许此操作'],
  'credentials-signature': ['the signature is wrong', '签名错误'],
  'topic-unknown-parent': [
    'its first level is no topic of the lab: parent topics are made beforehand',
    '第一级不是实验室的主题：父主题须事先创建',
  ],
  'topic-too-long': [
    'the topic is longer than the profile allows (strict: 64 characters, and never more than 128 levels)',
    '主题超过规则允许的长度（严格：64 个字符，且任何情况下不超过 128 级）',
  ],
  'topic-invalid': [
    'the topic holds a character that is not allowed (strict: the first level is of 0-9 A-Z a-z _ -)',
    '主题含有不允许的字符（严格：第一级只能用 0-9 A-Z a-z _ -）',
  ],
  'topic-reserved': ['topics that start with $ are the gateway’s own', '以 $ 开头的主题为网关自用'],
  'payload-too-large': ['the payload is larger than 65,536 bytes', '消息体超过 65,536 字节'],
  'too-many-subscriptions': [
    'the device has as many subscriptions as the profile allows (strict: 30)',
    '设备的订阅数已达规则上限（严格：30 个）',
  ],
  'filter-invalid': ['the filter is not valid', '过滤器无效'],
  'qos2-persistent-session': [
    'strict: a device that keeps its session cannot have QoS 2',
    '严格规则：保留会话的设备不能使用 QoS 2',
  ],
  'uplink-failed': ['MQ did not store it', 'MQ 没有存储它'],
  stalled: ['the device takes no bytes', '设备不接收数据'],
};

const ODD: Reasons = {
  'cleansessionflag-ignored': [
    'cleansessionflag has a meaning on P2P messages only: ignored',
    'cleansessionflag 只对 P2P 消息有意义：已忽略',
  ],
  'client-id-stripped': ['clientId cannot be set by an MQ sender: stripped', 'MQ 的发送方不能设置 clientId：已去掉'],
  'wrong-case-key': [
    'a key that differs from a mapped one in its case: ignored, the default applies',
    '键与映射的键大小写不同：已忽略，按默认值处理',
  ],
};

/** Codes that mean much the same on both ways have the same words. */
const codes: Reasons = { ...REFUSED, ...UNMAPPABLE };

export const crossing: readonly LabTemplate[] = [
  ...[UNMAPPABLE, REFUSED, ODD].flatMap((reasons) => [
    ...Object.values(reasons),
    // As Inspect says them: in words, with the code behind.
    ...Object.entries(reasons).map(([code, [english, words]]): LabTemplate => [`${english} (${code})`, `${words}（${code}）`]),
  ]),
  // As the checks of a scenario say them.
  ...Object.values(UNMAPPABLE).map(
    ([english, words]): LabTemplate => [`{place}: {topic}: ${english}`, `{place}：{topic}：${words}`],
  ),
];

export const crossingParts: readonly LabTemplate[] = [
  ...Object.entries(codes).map(([code, [, words]]): LabTemplate => [code, `${words}（${code}）`]),
  ...Object.entries(ODD).map(([code, [, words]]): LabTemplate => [`${code} {key}`, `{key}：${words}`]),
];
