"""What is asked, and the one right answer to it: known from the prompt alone, whoever answers."""

import json
import re
from dataclasses import dataclass

TOOL = "note"
SCHEMA = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "words": {"type": "string"}},
    "required": ["id", "words"],
}
MARK = re.compile(rb"soak:([0-9a-z]+):(\d+):(text|call|both)")
# Words before a call.
PREFACE = 6


@dataclass(frozen=True)
class Task:
    """One request. `kind`: words, a call of the tool, or words and then the call."""

    id: str
    length: int
    kind: str

    @classmethod
    def found_in(cls, body):
        number, length, kind = MARK.search(body).groups()
        return cls(number.decode(), int(length), kind.decode())

    @property
    def prompt(self):
        return f"soak:{self.id}:{self.length}:{self.kind}"

    @property
    def calls(self):
        return self.kind != "text"

    @property
    def text(self):
        return {"text": self._words(self.length), "call": "", "both": self._words(PREFACE)}[self.kind]

    @property
    def arguments(self):
        """The call's arguments; `None`: no call."""
        words = f'"quoted\\" {self._words(self.length)}'
        return json.dumps({"id": self.id, "words": words}, ensure_ascii=False) if self.calls else None

    def _words(self, count):
        # Every word is another one, so that a repetition, a gap and another's answer all show.
        return " ".join(f"w{n:04}-{self.id}{'é東🚀' if n % 7 == 3 else ''}" for n in range(1, count + 1))
