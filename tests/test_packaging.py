"""What is installed from a wheel holds every file that the program reads."""

import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePath
from zipfile import ZipFile

import yaml

ROOT = Path(__file__).resolve().parent.parent
NEEDED = (
    "adapters/webchat/static/",
    "catalogue/english_titles.txt",
    "catalogue/given_names.txt",
    "console/static/",
    "console/templates/",
    "demo/books.csv.gz",
    "demo/config.yaml",
    "demo/district.mrc.gz",
    "locales/en/LC_MESSAGES/bibliobot.po",
    "migrations/env.py",
    "migrations/script.py.mako",
    "migrations/versions/0001_core.py",
    "understanding/phrases/hours.yaml",
)
LEFT_OUT = (".*", "build", "*.egg-info", "demo-data", "data", "__pycache__", "node_modules")


def test_a_wheel_holds_all_that_is_read_at_run_time(tmp_path: Path) -> None:
    # A copy: a build leaves files in its folder that a later one would take for sources.
    source = shutil.copytree(ROOT, tmp_path / "source", ignore=shutil.ignore_patterns(*LEFT_OUT))
    (source / "demo-data").mkdir()
    (source / "demo-data" / "config.yaml").write_text("library: {}\n", "utf-8")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(tmp_path), str(source)], check=True, cwd=tmp_path)

    with ZipFile(next(tmp_path.glob("bibliobot-*.whl"))) as wheel:
        names = wheel.namelist()

    assert [needed for needed in NEEDED if not any(name.startswith(needed) for name in names)] == []
    rooms = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert rooms == {
        "adapters",
        "bot",
        "catalogue",
        "console",
        "db",
        "demo",
        "handlers",
        "locales",
        "migrations",
        "understanding",
    }
    assert [name for name in names if name.startswith("demo/phones")] == []


def test_what_the_container_draws_and_keeps_lies_on_its_volume() -> None:
    """The key of the accounts and uploads lie beside the configuration, and all but the volume is read-only."""
    image = (ROOT / "Dockerfile").read_text("utf-8")
    service = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["bibliobot"]
    (config,) = re.findall(r"BIBLIOBOT_CONFIG=(\S+)", image)
    (volume,) = re.findall(r'^VOLUME \["(\S+)"\]', image, re.MULTILINE)

    assert str(Path(config).parent) == volume
    assert service["read_only"]
    assert [mount.split(":")[1] for mount in service["volumes"]] == [config, volume]


def test_passwords_beside_compose_get_neither_into_an_image_nor_into_git() -> None:
    """Both patterns hold for the folder itself, not for those in it (requirements/run.txt is needed)."""
    secrets = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["secrets"].values()
    left_out = (ROOT / ".dockerignore").read_text("utf-8").split()
    ignored = [line.removeprefix("/") for line in (ROOT / ".gitignore").read_text("utf-8").split() if line[0] == "/"]

    for patterns in (left_out, ignored):
        assert [secret["file"] for secret in secrets if not any(map(PurePath(secret["file"]).match, patterns))] == []
    assert "config.yaml" in left_out  # it may hold tokens
