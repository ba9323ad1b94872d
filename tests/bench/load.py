"""A small load generator: raw sockets, one connection a request, so many at a time.

It is the same for the floor and for the product, and as cheap as it can be, because it shares the
processors with what it measures.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.drill.web import exchange

# Builds the n-th request of a lane (one of the clients that run side by side).
Request = Callable[[int, int], bytes]


@dataclass
class Result:
    """What one measurement gave. `seconds` is the whole, `times` one entry a request."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.times) / self.seconds

    def milliseconds(self, share: float = 0.5) -> float:
        """The response time that `share` of the requests stayed below."""
        return sorted(self.times)[int(share * (len(self.times) - 1))] * 1000


def load(port: int, request: Request, seconds: float, lanes: int = 8) -> Result:
    """Keep `lanes` requests under way for `seconds`. Every answer that is not 200 is kept in `refused`."""
    results = [Result() for _ in range(lanes)]
    begin = time.perf_counter()
    end = begin + seconds

    def client(lane: int) -> None:
        mine = results[lane]
        count = 0
        while (started := time.perf_counter()) < end:
            answer = exchange(port, request(lane, count))
            mine.times.append(time.perf_counter() - started)
            if not answer.startswith(b"HTTP/1.1 200 "):
                mine.refused.append(answer[:2000])
            count += 1

    threads = [threading.Thread(target=client, args=(lane,)) for lane in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = Result(time.perf_counter() - begin)
    for part in results:
        whole.times += part.times
        whole.refused += part.refused
    return whole
