"""No test connects to another computer."""

import socket
import ssl

import pytest


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_connection_to_another_computer_fails(wrapped: bool) -> None:
    with socket.socket() as made:
        tried = ssl.create_default_context().wrap_socket(made, server_hostname="x") if wrapped else made
        with tried, pytest.raises(AssertionError) as refused:
            tried.connect(("192.0.2.1", 443))
    assert str(refused.value) == "A test connects to 192.0.2.1; tests use this computer only."


def test_this_computer_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
