// A device made of Eclipse Paho for C++. Arguments and lines: see ../device.ts.
#include <cstdio>
#include <iostream>
#include <mqtt/async_client.h>
#include <mutex>
#include <sstream>

static std::mutex one;
static void say(const std::string &line) {
  std::lock_guard<std::mutex> lock(one);
  std::cout << line << std::endl;
}

static std::string hexOf(const std::string &body) {
  std::string hex;
  char two[3];
  for (unsigned char byte : body) {
    std::snprintf(two, sizeof two, "%02x", byte);
    hex += two;
  }
  return hex.empty() ? "-" : hex;
}

static std::string bytesOf(const std::string &hex) {
  std::string body;
  for (size_t i = 0; hex != "-" && i < hex.size(); i += 2) body += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return body;
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  mqtt::async_client client(std::string("tcp://127.0.0.1:") + argv[1], argv[2]);
  client.set_message_callback([](mqtt::const_message_ptr m) {
    say("message " + m->get_topic() + " " + std::to_string(m->get_qos()) + " " + hexOf(m->to_string()));
  });
  mqtt::connect_options options(argv[3], argv[4]);
  options.set_mqtt_version(MQTTVERSION_3_1_1);
  options.set_clean_session(std::string(argv[5]) == "true");
  try {
    client.connect(options)->wait();
  } catch (const mqtt::exception &) {
    say("refused");
    return 0;
  }
  const std::string name = mqtt::VERSION_STR; // ends with "v. 1.2"
  say("connected " + name.substr(name.rfind(' ') + 1) + "; g++ " + __VERSION__);
  for (std::string input; std::getline(std::cin, input);) {
    std::istringstream words(input);
    std::string order, topic, hex;
    int qos;
    words >> order >> topic >> qos >> hex;
    if (order == "subscribe") {
      client.subscribe(topic, qos)->wait();
      say("subscribed " + std::to_string(qos));
    } else {
      client.publish(mqtt::make_message(topic, bytesOf(hex), qos, false))->wait();
      say("published");
    }
  }
  client.disconnect()->wait();
}
