/** The commands and their options. `runCli` is the whole program: it prints, and returns the exit code. */
import { Command, CommanderError, Option } from 'commander';
import { EXIT } from '../core/protocol/errors.ts';
import {
  collectArgument,
  durationArgument,
  optionalPortArgument,
  overrideArgument,
  portArgument,
  propertyArgument,
  scaleArgument,
  topicArgument,
  wholeNumberArgument,
  wordArgument,
} from './arguments.ts';
import { brokerOptions } from './brokerFlags.ts';
import { type AccountAddFlags, accountAdd, accountList, accountRemove } from './commands/account.ts';
import { type BridgeFlags, bridge } from './commands/bridge.ts';
import { type CheckFlags, check } from './commands/check.ts';
import { type ChooseFlags, choose } from './commands/choose.ts';
import { explain, type ScenarioFlags, validate } from './commands/explain.ts';
import { type GatewayFlags, gateway } from './commands/gateway.ts';
import { list } from './commands/list.ts';
import { engines, type MqFlags, type SendFlags, send, type TailFlags, tail, topics } from './commands/mq.ts';
import { type RunFlags, run } from './commands/run.ts';
import { type ServeFlags, serve } from './commands/serve.ts';
import { type TokenIssueFlags, tokenIssue, tokenList, tokenRevoke } from './commands/token.ts';
import type { CredentialFlags } from './credentialFlags.ts';
import { printError } from './errors.ts';
import {
  ACCOUNT_HELP,
  BRIDGE_HELP,
  CHECK_HELP,
  CHOOSE_HELP,
  EXPLAIN_HELP,
  GATEWAY_HELP,
  LIST_HELP,
  MQ_HELP,
  ROOT_DESCRIPTION,
  ROOT_HELP,
  RUN_HELP,
  SEND_HELP,
  SERVE_HELP,
  TAIL_HELP,
  TOKEN_HELP,
  VALIDATE_HELP,
} from './help.ts';
import type { Host } from './host.ts';
import { engineOptions, mqAddressArgument } from './mqFlags.ts';

const MAX_SEED = 2 ** 32 - 1;

type Done = (exit: number) => void;

const jsonOption = (): Option => new Option('--json', 'print JSON on stdout');
const colorOption = (): Option => new Option('--no-color', 'no colours (also: the environment variable NO_COLOR)');

const addOptions = (command: Command, options: readonly Option[]): Command =>
  options.reduce((to, option) => to.addOption(option), command);

function scenarioOptions(command: Command): Command {
  const options = [
    ...engineOptions('MQ engine in place of the scenario’s'),
    ...brokerOptions('MQTT broker outside, in place of the lab’s gateway'),
  ];
  return addOptions(command, options)
    .option('--mq <address>', 'host:port of the MQ', mqAddressArgument)
    .option('--duration <time>', 'length of the traffic instead of the scenario’s, e.g. 10s', durationArgument)
    .option('--scale <factor>', 'multiply clients and rates, e.g. 0.1', scaleArgument)
    .option('--seed <n>', 'seed of everything random', wholeNumberArgument(0, MAX_SEED))
    .option('--set <path=value>', 'change one value of the scenario (repeatable)', overrideArgument);
}

function scenarioCommands(program: Command, host: Host, done: Done): void {
  program
    .command('list')
    .description('list the scenarios at hand')
    .addOption(jsonOption())
    .addOption(colorOption())
    .addHelpText('after', LIST_HELP)
    .action(async (flags: { json?: boolean }) => done(await list(host, flags)));
  scenarioOptions(program.command('explain').description('tell what a scenario will do, without running it'))
    .argument('<file>', 'scenario file, or the name of one that comes with it')
    .addOption(jsonOption())
    .addOption(colorOption())
    .addHelpText('after', EXPLAIN_HELP)
    .action(async (file: string, flags: ScenarioFlags) => done(await explain(host, file, flags)));
  scenarioOptions(program.command('validate').description('check a scenario file'))
    .argument('<file>', 'scenario file')
    .addOption(jsonOption())
    .addOption(colorOption())
    .addHelpText('after', VALIDATE_HELP)
    .action(async (file: string, flags: ScenarioFlags) => done(await validate(host, file, flags)));
  scenarioOptions(program.command('run').description('run a scenario, measure and check it'))
    .argument('<file>', 'scenario file, or the name of one that comes with it')
    .option('--out <dir>', 'keep frames, events and result in this folder')
    .option('--force', 'replace an older result in that folder')
    .addOption(new Option('--json', 'print the result as JSON on stdout, and nothing else there'))
    .option('--threads <n>', 'threads that simulate the devices', wholeNumberArgument(1, 256))
    .option('--quiet', 'no progress, no warnings')
    .option('--verbose', 'every line of the event log, also on stderr')
    .option('--allow-network', 'run a scenario that goes beyond this machine')
    .addOption(colorOption())
    .addHelpText('after', RUN_HELP)
    .action(async (file: string, flags: RunFlags) => done(await run(host, file, flags)));
}

function gatewayCommand(program: Command, host: Host, done: Done): void {
  addOptions(program.command('gateway'), engineOptions('MQ engine behind the bridge (default: embedded)'))
    .description('start gateway, bridge and MQ for real devices, until Ctrl-C')
    .option('--host <address>', 'listen on this address', '127.0.0.1')
    .option('--port <port>', 'MQTT over TCP; 0: any free port', portArgument, 1883)
    .option('--ws-port <port>', 'MQTT over WebSocket, or off', optionalPortArgument, 8083)
    .option('--tls-port <port>', 'MQTT over TLS (usual: 8883)', portArgument)
    .option('--wss-port <port>', 'MQTT over WebSocket with TLS (usual: 8084)', portArgument)
    .option('--mq-port <port>', 'port of the embedded MQ for services, or off (default: 7883)', optionalPortArgument)
    .option('--mq <address>', 'host:port of another MQ (--engine)', mqAddressArgument)
    .addOption(
      new Option('--profile <profile>', 'rules for topics, IDs and limits').choices(['strict', 'lenient']).default('strict'),
    )
    .option(
      '--topic <name[:up|down|both|none]>',
      'parent topic and the way it is bridged (repeatable; default demo:both)',
      topicArgument,
    )
    .option('--partitions <n>', 'partitions of each MQ topic', wholeNumberArgument(1, 1024), 4)
    .addOption(new Option('--storage <kind>', 'where MQ keeps messages').choices(['memory', 'file']).default('memory'))
    .option('--folder <dir>', 'folder of --storage file')
    .option('--user <name>', 'ask devices for this user; the password comes from CAUSEWAY_PASSWORD')
    .option('--credentials <file>', 'ask devices, and users of the MQ port, for the accounts and tokens of this file')
    .option('--instance <id>', 'with --credentials: serve this instance only')
    .option('--events', 'write who connects and goes to MQ topics {GroupID}_MQTT')
    .option('--write-ca <file>', 'write the certificate authority that devices must trust')
    .option('--allow-network', 'connect to an MQ beyond this machine')
    .option('--verbose', 'a line for every connect and disconnect')
    .addOption(colorOption())
    .addHelpText('after', GATEWAY_HELP)
    .action(async (flags: GatewayFlags) => done(await gateway(host, flags)));
}

function bridgeCommand(program: Command, host: Host, done: Done): void {
  const options = [...brokerOptions('the MQTT broker'), ...engineOptions('MQ in place of the embedded one')];
  addOptions(program.command('bridge'), options)
    .description('carry messages between an MQTT broker of your own and an MQ, until Ctrl-C')
    .option('--mq <address>', 'host:port of another MQ (--engine)', mqAddressArgument)
    .option('--mq-port <port>', 'port of the embedded MQ for services, or off (default: 7883)', optionalPortArgument)
    .option('--client-id <id>', 'client ID of the bridge at the broker, which keeps its session', 'causeway-bridge')
    .option('--share <name>', 'bridges of one name share the messages (MQTT 5)', 'causeway')
    .addOption(new Option('--profile <profile>', 'rules for topics and limits').choices(['strict', 'lenient']).default('strict'))
    .option(
      '--topic <name[:up|down|both|none]>',
      'parent topic and the way it is bridged (repeatable; default demo:both)',
      topicArgument,
    )
    .option('--partitions <n>', 'partitions of each MQ topic', wholeNumberArgument(1, 1024), 4)
    .addOption(new Option('--storage <kind>', 'where MQ keeps messages').choices(['memory', 'file']).default('memory'))
    .option('--folder <dir>', 'folder of --storage file')
    .option('--allow-network', 'connect to a broker or an MQ beyond this machine')
    .addOption(colorOption())
    .addHelpText('after', BRIDGE_HELP)
    .action(async (flags: BridgeFlags) => {
      if (flags.broker === undefined)
        program.error("error: option '--broker <url>' is needed: the bridge has no broker of its own");
      done(await bridge(host, flags));
    });
}

function serveCommand(program: Command, host: Host, done: Done): void {
  program
    .command('serve')
    .description('open the lab’s window to a browser on this machine, until Ctrl-C')
    .option('--port <port>', 'port on 127.0.0.1; 0: any free port', portArgument, 7880)
    .option('--runs <dir>', 'folder of the runs (default: causeway/runs in your data or documents folder)')
    .option('--scenarios <dir>', 'folder of your own scenarios (default: beside the runs)')
    .addOption(colorOption())
    .addHelpText('after', SERVE_HELP)
    .action(async (flags: ServeFlags) => done(await serve(host, flags)));
}

function checkCommand(program: Command, host: Host, done: Done): void {
  addOptions(program.command('check'), engineOptions('MQ engine behind the bridge', 'embedded'))
    .description('check the mapping between MQTT and MQ, rule by rule, with real clients')
    .option('--mq <address>', 'host:port of an MQ that is not embedded', mqAddressArgument)
    .option('--allow-network', 'use an MQ beyond this machine')
    .addOption(
      new Option('--profile <profile>', 'rules for topics, IDs and limits').choices(['strict', 'lenient']).default('strict'),
    )
    .option('--case <number or name>', 'only this one, with everything it did (repeatable), e.g. 22 or 2.exact', wordArgument)
    .option('--list', 'tell what is checked and why, and run nothing')
    .option('--evidence', 'everything each case did and compared, not only where it failed')
    .option('--junit <file>', 'write the result as JUnit XML')
    .addOption(jsonOption())
    .addOption(colorOption())
    .addHelpText('after', CHECK_HELP)
    .action(async (flags: CheckFlags) => done(await check(host, flags)));
}

function chooseCommand(program: Command, host: Host, done: Done): void {
  addOptions(program.command('choose'), engineOptions('MQ engine that is compared with MQTT', 'embedded'))
    .description('measure what MQTT and what MQ is the better choice for')
    .option('--mq <address>', 'host:port of an MQ that is not embedded', mqAddressArgument)
    .option('--row <name>', 'only this row (repeatable), e.g. fan-out', wordArgument)
    .option('--limit <n>', 'MQTT clients of the row connections; of MQ a tenth (default: 2000)', wholeNumberArgument(10, 100_000))
    .option('--show', 'show what was measured before, and measure nothing')
    .addOption(new Option('--html', 'the table as a page').conflicts('json'))
    .option('--out <file>', 'write to this file instead of stdout')
    .option('--allow-network', 'use an MQ beyond this machine')
    .addOption(jsonOption())
    .addOption(colorOption())
    .addHelpText('after', CHOOSE_HELP)
    .action(async (flags: ChooseFlags) => done(await choose(host, flags)));
}

function mqCommands(program: Command, host: Host, done: Done): void {
  const mq = program.command('mq').description('look into and write to an MQ').addHelpText('after', MQ_HELP);
  const command = (name: string, description: string): Command =>
    addOptions(mq.command(name), engineOptions('which MQ', 'embedded'))
      .description(description)
      .option('--mq <address>', 'host:port of the MQ (default: 127.0.0.1 and the usual port)', mqAddressArgument)
      .addOption(jsonOption())
      .addOption(colorOption());
  command('tail', 'print messages of a topic as they arrive')
    .argument('<topic>', 'MQ topic')
    .addOption(new Option('--from <where>', 'where to begin').choices(['latest', 'earliest']).default('latest'))
    .option('--count <n>', 'end after so many', wholeNumberArgument(1, Number.MAX_SAFE_INTEGER))
    .option('--full', 'whole bodies, however long')
    .addHelpText('after', TAIL_HELP)
    .action(async (topic: string, flags: TailFlags) => done(await tail(host, topic, flags)));
  command('send', 'store one message')
    .argument('<topic>', 'MQ topic')
    .option('--property <key=value>', 'a property of the message (repeatable)', propertyArgument)
    .option('--key <key>', 'ordering key: messages of one key keep their order')
    .option('--tag <tag>', 'tag of the message')
    .option('--body <text>', 'the body; without --body and --body-file it is read from stdin')
    .option('--body-file <file>', 'read the body from a file')
    .option('--delay <ms>', 'deliver not before so many milliseconds', wholeNumberArgument(0, 30 * 24 * 3_600_000))
    .addHelpText('after', SEND_HELP)
    .action(async (topic: string, flags: SendFlags) => done(await send(host, topic, flags)));
  command('topics', 'list the topics').action(async (flags: MqFlags) => done(await topics(host, flags)));
  mq.command('engines')
    .description('what each engine can do, and whether the lab does it for it')
    .addOption(jsonOption())
    .addOption(colorOption())
    .action((flags: MqFlags) => done(engines(host, flags)));
}

function credentialCommands(program: Command, host: Host, done: Done): void {
  const group = (name: string, description: string, help: string) => {
    const parent = program.command(name).description(description).addHelpText('after', help);
    return (word: string, what: string): Command =>
      parent
        .command(word)
        .description(what)
        .requiredOption('--credentials <file>', 'the credentials file')
        .addOption(jsonOption())
        .addOption(colorOption());
  };
  const account = group('account', 'accounts of a credentials file', ACCOUNT_HELP);
  account('add', 'add an account; the secret comes from CAUSEWAY_SECRET_KEY, or is made up and shown once')
    .option('--id <access key ID>', 'its access key ID; absent: one is made up')
    .option('--instance <id>', 'an instance it belongs to (repeatable; default: default)', collectArgument)
    .action(async (flags: AccountAddFlags) => done(await accountAdd(host, flags)));
  account('list', 'list the accounts, without their secrets').action(async (flags: CredentialFlags) =>
    done(await accountList(host, flags)),
  );
  account('remove', 'remove an account; its clients are closed')
    .argument('<id>', 'access key ID')
    .action(async (id: string, flags: CredentialFlags) => done(await accountRemove(host, id, flags)));
  const token = group('token', 'tokens of a credentials file', TOKEN_HELP);
  token('issue', 'issue a token and print it')
    .requiredOption('--account <id>', 'access key ID of the account')
    .option('--instance <id>', 'the instance it is for; needed where the account has several')
    .addOption(new Option('--actions <type>', 'R: subscribe, W: publish, RW: both (default RW)').choices(['R', 'W', 'RW']))
    .option('--resource <filter>', 'a topic filter it reaches (repeatable, at most 100)', collectArgument)
    .addOption(new Option('--ttl <time>', 'how long it is good').argParser(durationArgument).default(3_600_000, '1h'))
    .addOption(
      new Option('--mq', 'temporary credentials for the MQ port instead of a token for devices').conflicts([
        'actions',
        'resource',
      ]),
    )
    .action(async (flags: TokenIssueFlags) => done(await tokenIssue(host, flags)));
  token('list', 'list the tokens that were issued').action(async (flags: CredentialFlags) => done(await tokenList(host, flags)));
  token('revoke', 'revoke a token at once')
    .argument('<id>', 'the ID of the token, see token list')
    .action(async (id: string, flags: CredentialFlags) => done(await tokenRevoke(host, id, flags)));
}

function createProgram(host: Host, done: Done): Command {
  const program = new Command('causeway')
    .description(ROOT_DESCRIPTION)
    .version(host.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureHelp({ helpWidth: Math.min(100, host.stdout.columns ?? 80) })
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      // Errors are printed in one place, by printError.
      outputError: () => undefined,
    })
    .addOption(colorOption())
    .addHelpText('after', ROOT_HELP);
  scenarioCommands(program, host, done);
  gatewayCommand(program, host, done);
  bridgeCommand(program, host, done);
  serveCommand(program, host, done);
  checkCommand(program, host, done);
  chooseCommand(program, host, done);
  mqCommands(program, host, done);
  credentialCommands(program, host, done);
  return program;
}

/** Runs one command line and returns its exit code; never throws, never ends the process. */
export async function runCli(host: Host): Promise<number> {
  let exit: number = EXIT.pass;
  try {
    const program = createProgram(host, (code) => {
      exit = code;
    });
    await program.parseAsync([...host.argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.pass;
      // A command without its subcommand: the help is printed already, and there is nothing to add.
      if (error.code === 'commander.help') return EXIT.input;
    }
    return printError(host, error);
  }
}
