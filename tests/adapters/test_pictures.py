"""Only a messenger's own hosts are asked for a picture."""

import pytest

from adapters.pictures import OwnHosts

HOSTS = OwnHosts("http://127.0.0.1:8080/bot", ("files.example",))


@pytest.mark.parametrize(
    "address",
    [
        "https://files.example/a.jpg",
        "https://eu.files.example:443/a.jpg",
        "https://FILES.example./a.jpg",
        "http://127.0.0.1:8080/a.jpg",
    ],
)
def test_its_own_hosts_are_believed(address: str) -> None:
    assert address in HOSTS


@pytest.mark.parametrize(
    "address",
    [
        "http://files.example/a.jpg",
        "https://files.example:8443/a.jpg",
        "https://files.example:port/a.jpg",
        "https://somebody@files.example/a.jpg",
        "https://notfiles.example/a.jpg",
        "https://files.example.org/a.jpg",
        "http://127.0.0.1:8081/a.jpg",
        "http://127.0.0.1/a.jpg",
        "file:///etc/passwd",
        "https://[bad/a.jpg",
        "",
    ],
)
def test_every_other_address_is_not(address: str) -> None:
    assert address not in HOSTS
