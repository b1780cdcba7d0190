/** Talk of chat users: lines put together from a small vocabulary, English and Chinese, and answers that quote. */
import type { Stream } from '../schedule/counterRandom.ts';
import type { Incoming } from './actor.ts';

const NAMES = (
  'Ada Ben Chloe Dario Elif Finn Grace Hugo Ines Jonas Kira Leo Mia Nils Olga Pavel Rosa Sami Tara Uma Vera ' +
  'Wim 小雨 阿杰 晓明 思琪 大伟 婷婷 子涵 老王'
).split(' ');

const OPENINGS = ['', '', '', 'Well, ', 'Honestly, ', 'By the way, ', 'Wait, ', 'Ha, ', 'I think ', 'No doubt '];
const SUBJECTS = [
  'the second half',
  'this song',
  'the new bridge',
  'that goal',
  'the sound',
  'the picture',
  'our team',
  'the host',
  'this recipe',
  'the weather up here',
];
const VERDICTS = [
  'is better than I hoped',
  'beats last week by far',
  'is too loud',
  'is worth the wait',
  'made my evening',
  'keeps freezing here',
  'is simply great',
  'could be shorter',
  'is not what I expected',
  'reminds me of home',
];
const ENDINGS = ['', '', '', '!', '!!', ' :)', ' …', ' 👏', ' 🎉', ', right?'];
const ANSWERS = [
  'same here',
  'I see it the other way round',
  'you are right',
  'not on my screen',
  'give it a minute',
  'who would have thought',
  'well said',
  'are you sure?',
  'count me in',
  'thanks for saying so',
];

const ZH_SUBJECTS = ['这首歌', '下半场', '这座新桥', '主持人', '画面', '今天的天气', '我们队', '这道菜'];
const ZH_VERDICTS = ['太好听了', '比上周强多了', '有点卡', '值得等', '真不错', '让我想家了', '出乎意料', '再来一次吧'];
const ZH_ENDINGS = ['', '！', '～', '。', '，对吧？', ' 😄'];
const ZH_ANSWERS = ['我也这么觉得', '说得好', '我这边没有', '等一下就好', '真的吗？', '算我一个'];

/** Share of lines in Chinese. */
const CHINESE = 0.3;
/** Characters of the quoted line that an answer repeats. */
const QUOTED = 24;

/** The name of a chat user (0-based index); different for each index. */
export function personName(index: number): string {
  const name = NAMES[index % NAMES.length]!;
  const round = Math.floor(index / NAMES.length);
  return round === 0 ? name : `${name} ${round + 1}`;
}

/** A line of talk; with an incoming message, an answer that names its sender (or its topic) and quotes the beginning. */
export function talk(stream: Stream, incoming?: Incoming): string {
  const chinese = stream.next() < CHINESE;
  if (incoming !== undefined) return address(incoming) + stream.pick(chinese ? ZH_ANSWERS : ANSWERS);
  if (chinese) return stream.pick(ZH_SUBJECTS) + stream.pick(ZH_VERDICTS) + stream.pick(ZH_ENDINGS);
  const line = `${stream.pick(OPENINGS)}${stream.pick(SUBJECTS)} ${stream.pick(VERDICTS)}${stream.pick(ENDINGS)}`;
  return line.charAt(0).toUpperCase() + line.slice(1);
}

function address(incoming: Incoming): string {
  const whom = incoming.sender === undefined ? `#${incoming.topic}` : `@${incoming.sender}`;
  if (incoming.text === undefined || incoming.text === '') return `${whom} `;
  // By code points: half a surrogate pair is not UTF-8.
  const characters = Array.from(incoming.text.slice(0, 4 * QUOTED));
  const quoted = characters.slice(0, QUOTED).join('');
  return `${whom} “${quoted}${characters.length > QUOTED ? '…' : ''}” `;
}
