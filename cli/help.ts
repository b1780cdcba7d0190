/** The texts under the options of each command's help. */
export const EXIT_CODES = `
Exit codes:
  0    the run passed (or the command did what was asked)
  2    bad input: an argument or a scenario file
  3    the infrastructure failed: a port, a folder, a connection
  98   invalid: lab or machine was the limit, the figures mean nothing
  99   failed: a check of the run or a threshold of the scenario
  130  ended at once by a second Ctrl-C`;

/** Before the commands: whoever types `causeway` alone wants to know what to type next. */
export const ROOT_DESCRIPTION = `A lab in which devices on MQTT and services on MQ are simulated, loaded,
measured and checked together.

Start here:
  causeway list                the scenarios that come with it
  causeway explain iov-fleet   what one will do, before it does it
  causeway run iov-fleet       1,000 vehicles over MQTT and MQ, all checked
  causeway gateway             a gateway for real devices on port 1883`;

export const ROOT_HELP = `${EXIT_CODES}

causeway help COMMAND shows the options and examples of a command.
In a clone of the repository type npx causeway for causeway.`;

export const LIST_HELP = `
Examples:
  causeway list
  causeway list --json

Lists the scenarios that come with the program, which can be named without a
path, and the YAML files of ./scenarios.`;

export const EXPLAIN_HELP = `
Examples:
  causeway explain iot-sensors
  causeway explain my-scenario.yaml --scale 10   what ten times the load needs
  causeway explain iov-fleet --json

Nothing is started. Next: causeway run FILE`;

export const VALIDATE_HELP = `
Examples:
  causeway validate my-scenario.yaml
  causeway validate my-scenario.yaml --set populations.sensors.count=500

Every problem is listed with its line and column. Exit code 2 when there is one.`;

export const RUN_HELP = `
Examples:
  causeway run iov-fleet                              one that comes with it
  causeway run my.yaml --duration 10s --scale 0.1     a short, small try
  causeway run my.yaml --set populations.cars.count=9 one value changed
  causeway run my.yaml --out runs/today               keep everything measured
  causeway run my.yaml --quiet --json > result.json   for a script

Ctrl-C once: what is under way is drained and the result is still written.
Ctrl-C twice: ends at once (exit code 130, no result).
${EXIT_CODES}`;

export const GATEWAY_HELP = `
Examples:
  causeway gateway
  causeway gateway --topic telemetry:up --topic command:down --profile lenient
  causeway gateway --storage file --folder mq-data     survives a restart
  causeway gateway --tls-port 8883 --write-ca ca.pem   self-made certificate
  CAUSEWAY_PASSWORD=... causeway gateway --host 0.0.0.0 --user fleet
  causeway gateway --credentials lab.json --events     accounts and tokens

Once it listens, stdout has one line for scripts:
  ready mqtt=127.0.0.1:1883 ws=127.0.0.1:8083 mq=127.0.0.1:7883

From MQ to the devices that subscribe to demo/hello:
  causeway mq send demo --property mqttSecondTopic=/hello --body hi
The MQ port asks for credentials only with --credentials, and stays on
127.0.0.1.`;

export const SERVE_HELP = `
Examples:
  causeway serve
  causeway serve --port 0 --runs runs

Prints one line when it is ready, with the address to open:
  ready window=http://127.0.0.1:7880/?token=...
The token is new at every start; without it nobody gets in, and nobody from
another machine in any case. Ctrl-C ends a run under way properly first.`;

export const BRIDGE_HELP = `
Examples:
  causeway bridge --broker mqtt://127.0.0.1:1883 --topic telemetry:up
  causeway bridge --broker mqtts://broker.lan --broker-ca ca.pem --allow-network
  causeway bridge --broker ws://127.0.0.1:8083/mqtt --engine kafka
  CAUSEWAY_BROKER_PASSWORD=... causeway bridge --broker mqtt://127.0.0.1 \\
      --broker-user bridge

Does what causeway gateway does, with a broker of your own in place of the
lab's. Who published a message, and with which session, a broker does not tell:
such messages have no clientId and no cleansessionflag in MQ.
While the bridge is away the broker keeps what comes at QoS 1 and 2.

Once it is connected, stdout has one line for scripts:
  ready broker=mqtt://127.0.0.1:1883 mq=127.0.0.1:7883`;

export const CHECK_HELP = `
Examples:
  causeway check                        all rules, in a few seconds
  causeway check --profile lenient
  causeway check --list                 what is checked, and why
  causeway check --case 22              P2P stays private: every step shown
  causeway check --case 2.exact --case 31
  causeway check --junit check.xml      for CI
  causeway check --json > check.json    every packet and message compared

Starts gateway, bridge and MQ on free ports of this machine, and sends real
messages through them, in both directions, with MQTT.js and an MQ client.
Every field that arrives is compared with what its sender did: topic, QoS,
flags, properties, client ID, payload byte by byte. Where nothing may arrive, a
later message on the same way proves that nothing will.
Rules are numbered 1 to 42; docs/conformance.md describes them.

Exit codes:
  0    every case that applies passed
  2    bad input: no such case, a file that cannot be written
  3    the infrastructure failed: a port, a connection
  99   a case failed
  130  ended by Ctrl-C before all cases had run`;

export const CHOOSE_HELP = `
Examples:
  causeway choose                            every row, about half a minute
  causeway choose --row fan-out --row churn
  causeway choose --engine rabbitmq --mq 127.0.0.1:5672
  causeway choose --html --out choose.html   a page to print or send
  causeway choose --show --json              what was measured before

Does the same work over MQTT and over MQ and compares. What was measured last is
kept per engine and row. Figures of the embedded MQ say nothing about Kafka,
RocketMQ or RabbitMQ. docs/architects.md says how each row is measured.

Exit codes:
  0    all rows asked for were measured
  2    bad input: no such row
  3    the infrastructure failed, or a row could not be measured
  130  ended by Ctrl-C; what was measured is kept`;

export const MQ_HELP = `
Examples:
  causeway mq topics
  causeway mq tail demo
  causeway mq send demo --property mqttSecondTopic=/room1 --body hello

  causeway mq topics --engine kafka --mq 127.0.0.1:9092

Without --engine they speak to the embedded MQ that \`causeway gateway\` opens
on port 7883.`;

export const TAIL_HELP = `
Examples:
  causeway mq tail demo                             from now on, until Ctrl-C
  causeway mq tail demo --from earliest --count 10
  causeway mq tail demo --json | jq .properties.clientId

Looking takes nothing away: every consumer group still gets every message.`;

export const SEND_HELP = `
Examples:
  causeway mq send demo --body hello
  causeway mq send demo --property mqttSecondTopic=/a/b --body hello
  causeway mq send demo --property mqttSecondTopic=/p2p/GID@@@d1 --body hello
  causeway mq send demo --property qoslevel=2 --body-file photo.jpg
  date | causeway mq send demo

The first three reach topic demo, topic demo/a/b, and the one device GID@@@d1.
Properties that steer the way to MQTT: qoslevel, cleansessionflag,
mqttSecondTopic, mqttRealTopic.`;

export const ACCOUNT_HELP = `
Examples:
  causeway account add --credentials lab.json --instance plant-1
  CAUSEWAY_SECRET_KEY=... causeway account add --credentials lab.json --id fleet
  causeway account list --credentials lab.json
  causeway account remove fleet --credentials lab.json

The file is made by the first add, readable by you alone. Used by:
  causeway gateway --credentials lab.json`;

export const TOKEN_HELP = `
Examples:
  causeway token issue --credentials lab.json --account fleet --resource demo/#
  causeway token issue --credentials lab.json --account fleet --actions W \\
      --resource demo/car7/# --ttl 10m
  causeway token issue --credentials lab.json --account fleet --mq > mq.env
  causeway token list --credentials lab.json
  causeway token revoke 0a1b2c3d --credentials lab.json

A device shows a token with the user name Token|ACCOUNT|INSTANCE and the
password RW|TOKEN. A revocation reaches a running gateway at once.`;
