"""A proxy that a bad network is made of: between a terminal and its hub, on loopback, in this process.

It reads whole HTTP/1.1 messages, so that it can lose, repeat and hold back what a terminal means, and
writes bytes, so that it can cut at any of them. What happens to an exchange is drawn from the seed:

  lost       the connection ends; half of the time the hub has had the request
  truncated  the hub, or the terminal, gets the first bytes of a message and no more
  flipped    one bit of a message's body is turned
  repeated   the hub gets the request twice
  late       the terminal's connection ends; the hub gets the request some time afterwards, after others
  delayed    everything takes a while
"""

import asyncio
import collections
import contextlib
import random
import threading

LONGEST_HEAD = 1 << 14
LONGEST_BODY = 1 << 23  # above the longest message that a hub sends to a terminal
LONGEST_DELAY_SECONDS = 0.05
LONGEST_LATE_SECONDS = 2.0
HUB_SECONDS = 30


class Weather:
    """The chances of each, for one exchange; at most one of them happens."""

    def __init__(self, lost=0.0, truncated=0.0, flipped=0.0, repeated=0.0, late=0.0, delayed=0.0):
        self.chances = {"lost": lost, "truncated": truncated, "flipped": flipped,
                        "repeated": repeated, "late": late, "delayed": delayed}

    def draw(self, dice):
        drawn = dice.random()
        for name, chance in self.chances.items():
            if drawn < chance:
                return name
            drawn -= chance
        return "passed"


class Proxy:
    def __init__(self, target_port, weather, seed):
        self.target_port, self.weather = target_port, weather
        self.dice, self.counts = random.Random(seed), collections.Counter()
        self.port, self.ready = 0, threading.Event()
        self.late = set()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)

    def start(self):
        self.thread.start()
        self.ready.wait()

    def stop(self):
        self.loop.call_soon_threadsafe(self.end.set)
        self.thread.join()

    async def serve(self):
        self.loop, self.end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self.connection, "127.0.0.1", 0, limit=LONGEST_HEAD)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        await self.end.wait()
        server.close()
        for task in self.late:
            task.cancel()

    async def connection(self, reader, writer):
        try:
            while message := await self.message(reader):
                if not await self.exchange(message, writer):
                    break
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.transport.abort() if self.dice.random() < 0.5 else writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    @staticmethod
    async def message(reader, is_answer=False):
        """One whole message, head and body apart; None at the end of the stream."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as end:
            if end.partial:
                raise
            return None
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"transfer-encoding":
                raise ValueError("a hub and a terminal tell how long a message is")
            if name.lower() == b"content-length":
                length = int(value)
        if length > LONGEST_BODY or (is_answer and head.split(b" ", 2)[1] in (b"204", b"304")):
            length = 0 if length <= LONGEST_BODY else LONGEST_BODY + 1
        if length > LONGEST_BODY:
            raise ValueError("no message is so long")
        return head, await reader.readexactly(length)

    async def ask(self, head, body):
        """The hub's answer to a request, on a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target_port,
                                                       limit=LONGEST_HEAD)
        try:
            writer.write(head + body)
            await writer.drain()
            return await asyncio.wait_for(self.message(reader, is_answer=True), HUB_SECONDS)
        finally:
            writer.transport.abort()

    async def cut_short(self, data):
        """Gives the hub the first bytes of a request."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        writer.write(data[:self.dice.randrange(len(data))])
        await writer.drain()
        writer.close()

    async def ask_late(self, head, body):
        await asyncio.sleep(self.dice.random() * LONGEST_LATE_SECONDS)
        with contextlib.suppress(OSError, EOFError, ValueError, asyncio.TimeoutError):
            await self.ask(head, body)

    def flipped(self, body):
        if not body:
            return body
        place = self.dice.randrange(len(body))
        return body[:place] + bytes([body[place] ^ 1 << self.dice.randrange(8)]) + body[place + 1:]

    async def exchange(self, message, writer):
        """One exchange, and what becomes of it; whether the connection goes on."""
        (head, body), what = message, self.weather.draw(self.dice)
        self.counts[what] += 1
        on_the_way_there = self.dice.random() < 0.5
        if what == "delayed":
            await asyncio.sleep(self.dice.random() * LONGEST_DELAY_SECONDS)
        if what == "lost" and on_the_way_there:
            return False
        if what == "late":
            task = asyncio.ensure_future(self.ask_late(head, body))
            self.late.add(task)
            task.add_done_callback(self.late.discard)
            return False
        if what == "truncated" and on_the_way_there:
            await self.cut_short(head + body)
            return False
        if what == "flipped" and on_the_way_there:
            body = self.flipped(body)
        answer = await self.ask(head, body)
        if what == "repeated":
            answer = await self.ask(head, body)
        if what == "lost" or answer is None:
            return False
        answer_head, answer_body = answer
        if what == "flipped" and not on_the_way_there:
            answer_body = self.flipped(answer_body)
        data = answer_head + answer_body
        if what == "truncated":
            data = data[:self.dice.randrange(len(data))]
        # In pieces, as a network brings them.
        middle = self.dice.randrange(len(data) + 1)
        writer.write(data[:middle])
        await writer.drain()
        writer.write(data[middle:])
        await writer.drain()
        return what != "truncated"
