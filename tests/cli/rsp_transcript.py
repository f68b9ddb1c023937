# What passes between extload and a GDB server, kept and played again.
# Usage: rsp_transcript.py record PORT FILE      listens, passes every byte on, writes them down
#        rsp_transcript.py replay FILE [cut=N]   listens, says what the server said, in pieces of any size, once the
#                                                client has said what it had said before; cut: ends at the N-th event
# Prints the port it listens on, serves one client, ends. FILE: lines of "> " or "< " and hex, from and to the client.
import random
import selectors
import socket
import sys

listener = socket.create_server(("127.0.0.1", 0))


def accept():
    print(listener.getsockname()[1], flush=True)
    client, _ = listener.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def record(port, path):
    client = accept()
    server = socket.create_connection(("127.0.0.1", port), 60)
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sides = selectors.DefaultSelector()
    sides.register(client, selectors.EVENT_READ, (server, ">"))
    sides.register(server, selectors.EVENT_READ, (client, "<"))
    with open(path, "w") as transcript:
        while True:
            for key, _ in sides.select():
                other, mark = key.data
                data = key.fileobj.recv(65536)
                if not data:
                    return
                transcript.write(f"{mark} {data.hex()}\n")
                transcript.flush()
                other.sendall(data)


def replay(path, cut):
    client = accept()
    client.settimeout(30)
    pieces = random.Random(1)
    events = [(line[0], bytes.fromhex(line[2:])) for line in open(path)]
    for mark, data in events[:cut]:
        while mark == ">" and data:
            said = client.recv(len(data))
            if not said:
                return 0
            if data[:len(said)] != said:
                print(f"the client says {said!r} and not {data[:len(said)]!r}", file=sys.stderr)
                return 1
            data = data[len(said):]
        while mark == "<" and data:
            size = pieces.choice((1, 3, 64, 4096, len(data)))
            client.sendall(data[:size])
            data = data[size:]
    return 0


if sys.argv[1] == "record":
    record(int(sys.argv[2]), sys.argv[3])
else:
    cut = [int(word[4:]) for word in sys.argv[3:] if word.startswith("cut=")]
    sys.exit(replay(sys.argv[2], cut[0] if cut else None))
