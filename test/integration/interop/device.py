"""A device made of paho-mqtt: told what to do by JSON lines on stdin, tells what happens by JSON lines on stdout."""
import json
import sys

import paho.mqtt.client as mqtt


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


def code(reason):
    return {"code": reason.value, "reason": str(reason)}


def main():
    wanted = json.loads(sys.argv[1])
    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2,
        client_id=wanted["clientId"],
        clean_session=wanted.get("clean", True),
        protocol=mqtt.MQTTv311,
        transport=wanted.get("transport", "tcp"),
        reconnect_on_failure=False,
    )
    if wanted.get("transport") == "websockets":
        client.ws_set_options(path=wanted.get("path", "/mqtt"))
    if "ca" in wanted:
        client.tls_set(ca_certs=wanted["ca"])
    if "user" in wanted:
        client.username_pw_set(wanted["user"], wanted["password"])
    if "will" in wanted:
        will = wanted["will"]
        client.will_set(will["topic"], bytes.fromhex(will["hex"]), qos=will["qos"], retain=will.get("retain", False))
    client.on_connect = lambda c, u, flags, reason, props: tell("connect", present=flags.session_present, **code(reason))
    client.on_disconnect = lambda c, u, flags, reason, props: tell("disconnect", **code(reason))
    client.on_subscribe = lambda c, u, mid, reasons, props: tell("subscribe", granted=[r.value for r in reasons])
    client.on_publish = lambda c, u, mid, reason, props: tell("publish", mid=mid)
    client.on_message = lambda c, u, m: tell(
        "message", topic=m.topic, qos=m.qos, retain=bool(m.retain), dup=bool(m.dup), hex=m.payload.hex()
    )
    try:
        client.connect(wanted.get("host", "127.0.0.1"), wanted["port"], keepalive=30)
    except OSError as error:
        tell("failed", reason=str(error))
        return
    client.loop_start()
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "publish":
            client.publish(order["topic"], bytes.fromhex(order["hex"]), qos=order["qos"], retain=order.get("retain", False))
        elif order["do"] == "subscribe":
            client.subscribe([(topic, qos) for topic, qos in order["filters"]])
        elif order["do"] == "disconnect":
            client.disconnect()
    client.loop_stop()


main()
