"""The settings of an installation: read once, checked all together, then never changed.

They come from the environment (`COURSE_…`) or from `config.toml` in the instance folder, where the same
names are written in lower case without `COURSE_`. The environment wins. What is wrong is said in Danish,
since the administrator is Danish, and all at once. docs/indstillinger.md explains every one of them.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from course.content.root import is_root

PREFIX = "COURSE_"
# The first says where the settings are; the rest belongs to the tests.
NOT_SETTINGS = ("COURSE_INSTANCE", "COURSE_TEST_")
FILE = "config.toml"
DEFAULT_BASE_URL = "http://127.0.0.1:8000"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MAKE_SECRET = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
SECRET_LENGTH = 32
SECRET_VARIETY = 12
# Found in guides, examples and other people's files.
KNOWN_SECRETS = re.compile(
    r"change.?me|change.?this|secret.?key|super.?secret|not.?so.?secret|password|adgangskode|hemmelig"
    r"|eksempel|example|0123456789|abcdefgh|qwertyui|din.?n(ø|oe)gle|your.?key",
    re.IGNORECASE,
)


class SettingsError(Exception):
    """The settings cannot be used. `faults` holds one Danish sentence for each thing that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Settings:
    """Everything a deployment may decide. Secrets are kept out of `repr`."""

    instance: Path
    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    base_url: str = DEFAULT_BASE_URL
    content_root: Path | None = None
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    trusted_proxies: int = 0
    trusted_hosts: tuple[str, ...] = LOOPBACK
    bind: str = "127.0.0.1:8000"
    workers: int = 2
    # Set by the commands `course demo` and `course preview`, never by configuration.
    demo: bool = False
    debug: bool = False

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may only travel over https."""
        return self.base_url.startswith("https://")

    @classmethod
    def load(cls, environ: Mapping[str, str], cwd: Path) -> "Settings":
        """Read the settings of the process (`os.environ`, `Path.cwd()`); SettingsError with every fault."""
        instance = (cwd / (environ.get("COURSE_INSTANCE") or "instance")).resolve()
        faults: list[str] = []
        given = {**from_file(instance / FILE, faults), **from_environment(environ, faults)}
        known = read_all(given, instance, faults)
        faults += disagreements(given, known)
        if faults:
            raise SettingsError(faults)
        return cls(instance=instance, **known)


def from_file(path: Path, faults: list[str]) -> dict[str, str]:
    """What config.toml says, as text under lower-case names; complaints go into `faults`."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{path} kan ikke læses som TOML: {error}.")
        return {}
    except OSError as error:
        faults.append(f"{path} kan ikke åbnes: {error.strerror}.")
        return {}
    names = ", ".join(sorted(READERS))
    for name in sorted(table.keys() - READERS.keys()):
        faults.append(f"{path}: indstillingen »{name}« findes ikke. Kendte navne: {names}.")
    return {name: toml_text(value) for name, value in table.items() if name in READERS}


def toml_text(value: object) -> str:
    return ",".join(str(part) for part in value) if isinstance(value, list) else str(value)


def from_environment(environ: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    """What the environment says. An empty variable counts as not given; an unknown one is a fault."""
    given = {}
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable.startswith(NOT_SETTINGS):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in READERS:
            faults.append(f"Miljøvariablen {variable} er ikke en indstilling. Er navnet stavet rigtigt?")
        elif value.strip():
            given[name] = value.strip()
    return given


def read_all(given: Mapping[str, str], instance: Path, faults: list[str]) -> dict:
    """Each given setting turned into its value, the two that must exist filled in or complained about."""
    known: dict = {}
    for name, text in given.items():
        try:
            known[name] = READERS[name](text)
        except ValueError as error:
            faults.append(f"{PREFIX}{name.upper()} {error}")
    if "secret_key" not in given:
        faults.append(f"COURSE_SECRET_KEY mangler. Lav en nøgle med: {MAKE_SECRET}")
    if "database_url" not in given:
        known["database_url"] = f"sqlite:///{instance / 'course.db'}"
    hosts = (
        urlsplit(known.get("base_url", DEFAULT_BASE_URL)).hostname or "",
        *known.get("trusted_hosts", ()),
    )
    known["trusted_hosts"] = tuple(dict.fromkeys(hosts if hosts[0] not in LOOPBACK else (*LOOPBACK, *hosts)))
    return known


def disagreements(given: Mapping[str, str], known: Mapping[str, object]) -> list[str]:
    """What each setting alone does not show: settings that need one another."""
    faults = []
    if "smtp_url" in given and "mail_from" not in given:
        faults.append("COURSE_MAIL_FROM mangler: mail, der sendes (COURSE_SMTP_URL), skal have en afsender.")
    if "smtp_url" in given and "base_url" not in given:
        faults.append("COURSE_BASE_URL mangler: mailene skal kunne pege på kursets rigtige adresse.")
    return faults


def read_secret(text: str) -> str:
    """The key that signs cookies and tokens; the complaint never repeats it."""
    faults = []
    if len(text) < SECRET_LENGTH:
        faults.append(f"er for kort (mindst {SECRET_LENGTH} tegn)")
    if len(set(text)) < SECRET_VARIETY:
        faults.append(f"er for ensformig (mindst {SECRET_VARIETY} forskellige tegn)")
    if KNOWN_SECRETS.search(text):
        faults.append("ligner et eksempel, som andre også kender")
    if faults:
        raise ValueError(f"{' og '.join(faults)}. Lav en ny med: {MAKE_SECRET}")
    return text


def read_database(text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("er ikke en adresse på en database, fx postgresql://bruger@vært/kursus.") from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        return text
    raise ValueError("skal begynde med sqlite:/// og en fil eller med postgresql://.")


def read_base_url(text: str) -> str:
    parts = split(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("skal være kursets adresse, fx https://kursus.example.dk.")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise ValueError("må kun bestå af skema og vært (og evt. port), uden sti og bruger.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("skal begynde med https://; kun denne maskine selv (127.0.0.1) kan nås over http.")
    return text.rstrip("/")


def split(text: str):
    """`urlsplit` that also looks at the port; ValueError in Danish."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("er ikke en adresse.") from None
    return parts


def read_smtp(text: str) -> str:
    parts = split(text)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("skal se ud som smtp://bruger:kode@vært:587 (STARTTLS) eller smtps://bruger:kode@vært:465.")
    return text


def read_address(text: str) -> str:
    """A sender: an address alone, or a name and an address in angle brackets."""
    if re.fullmatch(r'([^<>@"\r\n]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)', text) is None:
        raise ValueError("skal være en mailadresse, fx kursus@example.dk eller Kurset <kursus@example.dk>.")
    return text


def read_content_root(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    if not is_root(path):
        raise ValueError(f"peger på {path}, hvor der ikke er nogen mappe »modules«.")
    return path


def read_hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip() for part in text.split(",") if part.strip())
    for host in hosts:
        if re.fullmatch(r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", host) is None:
            raise ValueError(f"skal være værtsnavne adskilt af komma; »{host}« er ikke et værtsnavn.")
    return hosts


def read_bind(text: str) -> str:
    if re.fullmatch(r"unix:/\S+", text):
        return text
    found = re.fullmatch(r"(\S+):(\d{1,5})", text)
    if found is None or int(found[2]) > 65535:
        raise ValueError("skal være adresse:port, fx 127.0.0.1:8000, eller unix:/sti/til/socket.")
    return text


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"\d{1,6}", text) or not lowest <= int(text) <= highest:
            raise ValueError(f"skal være et helt tal fra {lowest} til {highest}.")
        return int(text)

    return read


# Every setting that may be given, and what turns its text into a value or raises a Danish ValueError.
READERS: Mapping[str, Callable[[str], object]] = {
    "base_url": read_base_url,
    "bind": read_bind,
    "content_root": read_content_root,
    "database_url": read_database,
    "mail_from": read_address,
    "secret_key": read_secret,
    "smtp_url": read_smtp,
    "trusted_hosts": read_hosts,
    "trusted_proxies": whole_number(0, 5),
    "workers": whole_number(1, 64),
}
