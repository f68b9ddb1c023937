# Stands between extload and a GDB server and makes it behave as other servers do, or badly.
# Usage: rsp_proxy.py PORT QUIRK[,QUIRK...]   prints the port it listens on, serves one client, ends.
#
# What other servers do (formats and sources: src/rsp/servers.c):
#   noack noxml nox xfails nop nolimits small   leaves out what some servers leave out
#   rle split notify console damage             says it in other ways
#   running                                     the core runs when a client comes
#   drops hides norun lies                      says OK and does nothing: writes, failed reads, runs
# What no server should do; N counts the client's packets:
#   die=N silent=N garbage=N huge=N flood=N twice=N
#   banner (of another service)  badxml  endless (a description without end)
#   cpuid=HEX idcode=HEX         another target
import random
import socket
import sys
import time

upstream, quirks = int(sys.argv[1]), {}
for word in sys.argv[2].split(","):
    name, _, value = word.partition("=")
    quirks[name] = value
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
client, _ = listener.accept()
client.settimeout(60)
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each "+" costs 40 ms
chance = random.Random(1)


class Packets:
    def __init__(self, sock, on_byte=lambda byte: None):
        self.sock, self.input, self.at, self.on_byte = sock, b"", 0, on_byte

    def byte(self):
        if self.at == len(self.input):
            self.input, self.at = self.sock.recv(65536), 0
            if not self.input:
                sys.exit()
        self.at += 1
        return self.input[self.at - 1:self.at]

    def next(self):
        """A payload as sent; bytes between packets go to on_byte."""
        while (byte := self.byte()) != b"$":
            self.on_byte(byte)
        payload = bytearray()
        while (byte := self.byte()) != b"#":
            payload += byte
        payload = bytes(payload)
        assert int(self.byte() + self.byte(), 16) == sum(payload) % 256
        return payload


def frame(payload):
    return b"$" + payload + b"#%02x" % (sum(payload) % 256)


def ask(payload):
    """What the server answers; console output on the way goes to the client."""
    server.sock.sendall(frame(payload))
    while True:
        answer = server.next()
        server.sock.sendall(b"+")
        if answer[:1] == b"O" and answer != b"OK":
            say(answer)
        else:
            return answer


def runs(payload):
    out, i = bytearray(), 0
    while i < len(payload):
        count = 1
        while i + count < len(payload) and payload[i + count] == payload[i] and count < 97:
            count += 1
        while count + 28 in b"#$+-":  # as GDB's own stub does
            count -= 1
        if payload[i:i + 1] != b"}" and count > 3:
            out += payload[i:i + 1] + b"*" + bytes([count + 28])
        else:
            out += payload[i:i + 1]
            count = 1
        i += count
    return bytes(out)


def send(data):
    if "split" in quirks:
        for i in range(0, len(data), 700):
            client.sendall(data[i:i + 700])
            if chance.random() < 0.1:
                time.sleep(0.001)
    else:
        client.sendall(data)


acks = True
sent = 0


def say(answer):
    global sent
    sent += 1
    data = frame(runs(answer) if "rle" in quirks else answer)
    if "notify" in quirks:
        send(b"%Stop:T05thread:01;#00")
    if acks and "damage" in quirks and sent % 5 == 0:
        send(data[:-1] + (b"0" if data[-1:] != b"0" else b"1"))
        while (byte := here.byte()) == b"+":
            pass
        assert byte == b"-", byte
    send(data)


def announce(features):
    drop = {"noack": b"QStartNoAckMode+", "noxml": b"qXfer:features:read+"}
    left = [f for f in features.split(b";") if f not in [drop[q] for q in drop if q in quirks]]
    return b";".join(b"PacketSize=%x" % 0x100 if "small" in quirks and f.startswith(b"PacketSize") else f for f in left)


def answer_to(packet):
    kind = packet[:1]
    if packet.startswith(b"qSupported"):
        return announce(ask(packet))
    if packet == b"QStartNoAckMode":
        return b"" if "noack" in quirks else b"OK"
    if packet.startswith(b"qXfer:features") and "noxml" in quirks:
        return b""
    if packet.startswith(b"qXfer:features") and "badxml" in quirks:
        return b'l<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><target><reg name="r0" bitsize="&b;"/><reg nam'
    if packet.startswith(b"qXfer:features") and "endless" in quirks:
        return b"m" + b" " * 0x400
    if packet.startswith(b"qXfer:features") and "nolimits" in quirks:
        return b'l<target><feature name="org.gnu.gdb.arm.m-profile">' + b"".join(
            b'<reg name="%s" bitsize="32"/>' % name for name in
            [b"R%d" % i for i in range(13)] + [b"SP", b"LR", b"PC"]) + \
            b'<reg name="XPSR" bitsize="32" regnum="25"/></feature></target>'
    if kind in b"pP" and "nop" in quirks:
        return b""
    if kind == b"X" and ("nox" in quirks or "small" in quirks):
        return b""
    if kind == b"X" and "xfails" in quirks and not packet.endswith(b",0:"):
        return b"E01"
    if kind in b"XM" and "drops" in quirks:
        return b"OK"
    if packet == b"me000ed00,4" and "cpuid" in quirks:
        return int(quirks["cpuid"], 16).to_bytes(4, "little").hex().encode()
    if packet == b"m44001000,4" and "idcode" in quirks:
        return int(quirks["idcode"], 16).to_bytes(4, "little").hex().encode()
    if packet == b"c" and ("norun" in quirks or "lies" in quirks):
        return b"T05thread:01;"
    if packet in (b"p0", b"pf") and "lies" in quirks:  # Init returned 1 to the BKPT
        return b"01000000" if packet == b"p0" else b"00041834"
    if packet == b"?" and "running" in quirks:
        while here.byte() != b"\x03":
            pass
        return b"S02"
    if packet == b"c" and "console" in quirks:
        say(b"O" + b"the core runs\n".hex().encode())
    answer = ask(packet)
    if kind in b"mp" and answer.startswith(b"E") and "hides" in quirks:
        return b"00" * (int(packet.split(b",")[1], 16) if kind == b"m" else 4)
    return b"OK" if kind == b"P" and "hides" in quirks else answer


def misbehave(count):
    if quirks.get("die") == str(count):
        sys.exit()
    if quirks.get("silent") == str(count):
        time.sleep(60)
    if quirks.get("garbage") == str(count):
        client.sendall(chance.randbytes(60000).replace(b"$", b"").replace(b"%", b""))
    if quirks.get("huge") == str(count):
        client.sendall(b"$" + b"0" * 1000000 + b"#00")
    if quirks.get("flood") == str(count):
        while True:
            client.sendall(b"+" * 4096)
    if quirks.get("twice") == str(count):
        say(b"E09")


if "banner" in quirks:
    client.sendall(b"HTTP/1.1 400 Bad Request\r\n")
    time.sleep(5)
    sys.exit()
server = Packets(socket.create_connection(("127.0.0.1", upstream), 60))
server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
here = Packets(client)
count = 0
try:
    while True:
        request = here.next()
        count += 1
        if acks:
            client.sendall(b"+")
        misbehave(count)
        reply = answer_to(request)
        say(reply)
        if request == b"QStartNoAckMode" and reply == b"OK":
            assert here.byte() == b"+"
            acks = False
except (ConnectionError, BrokenPipeError):
    pass
