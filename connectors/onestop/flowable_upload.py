"""A file as Flowable takes it: a multipart form with a binary variable, written as the file comes.

Source: Flowable REST, create or update variables of a process instance: fields `name`, `type`, `scope`, and the file.
"""

import secrets
from collections.abc import AsyncIterator

from campus.upload import ArrivingFile
from connectors.wire import Raw


def binary_variable(name: str, file: ArrivingFile) -> Raw:
    """The body of a request that sets it. What the file is called stands in the variable `files`, never here."""
    boundary = secrets.token_hex(16)

    async def written() -> AsyncIterator[bytes]:
        for field, value in (("name", name), ("type", "binary"), ("scope", "local")):
            yield f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        yield (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: {file.type}\r\n\r\n"
        ).encode()
        async for chunk in file.chunks():
            yield chunk
        yield f"\r\n--{boundary}--\r\n".encode()

    return Raw(written(), f"multipart/form-data; boundary={boundary}")
