/**
 * The one table of what can go wrong. A message names the place and the value ({placeholders} are filled from
 * `details`); the hint says what would be right. Tests assert codes, not wording.
 */
export const EXIT = { pass: 0, input: 2, infrastructure: 3, invalid: 98, failed: 99 } as const;

interface ErrorEntry {
  readonly message: string;
  readonly hint: string;
  readonly exit: number;
}

export const ERRORS = {
  'input.unreadable': {
    message: 'cannot read {path}: {reason}',
    hint: 'give the path of a file that is there and that you may read; `causeway list` shows the scenarios at hand',
    exit: EXIT.input,
  },
  'input.invalid': {
    message: '{path} has {count} problem(s)',
    hint: 'see the list; `causeway explain` shows what a valid file does',
    exit: EXIT.input,
  },
  'input.argument': { message: '{argument}: {value} is not valid: {reason}', hint: '{expected}', exit: EXIT.input },
  'choose.cancelled': {
    message: 'the measurement was cancelled',
    hint: 'what was measured before is kept',
    exit: EXIT.infrastructure,
  },
  'choose.busy': {
    message: 'a measurement is under way: {row}',
    hint: 'wait for its end, or cancel it',
    exit: EXIT.infrastructure,
  },
  'choose.store': {
    message: 'the measurements in {path} cannot be used: {reason}',
    hint: 'measure again; the old file is kept beside the new one, with .damaged at its end',
    exit: EXIT.infrastructure,
  },
  'port.taken': {
    message: 'port {port} on {host} is already in use',
    hint: 'stop the other program or choose another port ({option})',
    exit: EXIT.infrastructure,
  },
  'port.denied': {
    message: 'not allowed to listen on port {port} of {host}',
    hint: 'choose a port above 1023',
    exit: EXIT.infrastructure,
  },
  'limit.descriptors': {
    message: '{needed} file descriptors are needed, this process may open {limit}',
    hint: 'raise the limit (ulimit -n {needed}) or lower --scale',
    exit: EXIT.infrastructure,
  },
  'limit.ports': {
    message: '{needed} local ports are needed, {available} are free over {addresses} loopback address(es)',
    hint: 'lower --scale or widen net.ipv4.ip_local_port_range',
    exit: EXIT.infrastructure,
  },
  'limit.memory': {
    message: 'about {needed} MB of memory are needed, {available} MB are free',
    hint: 'lower --scale',
    exit: EXIT.infrastructure,
  },
  'folder.unwritable': {
    message: 'cannot write to {path}: {reason}',
    hint: 'choose a place that you can write to and that no other process uses',
    exit: EXIT.infrastructure,
  },
  'folder.occupied': {
    message: '{path} already holds the result of a run',
    hint: 'choose another folder (--out) or overwrite this one with --force',
    exit: EXIT.input,
  },
  'network.unprotected': {
    message: '{host} can be reached from other machines, and anyone could connect: no user is set',
    hint: 'add --user NAME with the password in the environment variable CAUSEWAY_PASSWORD, or listen on 127.0.0.1',
    exit: EXIT.input,
  },
  'network.unconfirmed': {
    message: '{what} {host}, which is not this machine alone{secrets}',
    hint: 'add --allow-network if that is what you want, or set {option} to 127.0.0.1',
    exit: EXIT.input,
  },
  'connect.failed': {
    message: 'cannot connect to {address}: {reason}',
    hint: 'is it running there, and is the address right? `causeway gateway` starts a lab of its own',
    exit: EXIT.infrastructure,
  },
  'swarm.closed': {
    message: 'client {client}: its swarm is closed',
    hint: 'no client can be added or connected any more',
    exit: EXIT.infrastructure,
  },
  'connect.stuck': {
    message: '{connected} of {clients} clients are connected and no more came for {seconds} s',
    hint: 'see the event log; lower --scale or give `connect.over` more time',
    exit: EXIT.infrastructure,
  },
  'run.aborted': {
    message: 'the run was ended at once',
    hint: 'press Ctrl-C only once to get a result',
    exit: EXIT.infrastructure,
  },
  'secret.missing': {
    message: 'environment variable {variable} is not set; {holder} takes its password from it',
    hint: 'set it before the run: {variable}=... causeway run ...',
    exit: EXIT.input,
  },
  'credentials.unknown': {
    message: 'there is no {what} {id}',
    hint: '`causeway account list` and `causeway token list` show what there is',
    exit: EXIT.input,
  },
  'credentials.damaged': {
    message: '{path} is not a credentials file: {reason}',
    hint: 'give a file made by `causeway account add`',
    exit: EXIT.input,
  },
  'credentials.exposed': {
    message: '{path} holds secrets and others may read it (mode {mode})',
    hint: 'chmod 600 {path}',
    exit: EXIT.input,
  },
  'credentials.locked': {
    message: '{path} is being changed by another program',
    hint: 'try again; if no such program runs, remove {lock}',
    exit: EXIT.infrastructure,
  },
  'mqtt.refused': {
    message: 'the gateway refused {client}: {reason}',
    hint: 'compare credentials, client IDs and subscriptions with the profile and limits of the gateway',
    exit: EXIT.infrastructure,
  },
  'broker.unreachable': {
    message: 'no MQTT broker answers at {url}: {reason}',
    hint: 'is the broker running, and are scheme, host and port right (mqtt 1883, mqtts 8883, ws and wss as configured)?',
    exit: EXIT.infrastructure,
  },
  'broker.untrusted': {
    message: 'no TLS connection to the broker at {url}: {reason}',
    hint: 'give the authority that signed its certificate (gateway.tls.ca, or --broker-ca FILE), and the host name it is made out to',
    exit: EXIT.infrastructure,
  },
  'broker.refused': {
    message: 'the broker at {url} refused {user}: {reason}',
    hint: 'give a user that the broker knows (gateway.user and gateway.passwordFrom, or --broker-user with CAUSEWAY_BROKER_PASSWORD)',
    exit: EXIT.infrastructure,
  },
  'broker.denied': {
    message: 'the broker at {url} does not let the bridge {what}: {reason}',
    hint: 'the user needs the right to subscribe to {filter} and to publish below it',
    exit: EXIT.infrastructure,
  },
  'broker.rejected': {
    message: 'the broker at {url} did not take a message on {topic}: {reason}',
    hint: 'MQ delivers it again; compare the limits and rights of the broker with the message',
    exit: EXIT.infrastructure,
  },
  'broker.closed': {
    message: 'the connection to the broker at {url} is closed',
    hint: 'nothing more can be sent or received',
    exit: EXIT.infrastructure,
  },
  'mq.topic-unknown': {
    message: 'MQ topic {topic} does not exist',
    hint: 'create it first: gateway.topics in the scenario, or --topic',
    exit: EXIT.infrastructure,
  },
  'mq.refused': {
    message: 'the MQ at {address} refused the credentials of {user}: {reason}',
    hint: 'compare user and password, or keys and session token, with what the MQ is configured for',
    exit: EXIT.infrastructure,
  },
  'mq.denied': {
    message: 'the MQ at {address} does not allow this: {reason}',
    hint: 'the user needs the right to read, write and create the topics and groups of the lab',
    exit: EXIT.infrastructure,
  },
  'mq.untrusted': {
    message: 'no TLS connection to the MQ at {address}: {reason}',
    hint: 'give the authority that signed its certificate (mq.tls.ca, or --mq-tls FILE), and the host name it is made out to',
    exit: EXIT.infrastructure,
  },
  'mq.version': {
    message: 'the MQ at {address} speaks no version of its protocol that this lab does: {reason}',
    hint: '{expected}',
    exit: EXIT.infrastructure,
  },
  'mq.unsupported': {
    message: 'the {engine} engine has no {feature} ({value})',
    hint: 'docs/engines.md lists what each engine can do; the embedded one can do all of it',
    exit: EXIT.input,
  },
  'mq.connection-lost': {
    message: 'the connection to the MQ engine at {address} was lost: {reason}',
    hint: 'sends under way may or may not be stored; connect again and send what was not acknowledged',
    exit: EXIT.infrastructure,
  },
  'mq.folder-damaged': {
    message: '{path} is not a file of the MQ engine: {reason}',
    hint: 'give another folder, or move this file away',
    exit: EXIT.infrastructure,
  },
  'mq.closed': { message: 'the MQ engine is closed', hint: 'nothing more can be sent or received', exit: EXIT.infrastructure },
  'bridge.closed': {
    message: 'the bridge is closing: message of {clientId} on {topic} not stored',
    hint: 'the device keeps an unacknowledged message of QoS 1 or 2 and sends it again',
    exit: EXIT.infrastructure,
  },
  'bridge.predecessor-failed': {
    message: 'message of {clientId} on {topic} not stored: the one before it failed, and it must not overtake',
    hint: 'the device sends both again, in order',
    exit: EXIT.infrastructure,
  },
  'bridge.refused': {
    message: 'message of {clientId} on {topic} cannot be mapped to MQ: {reason}',
    hint: 'gateway and bridge must be given the same profile and limits',
    exit: EXIT.infrastructure,
  },
  'bridge.started': {
    message: 'the bridge of group {group} has been started already',
    hint: 'start it once',
    exit: EXIT.infrastructure,
  },
  'run.busy': {
    message: 'run {id} is under way',
    hint: 'stop it, or wait until it is over: one run at a time, or they would spoil each other’s figures',
    exit: EXIT.input,
  },
  'run.not-under-way': {
    message: 'run {id} is not under way',
    hint: 'it is over, or another one has begun; look at the list of runs',
    exit: EXIT.input,
  },
  'fleet.refused': { message: 'no command: {reason}', hint: '{expected}', exit: EXIT.input },
  'run.state': {
    message: 'cannot {what} a run that is {phase}',
    hint: 'pause, inject and command while traffic flows, resume while it is paused',
    exit: EXIT.input,
  },
  'run.unknown': {
    message: 'there is no run {id}',
    hint: 'its folder was removed or renamed, or holds no run',
    exit: EXIT.input,
  },
  'scenario.exists': {
    message: '{path} exists already',
    hint: 'choose another name, or replace it',
    exit: EXIT.input,
  },
  'scenario.shipped': {
    message: '{path} comes with the program and is not changed',
    hint: 'save it under a name of your own',
    exit: EXIT.input,
  },
  'window.path': {
    message: '{path} is not a file that this window may touch',
    hint: 'scenarios lie in the folders shown, end in .yaml, or are opened by dialog',
    exit: EXIT.input,
  },
  'window.input': {
    message: '{call}: {where} is not valid: {reason}',
    hint: 'window and lab may be of different versions: reload the window',
    exit: EXIT.input,
  },
  'window.call-unknown': {
    message: 'this lab knows no call {call}',
    hint: 'window and lab may be of different versions: reload the window',
    exit: EXIT.input,
  },
  'window.busy': {
    message: 'more than {calls} calls of this window are waiting for their answers',
    hint: 'try again when some of them are answered',
    exit: EXIT.input,
  },
  'window.desktop-only': {
    message: 'the system’s dialogs belong to the desktop app',
    hint: 'in a browser, upload and download files',
    exit: EXIT.input,
  },
  'window.closing': { message: 'the lab is closing', hint: 'start it again', exit: EXIT.infrastructure },
  internal: {
    message: '{reason}',
    hint: 'this is a defect of the lab: please report it with the event log',
    exit: EXIT.infrastructure,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;
export type ErrorDetails = Record<string, string | number>;

/** One problem of an input file: where (1-based), what, and what would be right. */
export interface Problem {
  path: string;
  line: number;
  column: number;
  message: string;
  suggestion?: string;
}

const fill = (template: string, details: ErrorDetails): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? `{${name}}`));

/** Every error the lab raises on purpose: a code of the table, its details, and for input files the list of problems. */
export class CausewayError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly hint: string;
  readonly exit: number;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, details: ErrorDetails = {}, options: { cause?: unknown; problems?: readonly Problem[] } = {}) {
    super(fill(ERRORS[code].message, details), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CausewayError';
    this.code = code;
    this.details = details;
    this.hint = fill(ERRORS[code].hint, details);
    this.exit = ERRORS[code].exit;
    this.problems = options.problems ?? [];
  }
}
