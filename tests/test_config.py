"""What an administrator may write, and what is said when it is wrong."""

import secrets
from pathlib import Path

import pytest

from course.config import READERS, Settings, SettingsError

SECRET = "kT3-vN8_qLx0ZrW5bYc7HdJ2mPfGs9Ua"
GOOD = {"COURSE_SECRET_KEY": SECRET}


def faults_of(environ: dict[str, str], cwd: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.load(environ, cwd)
    return caught.value.faults


def write_toml(cwd: Path, text: str) -> None:
    (cwd / "instance").mkdir()
    (cwd / "instance" / "config.toml").write_text(text, "utf-8")


def test_a_secret_is_all_that_has_to_be_given(tmp_path: Path) -> None:
    settings = Settings.load(GOOD, tmp_path)
    assert settings.instance == tmp_path / "instance"
    assert settings.database_url == f"sqlite:///{tmp_path}/instance/course.db"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.trusted_hosts == ("127.0.0.1", "localhost", "::1")
    assert not settings.secure_cookies
    assert not settings.demo
    assert not settings.debug


def test_other_variables_are_none_of_our_business(tmp_path: Path) -> None:
    environ = {**GOOD, "PATH": "/bin", "COURSE_TEST_WITHOUT_POSTGRES": "1", "COURSE_SMTP_URL": " "}
    assert Settings.load(environ, tmp_path) == Settings.load(GOOD, tmp_path)


def test_everything_can_be_given(tmp_path: Path) -> None:
    (tmp_path / "content" / "modules").mkdir(parents=True)
    settings = Settings.load(
        {
            **GOOD,
            "COURSE_INSTANCE": str(tmp_path / "data"),
            "COURSE_DATABASE_URL": "postgresql://kursus:kode@db/kursus",
            "COURSE_BASE_URL": "https://kursus.example.dk/",
            "COURSE_CONTENT_ROOT": str(tmp_path / "content"),
            "COURSE_SMTP_URL": "smtp://post:kode@mail.example.dk:587",
            "COURSE_MAIL_FROM": "Kurset <kursus@example.dk>",
            "COURSE_TRUSTED_PROXIES": "1",
            "COURSE_TRUSTED_HOSTS": "kursus, intern.example.dk",
            "COURSE_BIND": "unix:/run/kursus.sock",
            "COURSE_WORKERS": "4",
        },
        tmp_path,
    )
    assert settings == Settings(
        instance=tmp_path / "data",
        database_url="postgresql+psycopg://kursus:kode@db/kursus",
        secret_key=SECRET,
        base_url="https://kursus.example.dk",
        content_root=tmp_path / "content",
        smtp_url="smtp://post:kode@mail.example.dk:587",
        mail_from="Kurset <kursus@example.dk>",
        trusted_proxies=1,
        trusted_hosts=("kursus.example.dk", "kursus", "intern.example.dk"),
        bind="unix:/run/kursus.sock",
        workers=4,
    )
    assert settings.secure_cookies


def test_the_file_counts_and_the_environment_wins(tmp_path: Path) -> None:
    write_toml(tmp_path, f'secret_key = "{SECRET}"\nworkers = 3\ntrusted_hosts = ["a", "b"]\ntrusted_proxies = 2\n')
    settings = Settings.load({"COURSE_TRUSTED_PROXIES": "1"}, tmp_path)
    assert (settings.workers, settings.trusted_proxies) == (3, 1)
    assert settings.trusted_hosts[-2:] == ("a", "b")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("secret_key = ", "kan ikke læses som TOML"),
        ("secret_kye = 'x'", "»secret_kye« findes ikke"),
        ("instance = '/tmp'", "»instance« findes ikke"),
        ("[smtp_url]\nhost = 'x'", "COURSE_SMTP_URL skal se ud som"),
        ("workers = true", "COURSE_WORKERS skal være et helt tal"),
    ],
)
def test_a_wrong_file_is_explained(tmp_path: Path, text: str, said: str) -> None:
    write_toml(tmp_path, text)
    assert said in "\n".join(faults_of(GOOD, tmp_path))


def test_a_file_that_is_not_text_is_explained(tmp_path: Path) -> None:
    (tmp_path / "instance" / "config.toml").mkdir(parents=True)
    assert "kan ikke åbnes" in faults_of(GOOD, tmp_path)[0]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("COURSE_SMTP_URI", "smtp://mail", "COURSE_SMTP_URI er ikke en indstilling"),
        ("COURSE_DATABASE_URL", "kursus.db", "er ikke en adresse på en database"),
        ("COURSE_DATABASE_URL", "mysql://db/kursus", "sqlite:/// og en fil eller med postgresql://"),
        ("COURSE_DATABASE_URL", "sqlite://", "sqlite:/// og en fil"),
        ("COURSE_DATABASE_URL", "postgresql://db:port/kursus", "er ikke en adresse på en database"),
        ("COURSE_BASE_URL", "kursus.example.dk", "skal være kursets adresse"),
        ("COURSE_BASE_URL", "https://kursus.example.dk/gp", "uden sti og bruger"),
        ("COURSE_BASE_URL", "https://x:y@kursus.example.dk", "uden sti og bruger"),
        ("COURSE_BASE_URL", "http://kursus.example.dk", "skal begynde med https://"),
        ("COURSE_BASE_URL", "https://kursus.example.dk:web", "er ikke en adresse"),
        ("COURSE_CONTENT_ROOT", "/findes/ikke", "ikke er nogen mappe »modules«"),
        ("COURSE_SMTP_URL", "mail.example.dk", "skal se ud som smtp://"),
        ("COURSE_SMTP_URL", "http://mail.example.dk", "skal se ud som smtp://"),
        ("COURSE_MAIL_FROM", "kursus", "skal være en mailadresse"),
        ("COURSE_MAIL_FROM", "a@b.dk\nBcc: c@d.dk", "skal være en mailadresse"),
        ("COURSE_TRUSTED_PROXIES", "nginx", "helt tal fra 0 til 5"),
        ("COURSE_TRUSTED_PROXIES", "-1", "helt tal fra 0 til 5"),
        ("COURSE_TRUSTED_HOSTS", "kursus.example.dk, *", "»*« er ikke et værtsnavn"),
        ("COURSE_WORKERS", "0", "helt tal fra 1 til 64"),
        ("COURSE_WORKERS", "²", "helt tal fra 1 til 64"),
        ("COURSE_BIND", "8000", "skal være adresse:port"),
        ("COURSE_BIND", "127.0.0.1:99999", "skal være adresse:port"),
    ],
)
def test_a_wrong_value_is_explained(tmp_path: Path, variable: str, value: str, said: str) -> None:
    faults = faults_of({**GOOD, variable: value}, tmp_path)
    assert said in "\n".join(faults)
    assert variable in faults[0]


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("", "mangler"),
        ("kT3-vN8_qLx0", "er for kort"),
        ("abababababababababababababababababababab", "er for ensformig"),
        ("please-change-me-kT3-vN8_qLx0ZrW5bYc7HdJ2m", "ligner et eksempel"),
        ("min-hemmelige-nøgle-kT3-vN8_qLx0ZrW5", "ligner et eksempel"),
        ("0123456789abcdefghijklmnopqrstuv", "ligner et eksempel"),
    ],
)
def test_a_weak_secret_stops_us_and_is_never_repeated(tmp_path: Path, secret: str, said: str) -> None:
    [fault] = faults_of({"COURSE_SECRET_KEY": secret}, tmp_path)
    assert said in fault
    assert "secrets.token_urlsafe(48)" in fault
    assert not secret or secret not in fault


def test_the_command_that_is_named_makes_a_good_secret(tmp_path: Path) -> None:
    for _ in range(200):
        Settings.load({"COURSE_SECRET_KEY": secrets.token_urlsafe(48)}, tmp_path)


def test_mail_needs_a_sender_and_an_address_to_point_at(tmp_path: Path) -> None:
    faults = faults_of({**GOOD, "COURSE_SMTP_URL": "smtps://mail.example.dk"}, tmp_path)
    assert [fault.split()[0] for fault in faults] == ["COURSE_MAIL_FROM", "COURSE_BASE_URL"]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    faults = faults_of({"COURSE_WORKERS": "x", "COURSE_BIND": "y", "COURSE_NOGET": "z"}, tmp_path)
    assert len(faults) == 4


def test_secrets_stay_out_of_logs(tmp_path: Path) -> None:
    settings = Settings.load({**GOOD, "COURSE_DATABASE_URL": "postgresql://kursus:kodeord7@db/kursus"}, tmp_path)
    assert SECRET not in repr(settings)
    assert "kodeord7" not in repr(settings)


def test_every_setting_is_a_field() -> None:
    assert set(READERS) <= set(Settings.__dataclass_fields__)
