"""What the SDK tests get: a scripted provider and a Ninerouter of their own."""

import json
import os
import re
import select
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("NINEROUTER_BIN", ROOT / "target/debug/ninerouter")).resolve()
SCRIPTED = Path(os.environ.get("NINEROUTER_SCRIPTED", BINARY.parent / "examples/scripted_provider")).resolve()

# The text of every good answer: letters of one to four bytes.
WORDS = "Grüße aus 東京 🚀."
PASSWORD = "correct horse battery"
START_S = 20


class Program:
    """A program that says where it listens, and is ended with its test."""

    def __init__(self, path, env, ready):
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: cargo xtask test builds it")
        self.process = subprocess.Popen([path], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.url = self._wait(ready)

    def _wait(self, ready):
        said, late = "", time.monotonic() + START_S
        while time.monotonic() < late and self.process.poll() is None:
            if select.select([self.process.stdout], [], [], 0.1)[0]:
                said += os.read(self.process.stdout.fileno(), 65536).decode()
            if found := re.search(ready, said):
                return found.group(1)
        self.process.kill()
        raise RuntimeError(f"{self.process.args[0]} was not ready in time: {said}")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


class Provider(Program):
    def __init__(self):
        super().__init__(SCRIPTED, {"PORT": "0"}, r"(http://\S+)\s")

    def seen(self):
        return call("GET", f"{self.url}/_seen")


class House(Program):
    def __init__(self, folder):
        env = {"HOME": folder, "DATA_DIR": folder, "PORT": "0", "INITIAL_PASSWORD": PASSWORD}
        super().__init__(BINARY, env, r"ready at (\S+)\n")
        self.bearer = None
        self.bearer = self.api("POST", "/login", {"name": "admin", "password": PASSWORD})["token"]

    def api(self, method, path, body=None):
        return call(method, f"{self.url}/api/v1{path}", body, self.bearer)

    def connect(self, provider, prefix="scripted", dialect="chat", keys=("good",), models=()):
        endpoint = {
            "name": prefix.title(),
            "prefix": prefix,
            "dialect": dialect,
            # Ollama's address has no version.
            "base_url": provider.url if dialect == "ollama" else f"{provider.url}/v1",
            "private_network": True,
            "models": list(models),
        }
        self.api("POST", "/endpoints", endpoint)
        for number, key in enumerate(keys, 1):
            self.api("POST", "/accounts", {"provider": prefix, "name": f"account {number}", "key": key})

    def key(self):
        return self.api("POST", "/keys", {"name": f"key {time.monotonic_ns()}"})["secret"]


def call(method, url, body=None, bearer=None):
    headers = {"content-type": "application/json"}
    if bearer:
        headers["authorization"] = f"Bearer {bearer}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=30) as answer:
        return json.loads(answer.read() or "null")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """The SDKs read these; everything here is on this machine."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def provider():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def house():
    with tempfile.TemporaryDirectory(prefix="ninerouter-sdk-") as folder:
        house = House(folder)
        yield house
        house.stop()
