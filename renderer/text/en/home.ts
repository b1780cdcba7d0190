export const home = {
  headline: 'Devices on MQTT, services on MQ: see them work together',
  lead: 'Causeway simulates both sides, puts load on the way between them, and checks every message: lost, doubled, out of order, or changed on the way.',
  demo: 'Run the IoV demo',
  /** Other questions that people come with, and the screen that answers each. */
  ways: [
    ['choose', 'MQTT or MQ for this part?'],
    ['inspect', 'What becomes of each property?'],
    ['editor', 'My own load, with thresholds'],
  ] as readonly (readonly ['choose' | 'inspect' | 'editor', string])[],
  waysLabel: 'Or begin with',
  underWay: 'A run is under way',
  showRun: 'Show the run',
  oneAtATime: 'One run at a time: wait for the one under way, or stop it',
  cards: {
    'iov-fleet': {
      title: 'Internet of Vehicles',
      text: 'Vehicles report every second; a command centre orders one, a district or all of them about, through tunnels, too.',
    },
    'iot-sensors': {
      title: 'IoT sensors',
      text: 'Sensors in many buildings report in all three qualities of service; services analyse and show their values in order.',
    },
    'chat-rooms': {
      title: 'Chat rooms',
      text: 'People talk in rooms and comment on a live broadcast; services read along, moderate and announce.',
    },
  },
  clients: 'clients',
  duration: 'of traffic',
  run: 'Run',
  runNamed: (name: string) => `Run ${name}`,
  look: 'Look inside',
  missing: 'This scenario is not installed',
  see: {
    title: 'What you will see',
    items: [
      ['The way of a message', 'from device to gateway, bridge, MQ and service and back, with rate and latency on every hop'],
      ['A verdict, not just figures', 'nothing lost, order kept, every property mapped, and whether this machine was the limit'],
      ['What a fault looks like', 'drop, double or damage messages while it runs, and watch the right check turn red'],
    ] as readonly (readonly [string, string])[],
  },
  runs: {
    title: 'Recent runs',
    none: 'No runs yet',
    noneText: 'Every run is kept in a folder of its own, and listed here.',
    select: (name: string) => `Select ${name}`,
    verdict: 'Verdict',
    scenario: 'Scenario',
    when: 'When',
    engine: 'MQ engine',
    clients: 'Clients',
    rate: 'Delivered',
    p99: 'p99',
    p99Hint: 'End to end, of the busiest direction',
    lost: 'Lost',
    compare: (count: number) => (count < 2 ? 'Compare' : `Compare ${count}`),
    choose: 'Select',
    compareHint: 'Select two to five runs to compare them',
    remove: 'Remove',
    removeQuestion: (count: number) =>
      count === 1
        ? 'Remove this run and its folder? It cannot be brought back.'
        : `Remove ${count} runs and their folders? They cannot be brought back.`,
    openFolder: 'Open a run folder…',
    selected: (count: number) => `${count} selected`,
  },
  more: {
    title: 'More scenarios',
    create: 'New scenario',
    edit: 'Edit',
    editNamed: (name: string) => `Edit ${name}`,
    none: 'Yours will be listed here: copy one of the three and change it, or begin with an empty one.',
    shipped: 'ready-made',
  },
};
