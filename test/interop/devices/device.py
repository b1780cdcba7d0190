"""A device made of paho-mqtt. Arguments and lines: see ../device.ts."""
import platform
import sys

import paho.mqtt
import paho.mqtt.client as mqtt


def say(*words):
    print(*words, flush=True)


def connected(client, user, flags, reason, properties):
    if reason.is_failure:
        say("refused")
    else:
        say("connected", f"{paho.mqtt.__version__}; Python {platform.python_version()}")


port, client_id, user, password, clean = sys.argv[1:]
client = mqtt.Client(
    mqtt.CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean == "true", reconnect_on_failure=False
)
client.username_pw_set(user, password)
client.on_connect = connected
client.on_subscribe = lambda c, u, mid, reasons, properties: say("subscribed", reasons[0].value)
client.on_publish = lambda c, u, mid, reason, properties: say("published")
client.on_message = lambda c, u, m: say("message", m.topic, m.qos, m.payload.hex() or "-")
client.connect("127.0.0.1", int(port))
client.loop_start()
for line in sys.stdin:
    order, topic, qos, *body = line.split()
    if order == "subscribe":
        client.subscribe(topic, int(qos))
    else:
        client.publish(topic, b"" if body[0] == "-" else bytes.fromhex(body[0]), int(qos))
client.disconnect()
client.loop_stop()
