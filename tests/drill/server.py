"""The real production server, `course serve`, as a process that can be killed and started again."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from tests.factories import ROOT

COMMAND = ("-m", "course", "serve")
SECRET = "kun-til-drill-Kp7Vx2mQ9rT4wZ8nB5cY3dL6"


class Server:
    """`course serve` on a free port with a database of its own.

    `start` answers when requests are taken; `kill` ends everything at once, as a power cut would;
    `kill_worker` ends one process that answers, which gunicorn then replaces.
    """

    def __init__(self, instance: Path, database_url: str, command: Sequence[str] = COMMAND) -> None:
        self.instance, self.database_url, self.command = instance, database_url, command
        self.port = 0
        self.seconds = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self.log = instance / "server.log"

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
        return own | {
            "COURSE_INSTANCE": str(self.instance),
            "COURSE_DATABASE_URL": self.database_url,
            "COURSE_SECRET_KEY": SECRET,
            "COURSE_CONTENT_ROOT": str(ROOT),
            "COURSE_BIND": f"127.0.0.1:{self.port}",
            "COURSE_WORKERS": "2",
        }

    def start(self) -> None:
        """Start on a free port (the same one every time after the first); `seconds` is how long it took."""
        began = time.perf_counter()
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=self.instance,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.port = self._announced(self.process)
        self.seconds = time.perf_counter() - began

    def _announced(self, process: subprocess.Popen[bytes]) -> int:
        pause = threading.Event()
        while process.poll() is None:
            found = re.search(r"klar på http://127\.0\.0\.1:(\d+)\n", self.log.read_text("utf-8"))
            if found:
                return int(found[1])
            pause.wait(0.005)
        told = self.log.read_text("utf-8")[-4000:]
        raise RuntimeError(f"the server ended with {process.returncode} before it was ready:\n{told}")

    def workers_at_work(self) -> list[int]:
        """The processes that answer requests, as they are now."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii")
        return [int(pid) for pid in children.split()]

    def kill_worker(self, pid: int) -> None:
        """End one worker without a warning."""
        os.kill(pid, signal.SIGKILL)

    def kill(self) -> None:
        """End the whole server without a warning."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End the server in good order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)
