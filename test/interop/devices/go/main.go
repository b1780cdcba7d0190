// A device made of Eclipse Paho for Go. Arguments and lines: see ../../device.ts.
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

var one sync.Mutex

func say(line string) {
	one.Lock()
	defer one.Unlock()
	fmt.Println(line)
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/eclipse/paho.mqtt.golang" {
			return strings.TrimPrefix(module.Version, "v")
		}
	}
	return "?"
}

func must(token mqtt.Token) {
	if token.Wait(); token.Error() != nil {
		fmt.Fprintln(os.Stderr, token.Error())
		os.Exit(1)
	}
}

func main() {
	options := mqtt.NewClientOptions().AddBroker("tcp://127.0.0.1:" + os.Args[1]).SetClientID(os.Args[2])
	options.SetUsername(os.Args[3]).SetPassword(os.Args[4]).SetCleanSession(os.Args[5] == "true")
	options.SetProtocolVersion(4).SetAutoReconnect(false)
	options.SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) {
		body := hex.EncodeToString(m.Payload())
		if body == "" {
			body = "-"
		}
		say(fmt.Sprintf("message %s %d %s", m.Topic(), m.Qos(), body))
	})
	client := mqtt.NewClient(options)
	if token := client.Connect(); token.Wait() && token.Error() != nil {
		say("refused")
		return
	}
	say("connected " + version() + "; " + strings.Replace(runtime.Version(), "go", "Go ", 1))
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadString('\n')
		if err != nil {
			break
		}
		words := strings.Fields(line)
		qos := words[2][0] - '0'
		if words[0] == "subscribe" {
			must(client.Subscribe(words[1], qos, nil))
			say(fmt.Sprintf("subscribed %d", qos))
			continue
		}
		body, _ := hex.DecodeString(strings.TrimPrefix(words[3], "-"))
		must(client.Publish(words[1], qos, false, body))
		say("published")
	}
	client.Disconnect(250)
}
