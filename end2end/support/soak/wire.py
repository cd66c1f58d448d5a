"""As much of HTTP as both sides need, on bare sockets: every byte and every broken connection is seen."""

import asyncio


class Broken(Exception):
    """The connection ended before the message did."""


async def head(reader):
    """The first line and the headers; `None`: the other side is done."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise Broken("in the headers") from end
        return None
    first, *lines = raw.decode("latin-1").strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return first, {name.lower(): value.strip() for name, _, value in pairs}


async def chunks(reader, headers):
    """The pieces of a body, to its end."""
    try:
        if headers.get("transfer-encoding") == "chunked":
            while size := int(await reader.readline() or b"x", 16):
                yield await reader.readexactly(size)
                await reader.readexactly(2)
            await reader.readline()
        elif size := int(headers.get("content-length", 0)):
            yield await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ValueError, ConnectionError) as end:
        raise Broken("in the body") from end
