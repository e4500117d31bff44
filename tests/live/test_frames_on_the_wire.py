"""Frames go out as they are: to compress them for each reader would cost more than it saves."""

from websockets.asyncio.client import connect

from api.limits import Limits
from app.bootstrap import Colophon
from app.serving import serving
from app.up import listening_socket
from app.web import create_app


async def test_a_client_that_offers_compression_gets_frames_as_they_are(colophon: Colophon) -> None:
    listener = listening_socket("127.0.0.1", 0)
    async with serving(create_app(colophon), listener, frame_bytes_max=Limits().frame_bytes_max):
        url = f"ws://127.0.0.1:{listener.getsockname()[1]}/hocuspocus"
        async with connect(url, compression="deflate", proxy=None) as socket:
            assert not socket.protocol.extensions
