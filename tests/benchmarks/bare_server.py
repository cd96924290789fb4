"""The limit for displays: the ``websockets`` library and nothing else.

A line on standard input is a message: it goes to every socket, and the moment before is printed.
"""

import asyncio
import json
import resource
import sys
import time

from websockets.asyncio.server import ServerConnection, broadcast, serve

HELLO = '{"type": "snapshot", "version": 0}'


async def main() -> None:
    sockets: set[ServerConnection] = set()

    async def join(socket: ServerConnection) -> None:
        sockets.add(socket)
        await socket.send(HELLO)
        try:
            await socket.wait_closed()
        finally:
            sockets.discard(socket)

    loop = asyncio.get_running_loop()
    async with serve(join, "127.0.0.1", 0, backlog=4096, ping_interval=None) as server:
        await loop.run_in_executor(None, sys.stdin.readline)  # its task, which is always the same
        print(json.dumps(server.sockets[0].getsockname()[1]), flush=True)
        while message := await loop.run_in_executor(None, sys.stdin.readline):
            before = time.monotonic()
            broadcast(sockets, message.strip())
            print(json.dumps(before), flush=True)


if __name__ == "__main__":
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(main())
