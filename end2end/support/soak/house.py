"""The binary under test, in a data folder of its own, and its management API."""

import asyncio
import itertools
import json
import re
import urllib.request
from pathlib import Path

PASSWORD = "correct horse battery"
DIALECTS = ("chat", "messages", "responses", "gemini")
STRATEGIES = ("priority", "round-robin", "weighted", "fastest", "least-busy")
COMBOS = 24
ACCOUNTS = 3
# A model that keeps failing or is limited is left alone: with more of them there is always one to fail.
MODELS = 6
# What is waited for, in ms: shorter than the provider's slow ones.
POLICY = {"first_byte_ms": 8000, "whole_reply_ms": 8000, "idle_ms": 8000, "circuit_ms": 4000}
LIMITS = {"first_token_ms": 1000, "stall_ms": 1500}
START_S, STOP_S = 20, 30


class House:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.process = self.bearer = self.key = None

    async def start(self):
        env = {"HOME": self.folder, "DATA_DIR": self.folder, "PORT": "0", "INITIAL_PASSWORD": PASSWORD}
        with open(Path(self.folder, "ninerouter.log"), "wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                self.binary, env=env, stdout=asyncio.subprocess.PIPE, stderr=log
            )
        ready = None
        while not ready:
            line = await asyncio.wait_for(self.process.stdout.readline(), START_S)
            if not line:
                raise RuntimeError(f"{self.binary} did not start")
            ready = re.search(rb"ready at (http://([^:]+):(\d+))", line)
        self.url, self.host, self.port = ready[1].decode(), ready[2].decode(), int(ready[3])
        self.said = asyncio.create_task(self.process.stdout.read())
        self.bearer = (await self.api("POST", "/login", {"name": "admin", "password": PASSWORD}))["token"]

    @property
    def runs(self):
        return self.process is not None and self.process.returncode is None

    async def stop(self):
        if self.runs:
            self.process.terminate()
            await asyncio.wait_for(self.process.wait(), STOP_S)

    async def api(self, method, path, body=None):
        return await asyncio.to_thread(self._api, method, path, body)

    def _api(self, method, path, body):
        headers = {"content-type": "application/json"}
        if self.bearer:
            headers["authorization"] = f"Bearer {self.bearer}"
        data = None if body is None else json.dumps(body).encode()
        call = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(call, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    async def furnish(self, provider, chance):
        """Endpoints of each dialect, some that fail and some that never do, and combos of three and one of them."""
        for kind, dialect in itertools.product(("rough", "calm"), DIALECTS):
            prefix, version = f"{kind}-{dialect}", "v1beta" if dialect == "gemini" else "v1"
            endpoint = {"name": prefix, "prefix": prefix, "dialect": dialect, "private_network": True}
            await self.api("POST", "/endpoints", endpoint | {"base_url": f"{provider.url}/{prefix}/{version}"})
            for number in range(ACCOUNTS):
                account = {"provider": prefix, "name": f"account {number}", "key": f"key-{prefix}-{number}"}
                await self.api("POST", "/accounts", account)
            await self.api("PUT", f"/providers/{prefix}/rotation", {"rotation": "round-robin"})
        policy = (await self.api("GET", "/settings"))["policy"]
        await self.api("PUT", "/settings/policy", policy | POLICY)
        for number in range(COMBOS):
            targets = [f"rough-{dialect}/m{chance.randrange(MODELS)}" for dialect in chance.sample(DIALECTS, 3)]
            # Where one that never fails stands first, nothing would be tried.
            targets.insert(chance.randint(1, 3), f"calm-{chance.choice(DIALECTS)}/m0")
            combo = {"name": f"combo-{number}", "strategy": STRATEGIES[number % len(STRATEGIES)]}
            combo["targets"] = [{"model": target} for target in targets]
            await self.api("POST", "/combos", combo | LIMITS)
        self.key = (await self.api("POST", "/keys", {"name": "soak"}))["secret"]

    def memory(self):
        """Resident memory, MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    async def recorded(self):
        """Every recorded request, by id."""
        rows, before = {}, ""
        while before is not None:
            page = await self.api("GET", f"/requests?before={before}")
            rows |= {row["id"]: row for row in page["rows"]}
            before = page["next"]
        return rows
