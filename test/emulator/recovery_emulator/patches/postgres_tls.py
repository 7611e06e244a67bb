"""TLS of the PostgreSQL servers: one certificate for 127.0.0.1, which vouches for itself, as RDS has certificates of its own authority."""

import datetime
import ipaddress
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from recovery_emulator.control import endpoint

_DAYS = 30


@cache
def _made() -> tuple[str, str]:
    """The certificate and its key, in PEM: new ones for each emulator, by the time of this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "recovery emulator")])
    now = datetime.datetime.now(datetime.timezone.utc)
    places = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(places), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), pem.decode()


def files() -> dict[str, str]:
    """What a server reads, by the setting that names the file."""
    certificate, key = _made()
    return {"ssl_cert_file": certificate, "ssl_key_file": key}


@endpoint("GET", "certificate-authority")
def _authority(_: dict[str, str]) -> dict[str, str]:
    return {"pem": _made()[0]}
