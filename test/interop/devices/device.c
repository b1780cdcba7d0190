/* A device made of Eclipse Paho for C. Arguments and lines: see ../device.ts. */
#include <MQTTClient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One call, so that lines of the two threads do not mix. */
static void say(const char *line) {
  flockfile(stdout);
  puts(line);
  fflush(stdout);
  funlockfile(stdout);
}

static int arrived(void *context, char *topic, int length, MQTTClient_message *message) {
  char *line = malloc(strlen(topic) + 2 * (size_t)message->payloadlen + 32);
  char *end = line + sprintf(line, "message %s %d ", topic, message->qos);
  for (int i = 0; i < message->payloadlen; i++) end += sprintf(end, "%02x", ((unsigned char *)message->payload)[i]);
  if (message->payloadlen == 0) strcpy(end, "-");
  say(line);
  free(line);
  MQTTClient_freeMessage(&message);
  MQTTClient_free(topic);
  (void)context, (void)length;
  return 1;
}

static const char *version(void) {
  for (MQTTClient_nameValue *info = MQTTClient_getVersionInfo(); info->name != NULL; info++)
    if (strcmp(info->name, "Version") == 0) return info->value;
  return "?";
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  char address[64], line[128];
  snprintf(address, sizeof address, "tcp://127.0.0.1:%s", argv[1]);
  MQTTClient client;
  MQTTClient_create(&client, address, argv[2], MQTTCLIENT_PERSISTENCE_NONE, NULL);
  MQTTClient_setCallbacks(client, NULL, NULL, arrived, NULL);
  MQTTClient_connectOptions options = MQTTClient_connectOptions_initializer;
  options.MQTTVersion = MQTTVERSION_3_1_1;
  options.username = argv[3];
  options.password = argv[4];
  options.cleansession = strcmp(argv[5], "true") == 0;
  if (MQTTClient_connect(client, &options) != MQTTCLIENT_SUCCESS) {
    say("refused");
    return 0;
  }
  snprintf(line, sizeof line, "connected %s; gcc %s", version(), __VERSION__);
  say(line);
  char *input = NULL;
  size_t room = 0;
  while (getline(&input, &room, stdin) > 0) {
    char *order = strtok(input, " \n"), *topic = strtok(NULL, " \n");
    int qos = atoi(strtok(NULL, " \n"));
    if (strcmp(order, "subscribe") == 0) {
      MQTTClient_subscribe(client, topic, qos);
      snprintf(line, sizeof line, "subscribed %d", qos);
      say(line);
      continue;
    }
    char *hex = strtok(NULL, " \n");
    size_t length = strcmp(hex, "-") == 0 ? 0 : strlen(hex) / 2;
    unsigned char *body = malloc(length + 1);
    for (size_t i = 0; i < length; i++) sscanf(hex + 2 * i, "%2hhx", &body[i]);
    MQTTClient_deliveryToken token;
    if (MQTTClient_publish(client, topic, (int)length, body, qos, 0, &token) == MQTTCLIENT_SUCCESS &&
        MQTTClient_waitForCompletion(client, token, 20000) == MQTTCLIENT_SUCCESS)
      say("published");
    free(body);
  }
  MQTTClient_disconnect(client, 1000);
  MQTTClient_destroy(&client);
  free(input);
  return 0;
}
