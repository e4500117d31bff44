"""Log in to PostgreSQL as a role, with one of two passwords while one master key is exchanged for another."""

from typing import Any

from psycopg import AsyncConnection, OperationalError
from psycopg.pq import ConnStatus

OTHER = "other_password"


async def connected(conninfo: str = "", **parameters: Any) -> AsyncConnection[Any]:
    """Connect with a role's parameters; a second password is tried when the first one is refused."""
    other = parameters.pop(OTHER, None)
    try:
        return await AsyncConnection.connect(conninfo, **parameters)
    except OperationalError as error:
        if other is None or not refused_password(error):
            raise
    return await AsyncConnection.connect(conninfo, **{**parameters, "password": other})


def refused_password(error: OperationalError) -> bool:
    """Tell whether the server ended the connection after it had been told a password."""
    connection = error.pgconn
    return connection is not None and connection.status == ConnStatus.BAD and connection.used_password
