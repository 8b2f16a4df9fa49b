"""Certificates are checked: the system's authorities, or the relay's own CA. Who speaks no TLS costs nothing."""

import hashlib
import ipaddress
import os
import ssl
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta

import pytest
import relays
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backchannel.errors import Refused
from backchannel.relay.client import RelayClient


def authority(name: str):
    key = ec.generate_private_key(ec.SECP256R1())
    return key, _certificate(name, key.public_key(), name, key, ca=True)


def _certificate(name, public, issuer, issuer_key, *, ca=False, alternative=None):
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(x509.KeyUsage(not ca, False, False, False, False, ca, ca, False, False), critical=True)
    )
    if alternative is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def pem(thing) -> bytes:
    if isinstance(thing, x509.Certificate):
        return thing.public_bytes(serialization.Encoding.PEM)
    return thing.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def digest(certificate) -> bytes:
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).digest()


FILES = {"ca": "ca.pem", "certificate": "relay.pem", "key": "relay.key"}


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    """A relay with a certificate of its own CA, which it offers."""
    folder = tmp_path_factory.mktemp("tls")
    ca_key, ca = authority("our relay's CA")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = _certificate("relay", key.public_key(), "our relay's CA", ca_key, alternative=name)
    for file, thing in (("ca.pem", ca), ("relay.pem", certificate), ("relay.key", key)):
        (folder / file).write_bytes(pem(thing))
    named = [f"--{option}={folder / file}" for option, file in FILES.items()]
    with relays.besieged(folder, *named, ca=digest(ca)) as relay:
        yield relay


def test_the_relays_own_ca_is_believed_by_its_digest(relay):
    url, ca = relay.url, relay.ca
    assert RelayClient(url, ca).info().prefix_bits == 4
    assert RelayClient(url, ca).ca_digest() == ca


def test_another_ca_digest_is_refused(relay):
    url = relay.url
    _, other = authority("another CA")
    with pytest.raises(Refused) as caught:
        RelayClient(url, digest(other)).info()
    assert caught.value.mark == "R4"


def test_a_certificate_of_no_known_authority_is_refused(relay):
    """Without a digest only the system's authorities count."""
    url = relay.url
    with pytest.raises(Refused) as caught:
        RelayClient(url).info()
    assert caught.value.mark == "R4"


def test_a_certificate_for_another_name_is_refused(relay):
    url, ca = relay.url, relay.ca
    with pytest.raises(Refused) as caught:
        RelayClient(url.replace("127.0.0.1", "localhost"), ca).info()
    assert caught.value.mark == "R4"


def unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def test_clients_that_do_not_finish_the_handshake_keep_nobody_out(relay):
    """More than there may be connections: each counts and gives way before it has said a word of TLS."""
    at_rest, before = relay.sockets(), relay.peak()
    with ExitStack() as peers:
        for n in range(1200):
            peer = peers.enter_context(relay.connect())
            with suppress(ConnectionError):
                peer.sendall((b"", b"\x16\x03\x01\x40\x00\x01")[n % 2])
        relays.honest(relay)
        assert relay.sockets() - at_rest <= 1024 + 16
        assert relay.peak() - before < 160 << 20


def test_what_is_no_tls_ends_the_connection_and_nothing_is_said(relay):
    for bytes_ in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + bytes(70_000), os.urandom(100_000)):
        assert relays.ask(relay, bytes_)[:1] in (b"", b"\x15")  # nothing, or a TLS alert
    assert relay.said() == ""


def test_what_comes_with_the_end_of_the_handshake_is_answered(relay):
    """A client that sends the last of the handshake and its request in one packet."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = unchecked().wrap_bio(incoming, outgoing)
    with relay.connect() as peer:
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                peer.sendall(outgoing.read())
                incoming.write(peer.recv(65_536))
        tls.write(b"GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        peer.sendall(outgoing.read())
        said = b""
        while b"writable" not in said:
            incoming.write(peer.recv(65_536))
            with suppress(ssl.SSLWantReadError):
                said += tls.read(65_536)
        assert relays.answers(said) == [(200, "")]
