"""Certificates are checked: the system's authorities, or the relay's own CA if its address names it."""

import hashlib
import ipaddress
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
import relays
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backchannel.errors import Refused, Unreachable
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


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    """A relay with a certificate of its own CA, which it offers; the CA's digest."""
    folder = tmp_path_factory.mktemp("tls")
    ca_key, ca = authority("our relay's CA")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = _certificate("relay", key.public_key(), "our relay's CA", ca_key, alternative=name)
    for file, thing in (("ca.pem", ca), ("relay.pem", certificate), ("relay.key", key)):
        (folder / file).write_bytes(pem(thing))
    port = relays.free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "backchannel", "relay", "run", "--store", "r.db", "--port", str(port), "--ca", "ca.pem",
         "--certificate", "relay.pem", "--key", "relay.key"],
        cwd=folder, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"https://127.0.0.1:{port}"
    for _ in range(400):
        try:
            RelayClient(url, digest(ca)).info()
            break
        except Unreachable:
            time.sleep(0.05)
    yield url, digest(ca)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_the_relays_own_ca_is_believed_by_its_digest(relay):
    url, ca = relay
    assert RelayClient(url, ca).info().prefix_bits == 4
    assert RelayClient(url, ca).ca_digest() == ca


def test_another_ca_digest_is_refused(relay):
    url, _ = relay
    _, other = authority("another CA")
    with pytest.raises(Refused) as caught:
        RelayClient(url, digest(other)).info()
    assert caught.value.mark == "R4"


def test_a_certificate_of_no_known_authority_is_refused(relay):
    """Without a digest only the system's authorities count."""
    url, _ = relay
    with pytest.raises(Refused) as caught:
        RelayClient(url).info()
    assert caught.value.mark == "R4"


def test_a_certificate_for_another_name_is_refused(relay):
    url, ca = relay
    with pytest.raises(Refused) as caught:
        RelayClient(url.replace("127.0.0.1", "localhost"), ca).info()
    assert caught.value.mark == "R4"
