"""Which of a machine's addresses others in the room are given."""

from __future__ import annotations

import ipaddress

import pytest

from core.hardware.network import Interface, best_address, interfaces, lan_address

WIFI, CABLE = Interface("wlp2s0", "192.168.1.20"), Interface("enp3s0", "10.0.0.7")
LOOPBACK = Interface("lo", "127.0.0.1")
DOCKER, VPN = Interface("docker0", "172.17.0.1"), Interface("tun0", "10.8.0.2")
WINDOWS = Interface("vEthernet (WSL)", "172.20.0.1")
PUBLIC = Interface("eth1", "93.184.215.14")
ALONE = Interface("eth0", "169.254.7.7")


@pytest.mark.parametrize(
    ("found", "outwards", "expected"),
    [
        ([LOOPBACK, WIFI], None, WIFI.address),
        ([WIFI, CABLE], CABLE.address, CABLE.address),
        ([DOCKER, WIFI, WINDOWS], None, WIFI.address),
        ([VPN, WIFI], VPN.address, WIFI.address),  # the way to the internet is not the way through the room
        ([PUBLIC, CABLE], None, CABLE.address),
        ([PUBLIC, CABLE], PUBLIC.address, PUBLIC.address),
        ([DOCKER, LOOPBACK], None, DOCKER.address),
        ([LOOPBACK, ALONE], None, None),
        ([Interface("odd", "no address")], None, None),
        ([], None, None),
    ],
)
def test_people_in_the_room_get_the_address_of_a_real_network(found, outwards, expected):
    assert best_address(found, outwards) == expected


def test_this_machine_has_a_loopback_and_perhaps_a_network():
    found = {each.address for each in interfaces()}
    address = lan_address()

    assert "127.0.0.1" in found
    assert address is None or (address in found and not ipaddress.ip_address(address).is_loopback)
