"""More requests at a time than the service takes are told to come back, and hold up nobody."""

import asyncio
import json

from photodedup.service.desk import Terms
from photodedup.service.guard import Guard


class Client:
    """Sends requests to a guard before an app that answers when it is let."""

    def __init__(self, most):
        self.go = asyncio.Event()
        self.guard = Guard(self._app, Terms(most_requests=most))

    async def _app(self, scope, receive, send):
        await receive()
        if scope["path"] != "/health":
            await self.go.wait()
        if scope["path"] == "/breaks":
            raise RuntimeError("a fault of the app")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def ask(self, path="/api/check"):
        """Status, headers and body of an answer."""
        sent = []

        async def receive():
            return {"type": "http.request", "body": b"a picture", "more_body": False}

        async def send(message):
            sent.append(message)

        await self.guard({"type": "http", "path": path, "headers": []}, receive, send)
        start, body = sent
        return start["status"], dict(start["headers"]), json.loads(body["body"])


def test_one_request_too_many_is_told_to_come_back():
    async def story():
        client = Client(2)
        first = [asyncio.create_task(client.ask()) for _ in range(2)]
        await asyncio.sleep(0)
        status, headers, body = await client.ask()
        assert (status, headers[b"retry-after"]) == (503, b"1")
        assert body == {"detail": "The service is busy with 2 requests: send this one again in a second."}
        assert (await client.ask("/health"))[0] == 200
        client.go.set()
        assert [status for status, *_ in await asyncio.gather(*first)] == [200, 200]
        assert (await client.ask())[0] == 200

    asyncio.run(story())


def test_a_request_that_broke_leaves_its_place():
    async def story():
        client = Client(1)
        client.go.set()
        broken = await asyncio.gather(client.ask("/breaks"), return_exceptions=True)
        assert isinstance(broken[0], RuntimeError)
        assert (await client.ask())[0] == 200

    asyncio.run(story())
