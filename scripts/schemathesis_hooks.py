"""What Schemathesis must be told of application/cose: any bytes are sent as they are; few are a message."""

import schemathesis
from hypothesis import strategies


@schemathesis.serializer("application/cose")
def as_it_is(context, value):
    return value


# Nothing, noise, and what begins as a COSE_Sign1 does.
schemathesis.openapi.media_type(
    "application/cose",
    strategies.one_of(
        strategies.binary(max_size=200),
        strategies.binary(max_size=200).map(lambda rest: b"\xd2\x84" + rest)))
