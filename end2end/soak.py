"""Random faults for minutes: every answer must be whole or a clear error, and memory must come back to where it was.

Ninerouter stands between clients that know what the answer must be and a provider that fails at random. Needs nothing
but Python 3.11.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from support.soak.client import PATHS, Exchange, request, verdict
from support.soak.house import COMBOS, House
from support.soak.provider import FAULTS, Provider
from support.soak.report import HEADINGS, report
from support.soak.task import Task

BINARY = Path(__file__).resolve().parent.parent / "target/release/ninerouter"
WARM_UP, QUIET_S = 500, 5
HUNG_S, PROGRESS_S, SETTLE_S = 60, 10, 60
# What part of the requests streams, is left in the middle, and is large.
STREAMS, LEFT, LARGE = 0.7, 0.05, 0.05
LENGTHS = (3, 12, 40, 40, 120, 600)
KINDS = ("text", "text", "call", "both")


@dataclass
class Asked:
    """A request and what became of it. `end`: `whole`, `error`, `left`, `wrong` or `hung`; empty while under way."""

    task: Task
    lane: str
    combo: str
    end: str = ""
    why: str = ""
    id: str = ""
    faults: list = field(default_factory=list)
    first_s: float = 0
    total_s: float = 0


class Soak:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.chance = random.Random(options.seed)
        self.provider = Provider(options.seed, options.without)
        self.house = House(options.binary, folder)
        self.asked, self.under_way = [], set()
        self.idle = self.highest = self.after = self.began = 0

    @property
    def allowed(self):
        """Memory that may be held afterwards, MB."""
        return self.idle * 1.25 + 8

    async def run(self):
        """`True`: all is well."""
        await self.provider.start()
        try:
            await self.house.start()
            await self.house.furnish(self.provider, self.chance)
            await self._load(lambda: len(self.asked) < WARM_UP)
            await asyncio.sleep(QUIET_S)
            self.idle = self.house.memory()
            print(f"warm after {len(self.asked)} requests, seed {self.options.seed}: {self.idle:.1f} MB", flush=True)
            self.began = time.monotonic()
            progress = asyncio.create_task(self._progress())
            await self._load(lambda: time.monotonic() < self.began + self.options.minutes * 60)
            progress.cancel()
            await self._settle()
            return await report(self)
        finally:
            if self.house.process and not self.house.runs:
                print(f"the program ended by itself: {self.house.process.returncode}")
            await self.house.stop()
            self.provider.stop()

    async def _load(self, goes_on):
        """Sends requests, and waits until all of them have ended."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while goes_on() and self.house.runs:
            one = asyncio.create_task(self._one())
            self.under_way.add(one)
            one.add_done_callback(self.under_way.discard)
            due += 1 / self.options.rate
            await asyncio.sleep(max(0, due - loop.time()))
        if self.under_way:
            await asyncio.wait(self.under_way)

    async def _one(self):
        chance = self.chance
        task = Task(f"r{len(self.asked):05}", chance.choice(LENGTHS), chance.choice(KINDS))
        dialect, stream = chance.choice(list(PATHS)), chance.random() < STREAMS
        leaves = chance.uniform(0.02, 0.6) if chance.random() < LEFT else None
        ballast = chance.randrange(200_000) if chance.random() < LARGE else 0
        asked = Asked(task, f"{dialect} {'stream' if stream else 'whole'}", f"combo-{chance.randrange(COMBOS)}")
        self.asked.append(asked)
        body, exchange = request(dialect, stream, asked.combo, task, ballast), Exchange()
        sent = exchange.run(self.house, PATHS[dialect], body)
        try:
            await asyncio.wait_for(sent, leaves or HUNG_S)
            asked.end, asked.why = verdict(task, dialect, stream, exchange)
        except TimeoutError:
            asked.end, asked.why = ("left", "") if leaves else ("hung", f"{len(exchange.body)} bytes came")
        asked.id = exchange.headers.get("x-ninerouter-request", "")
        asked.first_s, asked.total_s = exchange.first_s, exchange.total_s
        asked.faults = self.provider.calls.pop(task.id, [])
        if asked.end in ("wrong", "hung", "error"):
            seen = [asked.why, str(asked), json.dumps(body)[:3000], f"{exchange.status} {exchange.headers}", ""]
            Path(self.folder, f"{asked.end}-{task.id}.txt").write_bytes("\n\n".join(seen).encode() + exchange.body)

    async def _progress(self):
        while self.house.runs:
            await asyncio.sleep(PROGRESS_S)
            memory = self.house.memory()
            self.highest = max(self.highest, memory)
            ends = Counter(one.end or "under way" for one in self.asked)
            counts = ", ".join(f"{ends[end]} {end}" for end in [*HEADINGS, "under way"])
            seconds = time.monotonic() - self.began
            print(f"{seconds:4.0f} s: {len(self.asked)} sent: {counts}; {memory:.1f} MB", flush=True)

    async def _settle(self):
        late = time.monotonic() + SETTLE_S
        await asyncio.sleep(QUIET_S)
        self.after = self.house.memory()
        while self.after > self.allowed and time.monotonic() < late:
            await asyncio.sleep(1)
            self.after = self.house.memory()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=20, help="requests a second (default: 20)")
    parser.add_argument("--seed", type=int, default=1, help="of the requests and the faults (default: 1)")
    parser.add_argument("--binary", type=Path, default=Path(os.environ.get("NINEROUTER_BIN", BINARY)))
    parser.add_argument("--keep", action="store_true", help="keep the data folder when all is well, too")
    parser.add_argument("--without", action="append", default=[], choices=FAULTS, help="leave a fault out")
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    folder = tempfile.mkdtemp(prefix="ninerouter-soak-")
    well = False
    try:
        well = asyncio.run(Soak(options, folder).run())
    finally:
        print("PASSED" if well else "FAILED")
        if options.keep or not well:
            print(f"data, log, answers and traces: {folder}")
        else:
            shutil.rmtree(folder)
    sys.exit(not well)


if __name__ == "__main__":
    main()
