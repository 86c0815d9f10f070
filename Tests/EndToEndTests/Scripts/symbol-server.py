"""A symbol server on loopback for the tests: serves a folder, and misbehaves where the path asks for it.

    symbol-server.py FOLDER LOG PORTFILE

Every question is a line of LOG. The first part of a path chooses what the server does; the rest is a file below FOLDER.
"""
import http.server
import os
import sys
import threading
import time

folder, log, port_file = sys.argv[1:4]
failures = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        with open(log, "a") as file:
            file.write(self.path + "\n")
        self.close_connection = True
        if self.path.startswith("http://"):  # asked as a proxy
            self.path = "/" + self.path.split("/", 3)[3]
        _, behaviour, rest = self.path.split("/", 2)
        getattr(self, "do_" + behaviour)(rest)

    def answer(self, status, body=b"", length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def body(self, rest):
        path = os.path.join(folder, *rest.split("/"))
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as file:
            return file.read()

    def do_store(self, rest):
        body = self.body(rest)
        self.answer(404) if body is None else self.answer(200, body)

    def do_redirect(self, rest):
        self.answer(302, Location="/store/" + rest)

    def do_loop(self, rest):
        self.answer(302, Location="/loop/" + rest)

    def do_elsewhere(self, rest):
        self.answer(302, Location="file://" + os.path.join(folder, rest))

    def do_cut(self, rest):
        body = self.body(rest) or b""
        self.answer(200, body[:1000], length=len(body))

    def do_cutchunks(self, rest):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        body = (self.body(rest) or b"")[:1000]
        self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))

    def do_cutquietly(self, rest):
        self.answer(200, (self.body(rest) or b"")[:1000])

    def do_slow(self, rest):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(0.2)
        except OSError:
            pass

    def do_silent(self, rest):
        time.sleep(20)

    def do_huge(self, rest):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for _ in range(64):
                self.wfile.write(b"100000\r\n%s\r\n" % bytes(1 << 20))
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass

    def do_page(self, rest):
        self.answer(200, b"<html>Please log in</html>")

    def do_broken(self, rest):
        self.answer(500)

    def do_forbidden(self, rest):
        self.answer(403)

    def do_recovering(self, rest):
        failures[rest] = failures.get(rest, 0) + 1
        self.answer(503) if failures[rest] == 1 else self.do_store(rest)

    def do_empty(self, rest):
        pass


def end_with_parent(parent=os.getppid()):
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=end_with_parent, daemon=True).start()
with open(port_file + ".part", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(port_file + ".part", port_file)
server.serve_forever()
