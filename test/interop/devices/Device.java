// A device made of Eclipse Paho for Java. Arguments and lines: see ../device.ts.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.HexFormat;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

public class Device {
  static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  public static void main(String[] args) throws Exception {
    var client = new MqttClient("tcp://127.0.0.1:" + args[0], args[1], new MemoryPersistence());
    client.setCallback(new MqttCallback() {
      public void connectionLost(Throwable cause) {}

      public void deliveryComplete(IMqttDeliveryToken token) {}

      public void messageArrived(String topic, MqttMessage message) {
        var hex = HexFormat.of().formatHex(message.getPayload());
        say("message " + topic + " " + message.getQos() + " " + (hex.isEmpty() ? "-" : hex));
      }
    });
    var options = new MqttConnectOptions();
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setUserName(args[2]);
    options.setPassword(args[3].toCharArray());
    options.setCleanSession(args[4].equals("true"));
    try {
      client.connect(options);
    } catch (MqttException refused) {
      say("refused");
      System.exit(0);
    }
    say("connected " + System.getProperty("library") + "; Java " + System.getProperty("java.version"));
    var input = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = input.readLine()) != null;) {
      var words = line.split(" ");
      var qos = Integer.parseInt(words[2]);
      if (words[0].equals("subscribe")) {
        client.subscribe(words[1], qos);
        say("subscribed " + qos);
      } else {
        var body = words[3].equals("-") ? new byte[0] : HexFormat.of().parseHex(words[3]);
        client.publish(words[1], body, qos, false);
        say("published");
      }
    }
    client.disconnect();
    client.close();
  }
}
