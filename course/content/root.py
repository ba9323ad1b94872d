"""Where the content is: the one place that knows.

In order: the setting (COURSE_CONTENT_ROOT), the content packed in the wheel, the repository this code stands
in.
"""

from pathlib import Path

from course.content.source import FOLDERS

PACKAGED = Path(__file__).parent / "packaged"
"""Where a wheel puts modules/, cases/ and assessments/."""

REPOSITORY = Path(__file__).parents[2]


class NoContent(Exception):
    """There is no content where it should be; the message says where was looked."""


def is_root(path: Path) -> bool:
    """Whether a folder holds a course's content."""
    return (path / "modules").is_dir()


def content_root(setting: str | Path | None = None) -> Path:
    """Return the content root; raise NoContent with a clear sentence when there is none."""
    if setting:
        chosen = Path(setting).expanduser().resolve()
        if is_root(chosen):
            return chosen
        raise NoContent(f"{chosen} has no modules/ folder: COURSE_CONTENT_ROOT must name a folder with {_FOLDERS}")
    for place in (PACKAGED, REPOSITORY):
        if is_root(place):
            return place
    raise NoContent(f"no content found in {PACKAGED} or {REPOSITORY}: set COURSE_CONTENT_ROOT")


def find_root(path: str | Path | None = None) -> Path:
    """Return the root an author names: a content root, or anything inside one; raise NoContent."""
    if path is None:
        return content_root()
    chosen = Path(path).expanduser().resolve()
    for folder in (chosen, *chosen.parents):
        if is_root(folder):
            return folder
    raise NoContent(f"{chosen}: her er ingen mappe »modules« med et kursus")


_FOLDERS = ", ".join(f"{folder}/" for folder in FOLDERS)
