"""Types at `logonleak shell` in a pseudo-terminal: editing, completion, history, Ctrl-C, pages.

Usage: shell_terminal.py PROGRAM DUMP. Prints what fails, one line each; the exit status is the number of failures.
"""

import os
import pty
import re
import select
import sys
import termios
import time
import struct
import fcntl

PATIENCE = 20
CONTROL = re.compile(rb"\x1b\[[0-9;]*[A-Za-z]|\x1b\][^\x1b]*\x1b\\\\")


class Terminal:
    """One shell in a pseudo-terminal of 24 rows and 100 columns."""

    def __init__(self, program, dump, history, *options):
        environment = {
            "TERM": "xterm", "PATH": os.environ.get("PATH", ""), "LOGONLEAK_HISTORY": history, "NO_COLOR": "1",
        }
        self.child, self.descriptor = pty.fork()
        if self.child == 0:
            os.execve(program, [program, "shell", dump, *options], environment)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        self.seen = b""

    def read(self, seconds):
        """Takes what comes within a time; answers whether anything came."""
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if not ready:
            return False
        try:
            piece = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.seen += piece
        return bool(piece)

    def wait_for(self, text, after=0):
        """Waits until a text stands on the screen; answers whether it came."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if text.encode() in CONTROL.sub(b"", self.seen[after:]):
                return True
            self.read(0.2)
        return False

    def type(self, text, at_prompt=True):
        """Types a text, as people do once the prompt stands; answers where the screen stood before."""
        end = time.monotonic() + PATIENCE
        while at_prompt and time.monotonic() < end:
            last = CONTROL.sub(b"", self.seen).split(b"\n")[-1]
            if b"kd> " in last and not self.read(0.1):
                break
            self.read(0.1)
        before = len(self.seen)
        os.write(self.descriptor, text.encode())
        return before

    def end(self):
        """Waits for the shell to end; answers its exit status, None where it had to be stopped."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read(0.05)
            finished, status = os.waitpid(self.child, os.WNOHANG)
            if finished:
                return os.waitstatus_to_exitcode(status)
        os.kill(self.child, 9)
        os.waitpid(self.child, 0)
        return None


def run(program, dump, history):
    failures = []

    def check(name, holds):
        if not holds:
            failures.append(name)

    terminal = Terminal(program, dump, history)
    check("the prompt comes", terminal.wait_for("kd> "))

    before = terminal.type("? 1+1\r")
    check("a line is answered", terminal.wait_for("Evaluate expression: 2 = 00000000`00000002", before))

    # Typed with a slip: two back, a character taken out, one put in.
    before = terminal.type("? 1+x4\x1b[D\x7f2\x01\x05\r")
    check("a line is edited", terminal.wait_for("Evaluate expression: 37 = ", before))

    before = terminal.type("x nt!SeTokenLeakT\t")
    check("a symbol is completed", terminal.wait_for("x nt!SeTokenLeakTracking", before))
    before = terminal.type("\r")
    check("what was completed is answered", terminal.wait_for("= <no type information>", before))

    before = terminal.type("dt nt!_SEP_LOGON_SESSION_REF\t")
    check("a type is completed", terminal.wait_for("dt nt!_SEP_LOGON_SESSION_REFERENCES", before))
    before = terminal.type("Accou\t\r")
    check("a field is completed", terminal.wait_for("AccountName : _UNICODE_STRING", before))

    before = terminal.type(".form\t14\r")
    check("a command is completed", terminal.wait_for("Decimal: 20", before))

    before = terminal.type("? 1\x1b[A")
    check("Up finds the line that begins so", terminal.wait_for("? 1+24", before))
    before = terminal.type("\r")
    check("a line of the history is answered", terminal.wait_for("Evaluate expression: 37", before))

    before = terminal.type("\x12LeakTr\r")
    check("Ctrl-R finds a line", terminal.wait_for("= <no type information>", before))

    before = terminal.type("? 77\x03")
    check("Ctrl-C forgets the line", terminal.wait_for("kd> ", before))
    before = terminal.type("? 2\r")
    check("the shell goes on after Ctrl-C", terminal.wait_for("Evaluate expression: 2 =", before))

    before = terminal.type('!count -q !fel -x "x nt!*" x nt!*\r')
    terminal.read(1.5)
    time.sleep(0.5)
    terminal.type("\x03", at_prompt=False)
    check("Ctrl-C stops a command", terminal.wait_for("^C", before + 40))
    before = terminal.type("? 3\r")
    check("the shell goes on after a stopped command", terminal.wait_for("Evaluate expression: 3 =", before))

    before = terminal.type("dt nt!_TOKEN\r")
    check("a long answer stops at a page", terminal.wait_for("-- more", before))
    before = terminal.type("q", at_prompt=False)
    check("q leaves the page", terminal.wait_for("kd> ", before))

    before = terminal.type(".echo two; .echo three\r")
    check("a semicolon separates", terminal.wait_for("three", before))

    terminal.type("q\r")
    check("q ends the shell with 0", terminal.end() == 0)

    again = Terminal(program, dump, history)
    again.wait_for("kd> ")
    before = again.type("? 1\x1b[A\r")
    check("the history outlives the shell", again.wait_for("Evaluate expression: 37", before))
    again.type("\x04")
    check("Ctrl-D ends the shell with 0", again.end() == 0)
    return failures


if __name__ == "__main__":
    history_path = sys.argv[2] + ".history"
    try:
        found = run(sys.argv[1], sys.argv[2], history_path)
    finally:
        if os.path.exists(history_path):
            os.remove(history_path)
    for failure in found:
        print("failed:", failure)
    sys.exit(len(found))
